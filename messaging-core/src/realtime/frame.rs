//! What a session is sent.

use std::{
    cell::OnceCell,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    Store,
    error::StoreError,
    id::{Position, ThreadId, UserId},
    limits::Features,
    log::{Change, LogEntry},
    message::{Message, MessageOut},
    page::Cursor,
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
    data: Box<RawValue>,
    position: Option<Position>,
    text: OnceLock<Bytes>,
}

impl Frame {
    /// A frame that no log entry stands behind.
    pub fn fleeting(kind: &'static str, data: &impl Serialize) -> Self {
        Self::new(kind, data, None)
    }

    /// The frame of a log entry.
    pub fn durable(kind: &'static str, data: &impl Serialize, position: Position) -> Self {
        Self::new(kind, data, Some(position))
    }

    fn new(kind: &'static str, data: &impl Serialize, position: Option<Position>) -> Self {
        // Wire forms are structs of strings and numbers: they always serialise.
        let data = serde_json::value::to_raw_value(data).unwrap_or_default();
        Self {
            inner: Arc::new(Inner {
                kind,
                data,
                position,
                text: OnceLock::new(),
            }),
        }
    }

    /// The event's name.
    pub fn kind(&self) -> &'static str {
        self.inner.kind
    }

    /// The event's payload, as JSON.
    pub fn data(&self) -> &RawValue {
        &self.inner.data
    }

    /// The log entry behind it, for a durable event.
    pub fn position(&self) -> Option<Position> {
        self.inner.position
    }

    /// The whole frame as JSON text: `{type, data, cursor?}`. Encoded at the first call.
    pub fn text(&self) -> Bytes {
        let encode = || Bytes::from(serde_json::to_vec(self).unwrap_or_default());
        self.inner.text.get_or_init(encode).clone()
    }
}

impl Serialize for Frame {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            #[serde(rename = "type")]
            kind: &'static str,
            data: &'a RawValue,
            #[serde(skip_serializing_if = "Option::is_none")]
            cursor: Option<Cursor>,
        }
        let wire = Wire {
            kind: self.inner.kind,
            data: &self.inner.data,
            cursor: self.inner.position.map(Cursor::of_position),
        };
        wire.serialize(serializer)
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
    /// The thread as they see it, under this name.
    Thread(&'static str, ThreadId),
}

/// One log entry on its way to sessions: what is the same for several users is encoded once.
#[derive(Debug)]
pub(super) struct EntryFrames<'a> {
    entry: &'a LogEntry,
    features: Features,
    sender: OnceCell<Frame>,
    common: OnceCell<Frame>,
}

impl<'a> EntryFrames<'a> {
    pub(super) fn new(entry: &'a LogEntry, features: Features) -> Self {
        Self {
            entry,
            features,
            sender: OnceCell::new(),
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
            | Change::ParticipantAdded { thread_id, .. }
            | Change::ParticipantRemoved { thread_id, .. } => {
                Told::Thread("thread.updated", *thread_id)
            }
            Change::AccountChanged { .. } => Told::Nothing,
        }
    }

    fn message(&self, kind: &'static str, message: &Message, user_id: &UserId) -> Told {
        let is_sender = message.sender_id == *user_id;
        let cell = if is_sender {
            &self.sender
        } else {
            &self.common
        };
        let frame = cell.get_or_init(|| {
            let data = MessageData {
                message: message.shown_to_sender(is_sender),
            };
            Frame::durable(kind, &data, self.entry.position)
        });
        Told::Frame(frame.clone())
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

    pub(super) fn entry<'a>(&self, entry: &'a LogEntry) -> EntryFrames<'a> {
        EntryFrames::new(entry, self.features)
    }

    /// The frames of `entries` as `user_id`, in whose audience they are, sees them.
    pub(crate) async fn frames_for(
        &self,
        user_id: &UserId,
        entries: &[LogEntry],
    ) -> Result<Vec<Frame>, StoreError> {
        let mut frames = Vec::with_capacity(entries.len());
        for entry in entries {
            // Told in a block of its own: the cells must not live across the await below.
            let told = { self.entry(entry).told(user_id) };
            match told {
                Told::Nothing => {}
                Told::Frame(frame) => frames.push(frame),
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
