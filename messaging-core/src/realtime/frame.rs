//! What a session is sent.

use std::{cell::OnceCell, ops::Range, sync::Arc};

use bytes::Bytes;
use serde::{Serialize, ser::Error as _};
use serde_json::value::RawValue;

use crate::{
    Store,
    caller::Caller,
    clock::Timestamp,
    error::StoreError,
    id::{Position, Seq, ThreadId, UserId},
    limits::Features,
    log::{Change, LogEntry},
    message::{Message, MessageOut, View},
    page::Cursor,
    quota::Means,
    receipt::Marker,
    thread::Thread,
};

/// One event for a client. Encoded once; cloning shares the bytes.
#[derive(Debug, Clone)]
pub struct Frame {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    kind: &'static str,
    position: Option<Position>,
    message: Option<(ThreadId, Seq)>,
    text: Bytes,
    /// Where in `text` the payload stands.
    data: Range<usize>,
}

impl Frame {
    /// A frame that no log entry stands behind.
    pub fn fleeting(kind: &'static str, data: &impl Serialize) -> Self {
        Self::new(kind, data, None, None)
    }

    /// The frame of a log entry.
    pub fn durable(kind: &'static str, data: &impl Serialize, position: Position) -> Self {
        Self::new(kind, data, Some(position), None)
    }

    /// The frame of a message that is new at `position`.
    pub(super) fn of_new_message(
        data: &impl Serialize,
        position: Position,
        message: (ThreadId, Seq),
    ) -> Self {
        Self::new("message.new", data, Some(position), Some(message))
    }

    fn new(
        kind: &'static str,
        data: &impl Serialize,
        position: Option<Position>,
        message: Option<(ThreadId, Seq)>,
    ) -> Self {
        let mut text = Vec::with_capacity(512);
        text.extend_from_slice(br#"{"type":""#);
        text.extend_from_slice(kind.as_bytes());
        text.extend_from_slice(br#"","data":"#);
        let begin = text.len();
        if serde_json::to_writer(&mut text, data).is_err() {
            // Wire forms are structs of strings and numbers: they always serialise.
            text.truncate(begin);
            text.extend_from_slice(b"null");
        }
        let data = begin..text.len();
        if let Some(position) = position {
            text.extend_from_slice(br#","cursor":""#);
            text.extend_from_slice(Cursor::of_position(position).as_str().as_bytes());
            text.push(b'"');
        }
        text.push(b'}');
        Self {
            inner: Arc::new(Inner {
                kind,
                position,
                message,
                text: text.into(),
                data,
            }),
        }
    }

    /// The event's name.
    pub fn kind(&self) -> &'static str {
        self.inner.kind
    }

    /// The event's payload, as JSON.
    pub fn data(&self) -> Bytes {
        self.inner.text.slice(self.inner.data.clone())
    }

    /// The log entry behind it, for a durable event.
    pub fn position(&self) -> Option<Position> {
        self.inner.position
    }

    /// Which new message it is, if it is one.
    pub(super) fn message(&self) -> Option<(ThreadId, Seq)> {
        self.inner.message
    }

    /// The whole frame as JSON text: `{type, data, cursor?}`.
    pub fn text(&self) -> Bytes {
        self.inner.text.clone()
    }
}

/// As part of other JSON.
impl Serialize for Frame {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text: &RawValue = serde_json::from_slice(&self.inner.text).map_err(S::Error::custom)?;
        text.serialize(serializer)
    }
}

#[derive(Serialize)]
struct MessageData<'a> {
    message: MessageOut<'a>,
}

#[derive(Serialize)]
struct ThreadData<'a> {
    thread: &'a Thread,
}

/// What an entry is to one user.
#[derive(Debug)]
pub(super) enum Told {
    /// Nothing.
    Nothing,
    /// This.
    Frame(Frame),
    /// This, which differs for sessions of an admin.
    ByRole { admin: Frame, other: Frame },
    /// The thread as they see it, under this name.
    Thread(&'static str, ThreadId),
}

/// One log entry on its way to sessions: what is the same for several users is encoded once.
#[derive(Debug)]
pub(super) struct EntryFrames<'a> {
    entry: &'a LogEntry,
    features: Features,
    now: Timestamp,
    sender: OnceCell<Frame>,
    admin: OnceCell<Frame>,
    common: OnceCell<Frame>,
}

impl<'a> EntryFrames<'a> {
    pub(super) fn new(entry: &'a LogEntry, features: Features, now: Timestamp) -> Self {
        Self {
            entry,
            features,
            now,
            sender: OnceCell::new(),
            admin: OnceCell::new(),
            common: OnceCell::new(),
        }
    }

    /// What `user_id`, one of the audience, is told.
    pub(super) fn told(&self, user_id: &UserId) -> Told {
        match &self.entry.change {
            Change::MessageSent { message } => self.message("message.new", message, user_id),
            Change::MessageEdited { message } => self.message("message.edited", message, user_id),
            Change::MessageDeleted { message } => self.message("message.deleted", message, user_id),
            Change::MessageReacted { message } => self.message("message.reacted", message, user_id),
            Change::MarkerAdvanced { user_id: of, .. }
                if of != user_id && !self.features.read_receipts =>
            {
                Told::Nothing
            }
            Change::MarkerAdvanced { .. } => self.common(|| self.marker()),
            Change::ThreadCreated { thread_id } => Told::Thread("thread.created", *thread_id),
            Change::ParticipantAdded {
                thread_id,
                user_id: added,
            } if added == user_id => Told::Thread("thread.created", *thread_id),
            Change::ParticipantRemoved {
                thread_id,
                user_id: removed,
            } if removed == user_id => self.left(*thread_id, removed),
            Change::ThreadUpdated { thread_id }
            | Change::ThreadSettings { thread_id }
            | Change::ThreadArchived { thread_id, .. }
            | Change::ParticipantAdded { thread_id, .. }
            | Change::ParticipantRemoved { thread_id, .. } => {
                Told::Thread("thread.updated", *thread_id)
            }
            Change::QuotaCharged { means, .. } | Change::QuotaChanged { means } => {
                self.quota(means)
            }
            Change::MessageFlagged { .. }
            | Change::AccountChanged { .. }
            | Change::PriceSet { .. } => Told::Nothing,
        }
    }

    fn message(&self, kind: &'static str, message: &Message, user_id: &UserId) -> Told {
        let seen = |view| self.message_frame(kind, message, view);
        if message.sender_id == *user_id {
            Told::Frame(seen(View::Sender))
        } else if message.moderation.is_some() {
            Told::ByRole {
                admin: seen(View::Admin),
                other: seen(View::Other),
            }
        } else {
            Told::Frame(seen(View::Other))
        }
    }

    fn message_frame(&self, kind: &'static str, message: &Message, view: View) -> Frame {
        let cell = match view {
            View::Sender => &self.sender,
            View::Admin => &self.admin,
            View::Other => &self.common,
        };
        let frame = cell.get_or_init(|| {
            let data = MessageData {
                message: message.shown_as(view),
            };
            let position = self.entry.position;
            match &self.entry.change {
                Change::MessageSent { .. } => {
                    Frame::of_new_message(&data, position, (message.thread_id, message.seq))
                }
                _ => Frame::durable(kind, &data, position),
            }
        });
        frame.clone()
    }

    fn common(&self, make: impl FnOnce() -> Frame) -> Told {
        Told::Frame(self.common.get_or_init(make).clone())
    }

    fn marker(&self) -> Frame {
        let Change::MarkerAdvanced {
            thread_id,
            user_id,
            marker,
            seq,
        } = &self.entry.change
        else {
            return Frame::fleeting("", &());
        };
        let kind = match marker {
            Marker::Delivered => "message.delivered",
            Marker::Read => "message.read",
        };
        let at = self.entry.at;
        let data = serde_json::json!({
            "thread_id": thread_id, "user_id": user_id, "seq": seq, "at": at,
        });
        Frame::durable(kind, &data, self.entry.position)
    }

    fn quota(&self, means: &Means) -> Told {
        if !self.features.quotas {
            return Told::Nothing;
        }
        let quota = means.quota(self.now);
        let position = self.entry.position;
        self.common(|| Frame::durable("quota.updated", &quota, position))
    }

    fn left(&self, thread_id: ThreadId, user_id: &UserId) -> Told {
        let data = serde_json::json!({ "thread_id": thread_id, "user_id": user_id });
        Told::Frame(Frame::durable("thread.left", &data, self.entry.position))
    }
}

/// Turns log entries into frames, as each user may see them.
#[derive(Debug, Clone)]
pub(crate) struct Framer {
    store: Arc<dyn Store>,
    features: Features,
}

impl Framer {
    pub(crate) fn new(store: Arc<dyn Store>, features: Features) -> Self {
        Self { store, features }
    }

    /// The frames of `entries` as the caller, in whose audience they are, sees them at `now`.
    pub(crate) async fn frames_for(
        &self,
        caller: &Caller,
        entries: &[LogEntry],
        now: Timestamp,
    ) -> Result<Vec<Frame>, StoreError> {
        let user_id = &caller.user_id;
        let mut frames = Vec::with_capacity(entries.len());
        for entry in entries {
            // Told in a block of its own: the cells must not live across the await below.
            let told = { EntryFrames::new(entry, self.features, now).told(user_id) };
            match told {
                Told::Nothing => {}
                Told::Frame(frame) => frames.push(frame),
                Told::ByRole { admin, other } => {
                    frames.push(if caller.is_admin() { admin } else { other });
                }
                Told::Thread(kind, thread_id) => {
                    let viewer = std::slice::from_ref(user_id);
                    let seen = self.threads(kind, thread_id, entry.position, viewer);
                    frames.extend(seen.await?.into_iter().map(|(_, frame)| frame));
                }
            }
        }
        Ok(frames)
    }

    /// The thread as each viewer sees it, as frames of the entry at `position`. Those who no longer
    /// take part in it are left out.
    pub(super) async fn threads(
        &self,
        kind: &'static str,
        thread_id: ThreadId,
        position: Position,
        viewers: &[UserId],
    ) -> Result<Vec<(UserId, Frame)>, StoreError> {
        let threads = self.store.lookup_thread_for(thread_id, viewers).await?;
        let frames = threads.into_iter().map(|(user_id, thread)| {
            let thread = thread.shown_by(self.features, &user_id);
            let frame = Frame::durable(kind, &ThreadData { thread: &thread }, position);
            (user_id, frame)
        });
        Ok(frames.collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_frame_is_json_with_its_payload_inside() {
        let payload = json!({ "text": "\"quoted\" \u{7} ä" });
        let position = Position::new(7);
        let message = (ThreadId::from_uuid(Uuid::nil()), Seq::new(1));
        let frames = [
            Frame::fleeting("message.new", &payload),
            Frame::durable("message.new", &payload, position),
            Frame::of_new_message(&payload, position, message),
        ];
        for frame in frames {
            let mut expected = json!({ "type": "message.new", "data": payload });
            if let Some(position) = frame.position() {
                expected["cursor"] = Cursor::of_position(position).as_str().into();
            }
            let text: Value = serde_json::from_slice(&frame.text()).unwrap();
            assert_eq!(text, expected);
            let data: Value = serde_json::from_slice(&frame.data()).unwrap();
            assert_eq!(data, payload);
        }
    }
}
