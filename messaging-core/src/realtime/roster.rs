//! Who is connected: each user's sessions and the queue of each.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use tokio::sync::{Notify, mpsc};

use super::{CloseReason, frame::Frame};
use crate::{
    id::{Position, SessionId, UserId},
    log::LogEntry,
};

/// Something for a session's client. Small, for every session keeps places for dozens.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    /// What the client is told: durable if a log entry stands behind it.
    pub(super) frame: Frame,
    /// Whether the session's own user made the change, and so an acknowledgement may be due.
    pub(super) own: bool,
}

impl Delivery {
    /// A log entry's frame for one of its audience.
    pub(super) fn durable(entry: &LogEntry, user_id: &UserId, frame: Frame) -> Self {
        let own = entry.actor.as_ref() == Some(user_id);
        Self { frame, own }
    }

    /// An event that may be lost.
    pub(super) fn fleeting(frame: Frame) -> Self {
        Self { frame, own: false }
    }
}

/// Tells a session that it must end, and why. The first reason counts.
#[derive(Debug, Default)]
pub(super) struct EndSignal {
    reason: OnceLock<CloseReason>,
    notify: Notify,
}

impl EndSignal {
    pub(super) fn end(&self, reason: CloseReason) {
        if self.reason.set(reason).is_ok() {
            self.notify.notify_one();
        }
    }

    pub(super) fn reason(&self) -> Option<CloseReason> {
        self.reason.get().copied()
    }

    /// Waits for the end. Only the session itself waits, one wait at a time.
    pub(super) async fn ended(&self) -> CloseReason {
        loop {
            if let Some(reason) = self.reason() {
                return reason;
            }
            self.notify.notified().await;
        }
    }
}

/// The hub's end of a session.
#[derive(Debug)]
pub(super) struct Handle {
    session_id: SessionId,
    is_admin: bool,
    queue: mpsc::Sender<Delivery>,
    end: Arc<EndSignal>,
}

/// The session's end of it.
#[derive(Debug)]
pub(super) struct Registration {
    /// The last entry that the session is not told any more.
    pub(super) from: Position,
    /// What it is told.
    pub(super) queue: mpsc::Receiver<Delivery>,
    /// When it must end.
    pub(super) end: Arc<EndSignal>,
}

impl Registration {
    /// That of a session which the hub tells nothing yet.
    pub(super) fn detached() -> Self {
        Self {
            from: Position::ZERO,
            queue: mpsc::channel(1).1,
            end: Arc::default(),
        }
    }
}

impl Handle {
    pub(super) fn new(
        session_id: SessionId,
        is_admin: bool,
        queue: mpsc::Sender<Delivery>,
    ) -> Self {
        Self {
            session_id,
            is_admin,
            queue,
            end: Arc::default(),
        }
    }

    pub(super) fn end_signal(&self) -> Arc<EndSignal> {
        self.end.clone()
    }

    /// Durable events that find the queue full end the session: it resumes by its cursor. Fleeting
    /// ones leave half of the queue to them.
    ///
    /// A session that must end is told nothing more: after a lost event, a later one would move its
    /// cursor past the loss.
    fn deliver(&self, delivery: Delivery) {
        if self.end.reason().is_some() {
            return;
        }
        if delivery.frame.position().is_some() {
            let sent = self.queue.try_send(delivery);
            if let Err(mpsc::error::TrySendError::Full(_)) = sent {
                self.end.end(CloseReason::TooSlow);
            }
        } else if self.queue.capacity() > self.queue.max_capacity() / 2 {
            // Lost when the session has just gone: that is what fleeting means.
            let _ = self.queue.try_send(delivery);
        }
    }
}

/// The sessions of one user.
#[derive(Debug, Default)]
pub(super) struct Sessions(Vec<Handle>);

impl Sessions {
    /// Tells all of them.
    pub(super) fn deliver(&self, delivery: Delivery) {
        if let Some((last, others)) = self.0.split_last() {
            for session in others {
                session.deliver(delivery.clone());
            }
            last.deliver(delivery);
        }
    }

    /// Tells those of an admin, or those that are not.
    pub(super) fn deliver_to_those(&self, is_admin: bool, delivery: &Delivery) {
        for session in &self.0 {
            if session.is_admin == is_admin {
                session.deliver(delivery.clone());
            }
        }
    }

    fn end(&self, reason: CloseReason) {
        for session in &self.0 {
            session.end.end(reason);
        }
    }
}

/// All sessions of the node, by user.
#[derive(Debug)]
pub(super) struct Roster {
    users: HashMap<UserId, Sessions>,
    sessions_per_user: usize,
}

impl Roster {
    pub(super) fn new(sessions_per_user: usize) -> Self {
        Self {
            users: HashMap::new(),
            sessions_per_user,
        }
    }

    /// Takes a session in, unless the user has as many as one may have.
    pub(super) fn add(&mut self, user_id: &UserId, handle: Handle) -> Result<(), ()> {
        let Sessions(sessions) = self.users.entry(user_id.clone()).or_default();
        if sessions.len() >= self.sessions_per_user {
            return Err(());
        }
        sessions.push(handle);
        Ok(())
    }

    /// Lets a session go. Answers whether it was there.
    pub(super) fn remove(&mut self, user_id: &UserId, session_id: SessionId) -> bool {
        let Some(Sessions(sessions)) = self.users.get_mut(user_id) else {
            return false;
        };
        let before = sessions.len();
        sessions.retain(|session| session.session_id != session_id);
        let removed = sessions.len() < before;
        if sessions.is_empty() {
            self.users.remove(user_id);
        }
        removed
    }

    /// From now on the session is one of an admin, or not.
    pub(super) fn set_admin(&mut self, user_id: &UserId, session_id: SessionId, is_admin: bool) {
        let sessions = self.users.get_mut(user_id).into_iter();
        let mut sessions = sessions.flat_map(|Sessions(sessions)| sessions);
        if let Some(session) = sessions.find(|s| s.session_id == session_id) {
            session.is_admin = is_admin;
        }
    }

    /// The sessions of a user who has any.
    pub(super) fn sessions(&self, user_id: &UserId) -> Option<&Sessions> {
        self.users.get(user_id)
    }

    pub(super) fn session_ids(&self, user_id: &UserId) -> Vec<SessionId> {
        let sessions = self.users.get(user_id).into_iter();
        let sessions = sessions.flat_map(|Sessions(sessions)| sessions);
        sessions.map(|session| session.session_id).collect()
    }

    /// Tells one session of a user.
    pub(super) fn deliver_to(&self, user_id: &UserId, session_id: SessionId, delivery: Delivery) {
        let sessions = self.users.get(user_id).into_iter();
        let mut sessions = sessions.flat_map(|Sessions(sessions)| sessions);
        if let Some(session) = sessions.find(|s| s.session_id == session_id) {
            session.deliver(delivery);
        }
    }

    pub(super) fn end(&self, user_id: &UserId, reason: CloseReason) {
        if let Some(sessions) = self.users.get(user_id) {
            sessions.end(reason);
        }
    }

    pub(super) fn end_all(&self, reason: CloseReason) {
        for sessions in self.users.values() {
            sessions.end(reason);
        }
    }
}
