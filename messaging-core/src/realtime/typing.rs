//! Typing: told to the others who watch the thread, never stored, over by itself.

use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

use super::{
    frame::Frame,
    hub::{Hub, State},
    roster::Delivery,
};
use crate::{
    clock::Timestamp,
    id::{ThreadId, UserId},
};

/// How long typing lasts when nobody says that it stopped.
const TYPING: Duration = Duration::from_secs(6);

#[derive(Serialize)]
struct TypingActive<'a> {
    thread_id: ThreadId,
    user_id: &'a UserId,
    active: bool,
    expires_at: Option<Timestamp>,
}

impl Hub {
    /// A user types in a thread that they take part in.
    pub(super) fn start_typing(&self, thread_id: ThreadId, user_id: &UserId) {
        let started = Instant::now();
        {
            let mut state = self.state();
            if !state.rooms.start_typing(thread_id, user_id, started) {
                return;
            }
            let expires_at = Some(self.clock().now().after(TYPING));
            tell_typing(&state, thread_id, user_id, expires_at);
        }
        let (hub, user_id) = (self.clone(), user_id.clone());
        tokio::spawn(async move {
            tokio::time::sleep_until(started + TYPING).await;
            hub.typing_over(thread_id, &user_id, Some(started));
        });
    }

    /// A user no longer types.
    pub(super) fn stop_typing(&self, thread_id: ThreadId, user_id: &UserId) {
        self.typing_over(thread_id, user_id, None);
    }

    fn typing_over(&self, thread_id: ThreadId, user_id: &UserId, since: Option<Instant>) {
        let mut state = self.state();
        if state.rooms.stop_typing(thread_id, user_id, since) {
            tell_typing(&state, thread_id, user_id, None);
        }
    }
}

fn tell_typing(
    state: &State,
    thread_id: ThreadId,
    user_id: &UserId,
    expires_at: Option<Timestamp>,
) {
    let Some(room) = state.rooms.get(thread_id) else {
        return;
    };
    let data = TypingActive {
        thread_id,
        user_id,
        active: expires_at.is_some(),
        expires_at,
    };
    let delivery = Delivery::fleeting(Frame::fleeting("typing.active", &data));
    for (session_id, subscriber) in &room.subscribers {
        if subscriber != user_id {
            state
                .roster
                .deliver_to(subscriber, *session_id, delivery.clone());
        }
    }
}
