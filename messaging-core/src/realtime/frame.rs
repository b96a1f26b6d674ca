//! What a session is sent.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    Store,
    error::StoreError,
    id::{Position, ThreadId, UserId},
    limits::Features,
    log::{Change, LogEntry},
    message::Message,
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
    pub fn new(kind: &'static str, data: &impl Serialize) -> Self {
        Self::build(kind, data, None)
    }

    /// The frame of a log entry.
    pub fn durable(kind: &'static str, data: &impl Serialize, position: Position) -> Self {
        Self::build(kind, data, Some(position))
    }

    fn build(kind: &'static str, data: &impl Serialize, position: Option<Position>) -> Self {
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

/// Turns log entries into frames, as each user may see them.
#[derive(Debug, Clone)]
pub struct Framer {
    store: Arc<dyn Store>,
    features: Features,
}

/// What an entry is to those who are told of it.
#[derive(Debug)]
pub(crate) enum Told {
    /// Nothing.
    Nothing,
    /// The same to everyone but, where a second frame is given, to one user.
    Frame {
        /// For everyone else.
        common: Frame,
        /// For the one who sees more.
        special: Option<(UserId, Frame)>,
    },
    /// The one user alone is told.
    Only(UserId, Frame),
    /// To each the thread as they see it.
    Thread(&'static str, ThreadId),
}

#[derive(Serialize)]
struct MessageData<'a> {
    message: crate::message::MessageOut<'a>,
}

#[derive(Serialize)]
struct ThreadData<'a> {
    thread: &'a Thread,
}

impl Framer {
    /// A framer over a store, for a system with these features.
    pub fn new(store: Arc<dyn Store>, features: Features) -> Self {
        Self { store, features }
    }

    /// The frames of `entries` as `user_id` sees them.
    pub async fn frames_for(
        &self,
        user_id: &UserId,
        entries: &[LogEntry],
    ) -> Result<Vec<Frame>, StoreError> {
        let mut frames = Vec::with_capacity(entries.len());
        for entry in entries {
            let frame = match self.told(entry, Some(user_id)) {
                Told::Nothing => None,
                Told::Frame { common, special } => match special {
                    Some((user, frame)) if user == *user_id => Some(frame),
                    _ => Some(common),
                },
                Told::Only(user, frame) => (user == *user_id).then_some(frame),
                Told::Thread(kind, thread_id) => {
                    let viewer = std::slice::from_ref(user_id);
                    let seen = self
                        .threads(kind, thread_id, entry.position, viewer)
                        .await?;
                    seen.into_iter().next().map(|(_, frame)| frame)
                }
            };
            frames.extend(frame);
        }
        Ok(frames)
    }

    /// The thread as each viewer sees it, as frames of the entry at `position`.
    pub(crate) async fn threads(
        &self,
        kind: &'static str,
        thread_id: ThreadId,
        position: Position,
        viewers: &[UserId],
    ) -> Result<Vec<(UserId, Frame)>, StoreError> {
        let threads = self.store.lookup_thread_for(thread_id, viewers).await?;
        let frames = threads.into_iter().map(|(user_id, thread)| {
            let thread = if self.features.read_receipts {
                thread
            } else {
                thread.without_receipts(&user_id)
            };
            let data = ThreadData { thread: &thread };
            let frame = Frame::durable(kind, &data, position);
            (user_id, frame)
        });
        Ok(frames.collect())
    }

    /// What an entry is to its audience. `viewer` is given when one user alone asks; a participant
    /// sees the group that they joined as created.
    pub(crate) fn told(&self, entry: &LogEntry, viewer: Option<&UserId>) -> Told {
        let position = entry.position;
        match &entry.change {
            Change::MessageSent { message } => told_message("message.new", message, position),
            Change::MessageEdited { message } => told_message("message.edited", message, position),
            Change::MessageDeleted { message } => {
                told_message("message.deleted", message, position)
            }
            Change::MessageReacted { message } => {
                told_message("message.reacted", message, position)
            }
            Change::MarkerAdvanced {
                thread_id,
                user_id,
                marker,
                seq,
            } => {
                let kind = match marker {
                    Marker::Delivered => "message.delivered",
                    Marker::Read => "message.read",
                };
                let data = serde_json::json!({
                    "thread_id": thread_id, "user_id": user_id, "seq": seq, "at": entry.at,
                });
                let frame = Frame::durable(kind, &data, position);
                if self.features.read_receipts {
                    Told::Frame {
                        common: frame,
                        special: None,
                    }
                } else {
                    Told::Only(user_id.clone(), frame)
                }
            }
            Change::ThreadCreated { thread_id } => Told::Thread("thread.created", *thread_id),
            Change::ParticipantAdded { thread_id, user_id } if viewer == Some(user_id) => {
                Told::Thread("thread.created", *thread_id)
            }
            Change::ParticipantRemoved { thread_id, user_id } if viewer == Some(user_id) => {
                let data = serde_json::json!({ "thread_id": thread_id, "user_id": user_id });
                Told::Only(
                    user_id.clone(),
                    Frame::durable("thread.left", &data, position),
                )
            }
            Change::ThreadUpdated { thread_id }
            | Change::ThreadSettings { thread_id }
            | Change::ParticipantAdded { thread_id, .. }
            | Change::ParticipantRemoved { thread_id, .. } => {
                Told::Thread("thread.updated", *thread_id)
            }
            Change::AccountChanged { .. } => Told::Nothing,
        }
    }
}

fn told_message(kind: &'static str, message: &Message, position: Position) -> Told {
    let frame = |is_sender| {
        let data = MessageData {
            message: message.shown_to_sender(is_sender),
        };
        Frame::durable(kind, &data, position)
    };
    Told::Frame {
        common: frame(false),
        special: Some((message.sender_id.clone(), frame(true))),
    }
}
