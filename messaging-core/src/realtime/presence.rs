//! Presence: who is there, told to those who watch a thread with them, never stored.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{
    frame::Frame,
    hub::{Hub, State},
    roster::Delivery,
};
use crate::{
    clock::Timestamp,
    id::{SessionId, UserId},
};

/// How long a user stays online after the last session has gone: a reconnect is not an absence.
const GRACE: Duration = Duration::from_secs(5);
/// How many users' last times are kept in mind.
const REMEMBERED: usize = 100_000;

/// Whether a user is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PresenceStatus {
    /// With a session in use.
    Online,
    /// With sessions that all say they are not in use.
    Away,
    /// Without a session.
    Offline,
}

/// What a client may say of its own session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OwnStatus {
    Online,
    Away,
}

/// A user's presence on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct PresenceUpdate {
    pub(super) user_id: UserId,
    pub(super) status: PresenceStatus,
    pub(super) last_seen_at: Option<Timestamp>,
}

/// What is known of users' presence on this node.
#[derive(Debug, Default)]
pub(super) struct Presence {
    users: HashMap<UserId, UserPresence>,
    last_seen: HashMap<UserId, Timestamp>,
}

#[derive(Debug, Default)]
struct UserPresence {
    sessions: HashMap<SessionId, bool>,
    /// Counts the times that the last session went, so that a grace that was cut short is void.
    absences: u64,
    told: Option<PresenceStatus>,
}

impl UserPresence {
    /// The status; during the grace after the last session, what it was.
    fn status(&self) -> PresenceStatus {
        if self.sessions.is_empty() {
            return self.told.unwrap_or(PresenceStatus::Offline);
        }
        if self.sessions.values().all(|away| *away) {
            PresenceStatus::Away
        } else {
            PresenceStatus::Online
        }
    }
}

impl Presence {
    /// How a user is now.
    pub(super) fn of(&self, user_id: &UserId) -> PresenceUpdate {
        let user = self.users.get(user_id);
        PresenceUpdate {
            user_id: user_id.clone(),
            status: user.map_or(PresenceStatus::Offline, UserPresence::status),
            last_seen_at: self.last_seen.get(user_id).copied(),
        }
    }

    /// Notes a session's own word; answers whether the user's status changed.
    fn set(&mut self, user_id: &UserId, session_id: SessionId, away: bool) -> bool {
        let user = self.users.entry(user_id.clone()).or_default();
        user.sessions.insert(session_id, away);
        let status = user.status();
        user.told.replace(status) != Some(status)
    }

    /// Notes that a session has gone. Answers whether the status changed, and the number of the
    /// absence when it was the last one.
    fn remove(&mut self, user_id: &UserId, session_id: SessionId) -> (bool, Option<u64>) {
        let Some(user) = self.users.get_mut(user_id) else {
            return (false, None);
        };
        user.sessions.remove(&session_id);
        if user.sessions.is_empty() {
            user.absences += 1;
            return (false, Some(user.absences));
        }
        let status = user.status();
        (user.told.replace(status) != Some(status), None)
    }

    /// The grace of an absence is over: answers whether the user is still absent, and forgets them.
    fn expire(&mut self, user_id: &UserId, absence: u64, left_at: Timestamp) -> bool {
        let absent = |user: &UserPresence| user.sessions.is_empty() && user.absences == absence;
        if !self.users.get(user_id).is_some_and(absent) {
            return false;
        }
        self.users.remove(user_id);
        if self.last_seen.len() >= REMEMBERED {
            self.last_seen.clear();
        }
        self.last_seen.insert(user_id.clone(), left_at);
        true
    }
}

impl Hub {
    /// A session has come.
    pub(super) fn came_online(&self, user_id: &UserId, session_id: SessionId) {
        self.set_presence(user_id, session_id, OwnStatus::Online);
    }

    /// A session says how it is.
    pub(super) fn set_presence(&self, user_id: &UserId, session_id: SessionId, own: OwnStatus) {
        let mut state = self.state();
        if state
            .presence
            .set(user_id, session_id, own == OwnStatus::Away)
        {
            tell_presence(&state, user_id);
        }
    }

    /// A session has gone.
    pub(super) fn went(&self, user_id: &UserId, session_id: SessionId) {
        let left_at = self.clock().now();
        let absence = {
            let mut state = self.state();
            let (changed, absence) = state.presence.remove(user_id, session_id);
            if changed {
                tell_presence(&state, user_id);
            }
            absence
        };
        let Some(absence) = absence else {
            return;
        };
        let (hub, user_id) = (self.clone(), user_id.clone());
        tokio::spawn(async move {
            tokio::time::sleep(GRACE).await;
            let mut state = hub.state();
            if state.presence.expire(&user_id, absence, left_at) {
                tell_presence(&state, &user_id);
            }
        });
    }
}

/// Tells the sessions that watch a thread with this user, each once.
fn tell_presence(state: &State, user_id: &UserId) {
    let mut rooms = state.rooms.with_participant(user_id).peekable();
    if rooms.peek().is_none() {
        return;
    }
    let frame = Frame::fleeting("presence.update", &state.presence.of(user_id));
    let delivery = Delivery::fleeting(frame);
    let mut told = HashSet::new();
    for room in rooms {
        for (session_id, subscriber) in &room.subscribers {
            if subscriber != user_id && told.insert(*session_id) {
                state
                    .roster
                    .deliver_to(subscriber, *session_id, delivery.clone());
            }
        }
    }
}
