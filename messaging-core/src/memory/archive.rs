//! Sweeps.

use std::{cmp::Reverse, ops::Bound};

use async_trait::async_trait;

use super::{MemoryStore, log::Fact, state::State};
use crate::{
    archive::ArchiveStore,
    clock::Timestamp,
    error::StoreError,
    id::{Position, ThreadId, UserId},
    log::{Change, Committed},
    thread::{ArchiveReason, ThreadKind},
};

impl State {
    fn sweep(&mut self, user_id: &UserId, limit: usize, at: Timestamp) -> Committed<bool> {
        let Some(from) = self.sweeps.get(user_id).copied() else {
            return Committed::unchanged(false);
        };
        let before = self.log_head();
        let rest = if self.account(user_id).deactivated {
            self.put_away(user_id, from, limit, at)
        } else {
            self.bring_back(user_id, limit, at).then_some(from)
        };
        match rest {
            Some(next) => self.sweeps.insert(user_id.clone(), next),
            None => self.sweeps.remove(user_id),
        };
        let after = self.log_head();
        Committed {
            value: rest.is_some(),
            position: (after > before).then_some(after),
        }
    }

    /// Answers where to go on, if there is more.
    fn put_away(
        &mut self,
        user_id: &UserId,
        from: Position,
        limit: usize,
        at: Timestamp,
    ) -> Option<Position> {
        let own = self.threads.iter().filter_map(|(id, thread)| {
            let activity = thread.participant(user_id)?.activity;
            (activity < from).then_some((Reverse(activity), *id))
        });
        let mut own: Vec<_> = own.collect();
        own.sort_unstable();
        own.truncate(limit);
        for (_, thread_id) in &own {
            self.put_thread_away(user_id, *thread_id, at);
        }
        let (Reverse(last), _) = own.last()?;
        (own.len() == limit).then_some(*last)
    }

    fn put_thread_away(&mut self, of: &UserId, thread_id: ThreadId, at: Timestamp) {
        let Some(thread) = self.threads.get_mut(&thread_id) else {
            return;
        };
        let for_both = thread.kind == ThreadKind::Direct;
        let mut archived = Vec::new();
        for (user_id, member) in &mut thread.members {
            if (for_both || user_id == of) && !member.archived {
                member.archived = true;
                member.archived_for = Some(of.clone());
                archived.push(user_id.clone());
            }
        }
        for user_id in archived {
            let change = Change::ThreadArchived {
                thread_id,
                user_id: user_id.clone(),
                reason: ArchiveReason::Deactivated,
            };
            self.commit(at, None, [user_id].into(), Fact::Fixed(change));
        }
    }

    /// Answers whether there is more.
    fn bring_back(&mut self, user_id: &UserId, limit: usize, at: Timestamp) -> bool {
        let inboxes = self.threads.iter().flat_map(|(id, thread)| {
            let archived = thread.members.iter();
            let archived =
                archived.filter(|(_, member)| member.archived_for.as_ref() == Some(user_id));
            archived.map(|(owner, _)| (*id, owner.clone()))
        });
        let inboxes: Vec<_> = inboxes.take(limit).collect();
        for (thread_id, owner) in &inboxes {
            let other = self.deactivated_side(*thread_id);
            let thread = self.threads.get_mut(thread_id);
            let Some(member) = thread.and_then(|thread| thread.members.get_mut(owner)) else {
                continue;
            };
            member.archived = other.is_some();
            member.archived_for.clone_from(&other);
            if other.is_none() {
                let change = Change::ThreadSettings {
                    thread_id: *thread_id,
                };
                self.commit(at, None, [owner.clone()].into(), Fact::Fixed(change));
            }
        }
        inboxes.len() == limit
    }

    /// Who of a direct thread is deactivated.
    fn deactivated_side(&self, thread_id: ThreadId) -> Option<UserId> {
        let thread = self.threads.get(&thread_id)?;
        let mut sides = thread.members.keys();
        let side = sides.find(|user_id| self.account(user_id).deactivated);
        side.filter(|_| thread.kind == ThreadKind::Direct).cloned()
    }
}

#[async_trait]
impl ArchiveStore for MemoryStore {
    async fn list_sweeps(
        &self,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Vec<UserId>, StoreError> {
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        let state = self.state()?;
        let sweeps = state.sweeps.range::<UserId, _>((after, Bound::Unbounded));
        Ok(sweeps
            .map(|(user_id, _)| user_id.clone())
            .take(limit)
            .collect())
    }

    async fn sweep_threads(
        &self,
        user_id: &UserId,
        limit: usize,
        at: Timestamp,
    ) -> Result<Committed<bool>, StoreError> {
        Ok(self.state()?.sweep(user_id, limit, at))
    }
}
