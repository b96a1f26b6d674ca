//! A unit of work: working copies of what a group of changes touches.
//!
//! The group's changes are applied to it one after the other, each seeing what those before it did;
//! then what differs from the database is written back in sets.

mod cache;
mod flush;
mod load;
mod needs;
mod queries;
mod statements;
mod table;
mod writes;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use messaging_core::{
    account::Account,
    clock::Timestamp,
    error::StoreError,
    id::{MessageId, Position, Seq, TagId, ThreadId, UserId},
    log::{Change, LogEntry},
    message::Message,
    moderation::Flagged,
};

pub(crate) use cache::Cache;
pub(crate) use load::{Transaction, read_block};
pub(crate) use needs::Needs;
pub(crate) use table::Table;
pub(crate) use writes::Writes;

use crate::{
    archive::SweepRows,
    lease::LeaseRows,
    message::MessageRow,
    platform::PlatformRows,
    quota::QuotaRows,
    tag::TagRow,
    thread::{ParticipantRow, ThreadRow},
    webhook::WebhookRows,
};

/// A stay in a thread that ended before the user came back.
#[derive(Debug)]
pub(crate) struct FormerStay {
    thread_id: ThreadId,
    user_id: UserId,
    joined: Position,
    left: Position,
}

/// Refuses an id that a row of the same group bears already. One that is stored is refused by the
/// table's key.
pub(crate) fn check_new<T>(known: Option<&T>) -> Result<(), StoreError> {
    match known {
        None => Ok(()),
        Some(_) => Err(StoreError::backend("an id was given twice")),
    }
}

/// Working copies of what a group of changes touches.
#[derive(Debug, Default)]
pub(crate) struct Unit {
    /// How many transactions have changed anything.
    version: i64,
    head: Position,
    pub(crate) pruned: Position,
    loaded_pruned: Position,
    pub(crate) threads: Table<ThreadId, ThreadRow>,
    pub(crate) pairs: HashMap<String, ThreadId>,
    participants: BTreeMap<ThreadId, Table<UserId, ParticipantRow>>,
    former_stays: Vec<FormerStay>,
    pub(crate) messages: Table<MessageId, MessageRow>,
    client_ids: HashMap<(ThreadId, UserId, String), MessageId>,
    tombstones: HashMap<(ThreadId, Seq), i64>,
    /// Messages that this unit deleted: the counts in `tombstones` do not have them.
    new_tombstones: Vec<(ThreadId, Seq)>,
    pub(crate) accounts: Table<UserId, Account>,
    pub(crate) blocks: Table<(UserId, UserId), Timestamp>,
    pub(crate) tags: Table<TagId, TagRow>,
    pub(crate) tagged: Table<(UserId, ThreadId, TagId), ()>,
    pub(crate) platform: PlatformRows,
    pub(crate) quota: QuotaRows,
    pub(crate) webhooks: WebhookRows,
    pub(crate) leases: LeaseRows,
    pub(crate) sweeps: SweepRows,
    /// The oldest entries of the log, as far as they were asked for.
    pub(crate) oldest: Vec<(Position, Timestamp)>,
    entries: Vec<LogEntry>,
    /// What had to be read.
    asked: Needs,
}

impl Unit {
    /// The newest entry of the log, those of this unit among them.
    pub(crate) fn head(&self) -> Position {
        self.head
    }

    /// The position that the next entry will have.
    pub(crate) fn next_position(&self) -> Position {
        self.head.next()
    }

    /// The entries that this unit appends, in order.
    pub(crate) fn into_entries(self) -> Vec<LogEntry> {
        self.entries
    }

    /// Appends to the log.
    pub(crate) fn log(
        &mut self,
        at: Timestamp,
        actor: Option<&UserId>,
        audience: Arc<[UserId]>,
        change: Change,
    ) -> Position {
        self.head = self.head.next();
        self.entries.push(LogEntry {
            position: self.head,
            at,
            actor: actor.cloned(),
            audience,
            change,
        });
        self.head
    }

    /// Whether the user takes part in anything at `at`.
    pub(crate) fn is_active(&self, user_id: &UserId, at: Timestamp) -> bool {
        let account = self.accounts.get(user_id);
        account.is_none_or(|account| account.is_active(at))
    }

    /// Whether `user_id` has blocked `other`.
    pub(crate) fn has_blocked(&self, user_id: &UserId, other: &UserId) -> bool {
        let pair = (user_id.clone(), other.clone());
        self.blocks.get(&pair).is_some()
    }
}

/// Who takes part.
impl Unit {
    /// Those who take part in a thread now, by user id.
    pub(crate) fn participants(
        &self,
        thread_id: ThreadId,
    ) -> impl Iterator<Item = (&UserId, &ParticipantRow)> {
        let rows = self.participants.get(&thread_id);
        rows.into_iter()
            .flat_map(Table::iter)
            .filter(|(_, row)| row.left.is_none())
    }

    /// The same, to be changed.
    pub(crate) fn participants_mut(
        &mut self,
        thread_id: ThreadId,
    ) -> impl Iterator<Item = (&UserId, &mut ParticipantRow)> {
        let rows = self.participants.get_mut(&thread_id);
        rows.into_iter()
            .flat_map(Table::iter_mut)
            .filter(|(_, row)| row.left.is_none())
    }

    /// Everyone who takes part now, as the audience of what happens now.
    pub(crate) fn audience(&self, thread_id: ThreadId) -> Arc<[UserId]> {
        let participants = self.participants(thread_id);
        participants.map(|(user_id, _)| user_id.clone()).collect()
    }

    /// One who takes part now.
    pub(crate) fn participant(
        &self,
        thread_id: ThreadId,
        user_id: &UserId,
    ) -> Option<&ParticipantRow> {
        let row = self.participant_row(thread_id, user_id);
        row.filter(|row| row.left.is_none())
    }

    /// One who takes part now, or did.
    fn participant_row(&self, thread_id: ThreadId, user_id: &UserId) -> Option<&ParticipantRow> {
        self.participants.get(&thread_id)?.get(user_id)
    }

    /// One who takes part now, to be changed.
    pub(crate) fn participant_mut(
        &mut self,
        thread_id: ThreadId,
        user_id: &UserId,
    ) -> Option<&mut ParticipantRow> {
        let row = self.participants.get_mut(&thread_id)?.get_mut(user_id);
        row.filter(|row| row.left.is_none())
    }

    /// Lets a user take part. A former stay is kept for the log.
    pub(crate) fn join(&mut self, thread_id: ThreadId, user_id: UserId, row: ParticipantRow) {
        let rows = self.participants.entry(thread_id).or_default();
        if let Some(former) = rows.get(&user_id)
            && let Some((left, _)) = former.left
        {
            self.former_stays.push(FormerStay {
                thread_id,
                user_id: user_id.clone(),
                joined: former.joined_position,
                left,
            });
        }
        rows.insert(user_id, row);
    }
}

/// What was said.
impl Unit {
    /// The message that a sender's `client_id` stands for.
    pub(crate) fn sent(
        &self,
        thread_id: ThreadId,
        sender_id: &UserId,
        client_id: &str,
    ) -> Option<&MessageRow> {
        let key = (thread_id, sender_id.clone(), client_id.to_owned());
        self.messages.get(self.client_ids.get(&key)?)
    }

    /// Whether the user takes part now in the thread that the message stands in.
    pub(crate) fn takes_part_around(&self, message_id: MessageId, user_id: &UserId) -> bool {
        let row = self.messages.get(&message_id);
        row.is_some_and(|row| self.participant(row.message.thread_id, user_id).is_some())
    }

    /// Adds a message that was checked.
    pub(crate) fn add_message(&mut self, row: MessageRow) {
        let message = &row.message;
        let key = (
            message.thread_id,
            message.sender_id.clone(),
            message.client_id.clone(),
        );
        self.client_ids.insert(key, message.id);
        self.messages.insert(message.id, row);
    }

    /// Tells of a message that has just got its verdict, if there is anything to tell.
    pub(crate) fn tell_flagged(&mut self, message: &Message, at: Timestamp) {
        if let Some(flagged) = Flagged::of(message) {
            let flagged = Arc::new(flagged);
            let change = Change::MessageFlagged { flagged };
            self.log(at, Some(&message.sender_id), [].into(), change);
        }
    }

    /// Notes that a message is deleted now.
    pub(crate) fn add_tombstone(&mut self, thread_id: ThreadId, seq: Seq) {
        self.new_tombstones.push((thread_id, seq));
    }

    /// How many messages after `seq` are deleted. The place must have been named as a need.
    pub(crate) fn tombstones_after(&self, thread_id: ThreadId, seq: Seq) -> i64 {
        let stored = self.tombstones.get(&(thread_id, seq)).copied();
        let new = self.new_tombstones.iter();
        let new = new.filter(|(thread, deleted)| *thread == thread_id && *deleted > seq);
        stored.unwrap_or(0) + i64::try_from(new.count()).unwrap_or(i64::MAX)
    }
}

/// A user's own labels.
impl Unit {
    /// Puts a tag on a thread or takes it off. Answers whether that changed anything.
    pub(crate) fn set_tagged(
        &mut self,
        user_id: &UserId,
        thread_id: ThreadId,
        tag_id: TagId,
        on: bool,
    ) -> bool {
        let key = (user_id.clone(), thread_id, tag_id);
        if self.tagged.get(&key).is_some() == on {
            return false;
        }
        let step = if on {
            self.tagged.insert(key, ());
            1
        } else {
            self.tagged.remove(&key);
            -1
        };
        if let Some(row) = self.tags.get_mut(&tag_id) {
            row.tag.thread_count += step;
        }
        true
    }

    /// Takes all of a user's tags off a thread.
    pub(crate) fn take_tags_off(&mut self, user_id: &UserId, thread_id: ThreadId) {
        let keys = self.tagged.iter().map(|(key, ())| key);
        let theirs = keys.filter(|(user, thread, _)| user == user_id && *thread == thread_id);
        let tags: Vec<TagId> = theirs.map(|(_, _, tag_id)| *tag_id).collect();
        for tag_id in tags {
            self.set_tagged(user_id, thread_id, tag_id, false);
        }
    }

    /// Deletes a tag, also from the threads that bear it.
    pub(crate) fn remove_tag(&mut self, tag_id: TagId) {
        self.tags.remove(&tag_id);
        self.tagged.retain(|(_, _, other)| *other != tag_id);
    }
}
