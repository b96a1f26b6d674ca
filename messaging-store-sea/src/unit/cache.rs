//! What the writer keeps from one group of changes to the next.
//!
//! These are the rows that every message wants again: its thread with those who take part, their
//! standing, who blocks whom. They are what the database has for as long as nobody else has written:
//! every transaction that changes anything counts up `log_head.version`, which each transaction reads
//! under the lock anyway. So one node alone reads almost nothing, and several are never wrong.

use hashlink::LruCache;
use messaging_core::{
    account::Account,
    clock::Timestamp,
    id::{ThreadId, UserId},
};

use super::{Needs, Table, Unit};
use crate::{
    quota::QuotaRows,
    thread::{ParticipantRow, ThreadRow},
};

/// The most participants that are kept, over all threads. About 10 MB.
const PARTICIPANTS: usize = 32 * 1024;
/// The most accounts, and the most pairs of users.
const PEOPLE: usize = 32 * 1024;

/// A thread and those who take part.
#[derive(Debug)]
struct Kept {
    thread: ThreadRow,
    participants: Table<UserId, ParticipantRow>,
}

/// Rows as the database had them after the last transaction.
#[derive(Debug)]
pub(crate) struct Cache {
    version: i64,
    threads: LruCache<ThreadId, Kept>,
    /// How many participants `threads` hold.
    participants: usize,
    /// `None` for users of whom nothing is stored.
    accounts: LruCache<UserId, Option<Account>>,
    /// Since when the first blocks the second; `None` when they do not.
    blocks: LruCache<(UserId, UserId), Option<Timestamp>>,
    /// What those who pay hold.
    quota: QuotaRows,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            version: 0,
            threads: LruCache::new_unbounded(),
            participants: 0,
            accounts: LruCache::new(PEOPLE),
            blocks: LruCache::new(PEOPLE),
            quota: QuotaRows::default(),
        }
    }
}

impl Cache {
    /// Forgets everything if anybody else has written.
    pub(super) fn check(&mut self, version: i64) {
        if self.version != version {
            *self = Self {
                version,
                ..Self::default()
            };
        }
    }

    /// Moves what is known into the unit, and takes it off the needs. It comes back when the unit
    /// is durable; a unit that fails takes it along.
    pub(super) fn lend_threads(&mut self, unit: &mut Unit, needs: &mut Needs) {
        needs.threads.retain(|id| !self.lend_thread(unit, *id));
        // A participant that changes must not stay behind, either.
        needs.participants.retain(|(id, user_id)| {
            self.lend_thread(unit, *id);
            unit.participant_row(*id, user_id).is_none()
        });
    }

    /// Answers whether the thread is known.
    fn lend_thread(&mut self, unit: &mut Unit, id: ThreadId) -> bool {
        let Some(kept) = self.threads.remove(&id) else {
            return false;
        };
        self.participants -= kept.participants.len();
        unit.threads.load(id, kept.thread);
        unit.participants.insert(id, kept.participants);
        true
    }

    /// The same for people. What is known to be absent is off the needs, too.
    pub(super) fn lend_people(&mut self, unit: &mut Unit, needs: &mut Needs) {
        needs.accounts.retain(|user_id| {
            let Some(account) = self.accounts.get(user_id) else {
                return true;
            };
            if let Some(account) = account {
                unit.accounts.load(user_id.clone(), account.clone());
            }
            false
        });
        needs.blocks.retain(|pair| {
            let Some(since) = self.blocks.get(pair) else {
                return true;
            };
            if let Some(since) = since {
                unit.blocks.load(pair.clone(), *since);
            }
            false
        });
    }

    /// Gives out all that is known of quotas.
    pub(super) fn lend_quota(&mut self) -> QuotaRows {
        std::mem::take(&mut self.quota)
    }

    /// Takes what a unit knew when it became durable, as `version`.
    pub(crate) fn keep(&mut self, unit: &mut Unit, version: i64) {
        self.version = version;
        let threads = std::mem::take(&mut unit.threads);
        for (id, thread) in threads.into_rows() {
            let mut participants = unit.participants.remove(&id).unwrap_or_default();
            participants.settle(|row| row.left.is_none());
            self.participants += participants.len();
            let kept = Kept {
                thread,
                participants,
            };
            self.threads.insert(id, kept);
        }
        while self.participants > PARTICIPANTS
            && let Some((_, kept)) = self.threads.remove_lru()
        {
            self.participants -= kept.participants.len();
        }
        self.keep_people(unit);
        self.quota = std::mem::take(&mut unit.quota);
        self.quota.settle();
    }

    fn keep_people(&mut self, unit: &mut Unit) {
        let asked = std::mem::take(&mut unit.asked);
        for user_id in asked.accounts {
            let account = unit.accounts.get(&user_id).cloned();
            self.accounts.insert(user_id, account);
        }
        for pair in asked.blocks {
            let since = unit.blocks.get(&pair).copied();
            self.blocks.insert(pair, since);
        }
        // Those that were known before, and changed.
        for (user_id, account) in unit.accounts.written() {
            self.accounts.insert(user_id.clone(), account.cloned());
        }
        for (pair, since) in unit.blocks.written() {
            self.blocks.insert(pair.clone(), since.copied());
        }
    }
}
