//! Rooms: the threads that sessions of this node are subscribed to, with who takes part in them.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Duration,
};

use tokio::time::Instant;

use crate::id::{SessionId, ThreadId, UserId};

/// One subscribed thread.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// The sessions that watch it, with their users.
    pub(super) subscribers: HashMap<SessionId, UserId>,
    /// Who takes part, whether connected or not.
    pub(super) participants: BTreeSet<UserId>,
    /// Who is typing, since when.
    typing: HashMap<UserId, Instant>,
}

/// All rooms, and where each session and each participant is.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    threads: HashMap<ThreadId, Room>,
    by_session: HashMap<SessionId, HashSet<ThreadId>>,
    by_participant: HashMap<UserId, HashSet<ThreadId>>,
}

/// How soon a repeated start is told again.
const TYPING_REPEAT: Duration = Duration::from_secs(3);

impl Rooms {
    /// Subscribes a session. `participants` is the thread's present list.
    pub(super) fn join(
        &mut self,
        thread_id: ThreadId,
        session_id: SessionId,
        user_id: &UserId,
        participants: impl IntoIterator<Item = UserId>,
    ) {
        let room = self.threads.entry(thread_id).or_default();
        room.subscribers.insert(session_id, user_id.clone());
        for participant in participants {
            let threads = self.by_participant.entry(participant.clone()).or_default();
            threads.insert(thread_id);
            room.participants.insert(participant);
        }
        self.by_session
            .entry(session_id)
            .or_default()
            .insert(thread_id);
    }

    /// Ends a subscription.
    pub(super) fn leave(&mut self, thread_id: ThreadId, session_id: SessionId) {
        if let Some(threads) = self.by_session.get_mut(&session_id) {
            threads.remove(&thread_id);
            if threads.is_empty() {
                self.by_session.remove(&session_id);
            }
        }
        let Some(room) = self.threads.get_mut(&thread_id) else {
            return;
        };
        room.subscribers.remove(&session_id);
        if room.subscribers.is_empty()
            && let Some(room) = self.threads.remove(&thread_id)
        {
            for participant in room.participants {
                self.forget(&participant, thread_id);
            }
        }
    }

    /// Ends all subscriptions of a session.
    pub(super) fn leave_all(&mut self, session_id: SessionId) {
        for thread_id in self.by_session.remove(&session_id).unwrap_or_default() {
            self.leave(thread_id, session_id);
        }
    }

    /// How many threads a session is subscribed to.
    pub(super) fn subscriptions(&self, session_id: SessionId) -> usize {
        self.by_session.get(&session_id).map_or(0, HashSet::len)
    }

    pub(super) fn is_subscribed(&self, thread_id: ThreadId, session_id: SessionId) -> bool {
        let threads = self.by_session.get(&session_id);
        threads.is_some_and(|threads| threads.contains(&thread_id))
    }

    pub(super) fn get(&self, thread_id: ThreadId) -> Option<&Room> {
        self.threads.get(&thread_id)
    }

    /// The rooms of threads that a user takes part in.
    pub(super) fn with_participant(&self, user_id: &UserId) -> impl Iterator<Item = &Room> {
        let threads = self.by_participant.get(user_id).into_iter().flatten();
        threads.filter_map(|thread_id| self.threads.get(thread_id))
    }

    pub(super) fn add_participant(&mut self, thread_id: ThreadId, user_id: &UserId) {
        if let Some(room) = self.threads.get_mut(&thread_id) {
            room.participants.insert(user_id.clone());
            let threads = self.by_participant.entry(user_id.clone()).or_default();
            threads.insert(thread_id);
        }
    }

    /// Takes a user out of a thread's room, with the subscriptions of their `sessions`.
    pub(super) fn remove_participant(
        &mut self,
        thread_id: ThreadId,
        user_id: &UserId,
        sessions: &[SessionId],
    ) {
        if let Some(room) = self.threads.get_mut(&thread_id) {
            room.participants.remove(user_id);
            room.typing.remove(user_id);
            self.forget(user_id, thread_id);
        }
        for session_id in sessions {
            self.leave(thread_id, *session_id);
        }
    }

    /// Notes that a user types. Answers whether the others are to be told: not when they were a
    /// moment ago. Without a subscriber there is nobody to tell.
    pub(super) fn start_typing(
        &mut self,
        thread_id: ThreadId,
        user_id: &UserId,
        now: Instant,
    ) -> bool {
        let Some(room) = self.threads.get_mut(&thread_id) else {
            return false;
        };
        let since = room.typing.get(user_id);
        if since.is_some_and(|since| now.duration_since(*since) < TYPING_REPEAT) {
            return false;
        }
        room.typing.insert(user_id.clone(), now);
        true
    }

    /// Notes that a user no longer types; with `since`, only when they have not started again.
    /// Answers whether they did type.
    pub(super) fn stop_typing(
        &mut self,
        thread_id: ThreadId,
        user_id: &UserId,
        since: Option<Instant>,
    ) -> bool {
        let Some(room) = self.threads.get_mut(&thread_id) else {
            return false;
        };
        match (room.typing.get(user_id), since) {
            (None, _) => false,
            (Some(started), Some(since)) if *started != since => false,
            _ => room.typing.remove(user_id).is_some(),
        }
    }

    fn forget(&mut self, participant: &UserId, thread_id: ThreadId) {
        if let Some(threads) = self.by_participant.get_mut(participant) {
            threads.remove(&thread_id);
            if threads.is_empty() {
                self.by_participant.remove(participant);
            }
        }
    }
}
