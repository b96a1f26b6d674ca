//! Who and what a history is about.

use std::time::Duration;

use uuid::Uuid;

use super::{
    call::{Call, Outcome},
    step::{Pick, UNKNOWN, USERS, Who},
};
use crate::{
    clock::{Clock, Timestamp},
    id::{IdGenerator, MessageId, Position, TagId, ThreadId, UserId},
    message::NewMessage,
    testkit::{ManualClock, SeqIds, user},
    thread::{NewThread, ThreadKind},
};

/// The users, and what they have made so far.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) clock: ManualClock,
    ids: SeqIds,
    /// An id that no store ever hears of but to look for it.
    unknown: Uuid,
    /// Where the log ended when the history began.
    pub(super) start: Position,
    pub(super) users: Vec<UserId>,
    pub(super) threads: Vec<NewThread>,
    pub(super) messages: Vec<NewMessage>,
    pub(super) tags: Vec<(TagId, UserId)>,
}

impl Cast {
    /// A cast of its own for each history, so that many can be played on one store.
    pub(super) fn new(history: u32, start: Position, clock: ManualClock, ids: SeqIds) -> Self {
        // Bytes order them otherwise than letters would.
        let names = ["ben", "Ann", "_", "an.n"];
        Self {
            start,
            users: names
                .iter()
                .map(|name| user(&format!("{name}:{history}")))
                .collect(),
            threads: Vec::new(),
            messages: Vec::new(),
            tags: Vec::new(),
            unknown: ids.next_uuid(),
            clock,
            ids,
        }
    }

    /// Takes note of what a call has made, so that later steps can be about it.
    pub(super) fn learn(&mut self, call: &Call, outcome: &Outcome) {
        match call {
            Call::OpenThread(new) if outcome.position.is_some() => self.threads.push(new.clone()),
            Call::Append(new) if outcome.position.is_some() => self.messages.push(new.clone()),
            Call::CreateTag(new) if outcome.is_ok() => self.tags.push((new.id, new.owner.clone())),
            _ => {}
        }
    }

    pub(super) fn next_uuid(&self) -> Uuid {
        self.ids.next_uuid()
    }

    pub(super) fn user(&self, who: Who) -> UserId {
        self.users[usize::from(who % USERS)].clone()
    }

    pub(super) fn thread(&self, pick: Pick) -> ThreadId {
        let thread = picked(&self.threads, pick).map(|new| new.id);
        thread.unwrap_or(ThreadId::from_uuid(self.unknown))
    }

    /// Mostly a group, where who takes part changes.
    pub(super) fn group(&self, pick: Pick) -> ThreadId {
        let is_group = |new: &&NewThread| new.kind == ThreadKind::Group;
        let groups: Vec<&NewThread> = self.threads.iter().filter(is_group).collect();
        match picked(&groups, pick) {
            Some(new) if pick + 2 < UNKNOWN => new.id,
            _ => self.thread(pick),
        }
    }

    pub(super) fn message(&self, pick: Pick) -> MessageId {
        let message = picked(&self.messages, pick).map(|new| new.id);
        message.unwrap_or(MessageId::from_uuid(self.unknown))
    }

    /// This user, or else the message's author.
    pub(super) fn author(&self, message: Pick, by: Option<Who>) -> UserId {
        let author = picked(&self.messages, message).map(|new| new.sender_id.clone());
        by.map(|who| self.user(who))
            .or(author)
            .unwrap_or_else(|| self.user(0))
    }

    pub(super) fn tag(&self, pick: Pick) -> TagId {
        let tag = picked(&self.tags, pick).map(|(id, _)| *id);
        tag.unwrap_or(TagId::from_uuid(self.unknown))
    }

    /// This user, or else the tag's owner.
    pub(super) fn owner(&self, tag: Pick, by: Option<Who>) -> UserId {
        let owner = picked(&self.tags, tag).map(|(_, owner)| owner.clone());
        by.map(|who| self.user(who))
            .or(owner)
            .unwrap_or_else(|| self.user(0))
    }

    /// A place in the log, counted from where the history began.
    pub(super) fn position(&self, offset: i64) -> Position {
        Position::new((self.start.get() + offset).max(0))
    }

    /// A millisecond later than the last time.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.advance(Duration::from_millis(1));
        self.clock.now()
    }

    pub(super) fn in_minutes(&self, minutes: i64) -> Timestamp {
        let millis = self.clock.now().as_millis() + minutes * 60_000;
        Timestamp::from_millis(millis).expect("histories stay within the calendar")
    }
}

/// One of what there is.
pub(super) fn picked<T>(all: &[T], pick: Pick) -> Option<&T> {
    if all.is_empty() || pick == UNKNOWN {
        return None;
    }
    all.get(usize::from(pick) % all.len())
}
