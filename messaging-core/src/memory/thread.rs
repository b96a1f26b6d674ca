//! Threads and who takes part in them.

use std::{cmp::Reverse, collections::BTreeMap};

use async_trait::async_trait;

use super::{
    MemoryStore,
    log::Fact,
    rows::{Member, ThreadRow},
    state::State,
};
use crate::{
    caller::Role,
    clock::Timestamp,
    error::StoreError,
    id::{Position, Seq, ThreadId, UserId},
    limits::MAX_PARTICIPANTS,
    log::{Change, Committed},
    page::PageSize,
    thread::{
        ArchiveReason, CreateThreadError, NewThread, Opened, ParticipantError, ParticipantStore,
        Thread, ThreadChange, ThreadFilter, ThreadKey, ThreadKind, ThreadSettings, ThreadStore,
        UpdateThreadError,
    },
};

impl State {
    /// The pair's direct thread.
    fn direct_thread(&self, participants: &[(UserId, Role)]) -> Option<ThreadId> {
        let is_theirs = |thread: &ThreadRow| {
            let theirs = |(user_id, _): &(UserId, Role)| thread.members.contains_key(user_id);
            thread.kind == ThreadKind::Direct && participants.iter().all(theirs)
        };
        let mut threads = self.threads.iter();
        threads
            .find(|(_, thread)| is_theirs(thread))
            .map(|(id, _)| *id)
    }

    fn check_open(&self, thread: &NewThread) -> Result<(), CreateThreadError> {
        let opener = &thread.created_by;
        if !self.is_active(opener, thread.at) {
            return Err(CreateThreadError::CallerDisabled);
        }
        let mut others = thread.participants.iter().map(|(user_id, _)| user_id);
        let available = others.all(|user_id| {
            user_id == opener
                || (self.is_active(user_id, thread.at) && !self.has_blocked(user_id, opener))
        });
        available
            .then_some(())
            .ok_or(CreateThreadError::RecipientUnavailable)
    }

    fn check_add(
        &self,
        thread: &ThreadRow,
        by: &UserId,
        user_id: &UserId,
        at: Timestamp,
    ) -> Result<(), ParticipantError> {
        if thread.kind != ThreadKind::Group {
            return Err(ParticipantError::NotAGroup);
        }
        if !self.is_active(user_id, at) || self.has_blocked(user_id, by) {
            return Err(ParticipantError::RecipientUnavailable);
        }
        if !self.is_active(by, at) {
            return Err(ParticipantError::CallerDisabled);
        }
        let comes_in = thread.participant(user_id).is_none();
        if comes_in && thread.participants().count() >= MAX_PARTICIPANTS {
            return Err(ParticipantError::TooMany);
        }
        Ok(())
    }

    /// Sets the activity of those who take part now.
    fn set_activity(&mut self, thread_id: ThreadId, user_ids: &[UserId], position: Position) {
        if let Some(thread) = self.threads.get_mut(&thread_id) {
            for user_id in user_ids {
                if let Some(member) = thread.participant_mut(user_id) {
                    member.activity = position;
                }
            }
        }
    }
}

fn key(thread: &Thread) -> ThreadKey {
    ThreadKey {
        pinned: thread.pinned,
        activity: thread.activity,
    }
}

/// Pinned ones first, then the newest activity first.
fn place(key: ThreadKey) -> (Reverse<bool>, Reverse<Position>) {
    (Reverse(key.pinned), Reverse(key.activity))
}

#[async_trait]
impl ThreadStore for MemoryStore {
    async fn open_thread(&self, new: NewThread) -> Result<Committed<Opened>, CreateThreadError> {
        let mut state = self.state()?;
        let opener = new.created_by.clone();
        let found = match new.kind {
            ThreadKind::Direct => state.direct_thread(&new.participants),
            ThreadKind::Group => None,
        };
        if let Some(thread) = found.and_then(|id| state.view(id, &opener)) {
            return Ok(Committed::unchanged(Opened {
                thread,
                created: false,
            }));
        }
        state.check_open(&new)?;
        let members: BTreeMap<_, _> = new
            .participants
            .into_iter()
            .map(|(user_id, role)| (user_id, Member::new(role, new.at, Seq::ZERO)))
            .collect();
        let row = ThreadRow {
            kind: new.kind,
            title: new.title,
            metadata: new.metadata,
            created_by: new.created_by,
            created_at: new.at,
            updated_at: new.at,
            messages: Vec::new(),
            members,
        };
        let audience = row.audience();
        state.threads.insert(new.id, row);
        let fact = Fact::Fixed(Change::ThreadCreated { thread_id: new.id });
        let position = state.commit(new.at, Some(&opener), audience.clone(), fact);
        state.set_activity(new.id, &audience, position);
        let thread = state.view(new.id, &opener).ok_or_else(|| {
            // The opener is one of the participants, by the port's contract.
            StoreError::Corrupt {
                entity: "thread",
                id: new.id.to_string(),
            }
        })?;
        let value = Opened {
            thread,
            created: true,
        };
        Ok(Committed::at(position, value))
    }

    async fn lookup_thread(
        &self,
        thread_id: ThreadId,
        viewer: &UserId,
    ) -> Result<Option<Thread>, StoreError> {
        Ok(self.state()?.view(thread_id, viewer))
    }

    async fn lookup_thread_for(
        &self,
        thread_id: ThreadId,
        viewers: &[UserId],
    ) -> Result<Vec<(UserId, Thread)>, StoreError> {
        let state = self.state()?;
        let seen = viewers.iter().filter_map(|viewer| {
            let thread = state.view(thread_id, viewer)?;
            Some((viewer.clone(), thread))
        });
        Ok(seen.collect())
    }

    async fn list_threads(
        &self,
        viewer: &UserId,
        filter: ThreadFilter,
        after: Option<ThreadKey>,
        size: PageSize,
    ) -> Result<Vec<Thread>, StoreError> {
        let state = self.state()?;
        let own = state
            .threads
            .keys()
            .filter_map(|id| state.view(*id, viewer));
        let mut threads: Vec<Thread> = own
            .filter(|thread| {
                filter
                    .archived
                    .is_none_or(|archived| thread.archived == archived)
            })
            .filter(|thread| filter.tag.is_none_or(|tag| thread.tags.contains(&tag)))
            .filter(|thread| !filter.unread || thread.unread_count > 0)
            .filter(|thread| after.is_none_or(|after| place(key(thread)) > place(after)))
            .collect();
        threads.sort_by_key(|thread| place(key(thread)));
        threads.truncate(size.get() + 1);
        Ok(threads)
    }

    async fn update_thread(
        &self,
        thread_id: ThreadId,
        user_id: &UserId,
        change: ThreadChange,
        at: Timestamp,
    ) -> Result<Committed<()>, UpdateThreadError> {
        let mut state = self.state()?;
        let active = state.is_active(user_id, at);
        let thread = state.threads.get_mut(&thread_id);
        let thread = thread.filter(|thread| thread.participant(user_id).is_some());
        let thread = thread.ok_or(UpdateThreadError::NoSuchThread)?;
        if !active {
            return Err(UpdateThreadError::CallerDisabled);
        }
        if let Some(title) = change.title {
            thread.title = title;
        }
        if let Some(metadata) = change.metadata {
            thread.metadata = metadata;
        }
        thread.updated_at = at;
        let audience = thread.audience();
        let fact = Fact::Fixed(Change::ThreadUpdated { thread_id });
        let position = state.commit(at, Some(user_id), audience, fact);
        Ok(Committed::at(position, ()))
    }

    async fn set_thread_settings(
        &self,
        thread_id: ThreadId,
        user_id: &UserId,
        settings: ThreadSettings,
        at: Timestamp,
    ) -> Result<Committed<()>, UpdateThreadError> {
        let mut state = self.state()?;
        let thread = state.threads.get_mut(&thread_id);
        let member = thread.and_then(|thread| thread.participant_mut(user_id));
        let member = member.ok_or(UpdateThreadError::NoSuchThread)?;
        let before = (member.archived, member.muted, member.pinned);
        if let Some(archived) = settings.archived {
            member.archived = archived;
            member.archived_for = None;
        }
        member.muted = settings.muted.unwrap_or(member.muted);
        member.pinned = settings.pinned.unwrap_or(member.pinned);
        if before == (member.archived, member.muted, member.pinned) {
            return Ok(Committed::unchanged(()));
        }
        let change = if member.archived && !before.0 {
            Change::ThreadArchived {
                thread_id,
                user_id: user_id.clone(),
                reason: ArchiveReason::User,
            }
        } else {
            Change::ThreadSettings { thread_id }
        };
        let audience = [user_id.clone()].into();
        let position = state.commit(at, Some(user_id), audience, Fact::Fixed(change));
        Ok(Committed::at(position, ()))
    }
}

#[async_trait]
impl ParticipantStore for MemoryStore {
    async fn add_participant(
        &self,
        thread_id: ThreadId,
        by: &UserId,
        user_id: &UserId,
        role: Role,
        at: Timestamp,
    ) -> Result<Committed<()>, ParticipantError> {
        let mut state = self.state()?;
        let thread = state.threads.get(&thread_id);
        let thread = thread.ok_or(ParticipantError::NoSuchThread)?;
        state.check_add(thread, by, user_id, at)?;
        let thread = state.threads.get_mut(&thread_id);
        let thread = thread.ok_or(ParticipantError::NoSuchThread)?;
        match thread.participant_mut(user_id) {
            Some(member) if member.role == role => return Ok(Committed::unchanged(())),
            Some(member) => {
                member.role = role;
                thread.updated_at = at;
                let audience = thread.audience();
                let fact = Fact::Fixed(Change::ThreadUpdated { thread_id });
                let position = state.commit(at, Some(by), audience, fact);
                Ok(Committed::at(position, ()))
            }
            None => {
                let member = Member::new(role, at, thread.last_seq());
                thread.members.insert(user_id.clone(), member);
                thread.updated_at = at;
                let audience = thread.audience();
                let fact = Fact::Fixed(Change::ParticipantAdded {
                    thread_id,
                    user_id: user_id.clone(),
                });
                let position = state.commit(at, Some(by), audience, fact);
                state.set_activity(thread_id, std::slice::from_ref(user_id), position);
                Ok(Committed::at(position, ()))
            }
        }
    }

    async fn remove_participant(
        &self,
        thread_id: ThreadId,
        by: &UserId,
        user_id: &UserId,
        at: Timestamp,
    ) -> Result<Committed<()>, ParticipantError> {
        let mut state = self.state()?;
        let thread = state.threads.get_mut(&thread_id);
        let thread = thread.ok_or(ParticipantError::NoSuchThread)?;
        let (kind, last_seq) = (thread.kind, thread.last_seq());
        let audience = thread.audience();
        let Some(member) = thread.participant_mut(user_id) else {
            return Err(if by == user_id {
                ParticipantError::NoSuchThread
            } else {
                ParticipantError::NoSuchParticipant
            });
        };
        if kind == ThreadKind::Direct {
            return Err(ParticipantError::NotAGroup);
        }
        member.left_after = Some(last_seq);
        member.archived_for = None;
        member.tags.clear();
        thread.updated_at = at;
        let fact = Fact::Fixed(Change::ParticipantRemoved {
            thread_id,
            user_id: user_id.clone(),
        });
        let position = state.commit(at, Some(by), audience, fact);
        Ok(Committed::at(position, ()))
    }
}
