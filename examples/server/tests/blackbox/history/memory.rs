//! What one device saw and what it knows of its own doing.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::support::text;

/// How sure a device is of something that it asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Known {
    /// It was not asked for.
    #[default]
    No,
    /// It was asked for, and the answer is lost or under way.
    Maybe,
    /// It was acknowledged.
    Yes,
}

/// A message that the device sends, for as long as it takes.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent {
    pub(super) thread: String,
    pub(super) client_id: String,
    /// What it was first sent with: the same for every retry.
    pub(super) words: String,
    /// Its id and seq, once acknowledged.
    pub(super) place: Option<(String, u64)>,
    /// The latest words that an acknowledgement vouches for.
    pub(super) settled: String,
    /// Words whose edit was never answered: they may have become the message's, or not.
    pub(super) unsettled: Vec<String>,
    /// Whether a command about this message is under way; there is one at a time.
    pub(super) busy: bool,
    pub(super) deleted: Known,
}

impl Sent {
    /// The wish to send it: the same each time.
    pub(super) fn wish(&self) -> Value {
        let Self {
            thread,
            client_id,
            words,
            ..
        } = self;
        json!({ "thread_id": thread, "client_id": client_id, "content": text(words) })
    }

    /// Takes the acknowledged message in. It is the same one each time.
    pub(super) fn settle_place(&mut self, message: &Value) {
        let place = (text_of(&message["id"]), message["seq"].as_u64().unwrap());
        let before = self.place.replace(place.clone());
        assert!(
            before.is_none_or(|before| before == place),
            "sent twice: {message}"
        );
    }
}

/// The device's own reaction to a message.
#[derive(Debug, Clone, Default)]
pub(super) struct Reaction {
    /// On or off, as an acknowledgement vouches for.
    pub(super) settled: bool,
    /// Whether some change was never answered.
    pub(super) unsettled: bool,
    pub(super) busy: bool,
}

/// Everything a device will be asked about at the end.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Every durable event, or the acknowledgement that stood for it: its cursor and type.
    pub(super) stream: Vec<(String, String)>,
    /// The newest message of each thread.
    pub(super) heads: HashMap<String, u64>,
    /// Every message by its place, as it was first seen.
    pub(super) places: HashMap<(String, u64), String>,
    pub(super) sent: Vec<Sent>,
    pub(super) reactions: HashMap<String, Reaction>,
    /// How far each thread was marked as read, acknowledged.
    pub(super) read: HashMap<String, u64>,
}

impl Memory {
    /// Takes a durable event in. A new message must be the next of its thread.
    pub(super) fn witness(&mut self, cursor: &str, kind: &str, data: &Value) {
        self.stream.push((cursor.to_owned(), kind.to_owned()));
        if kind != "message.new" {
            return;
        }
        let message = &data["message"];
        let (thread, id) = (text_of(&message["thread_id"]), text_of(&message["id"]));
        let seq = message["seq"].as_u64().unwrap();
        let head = self.heads.entry(thread.clone()).or_default();
        assert_eq!(seq, *head + 1, "a gap or a repetition in {thread}");
        *head = seq;
        self.places.insert((thread, seq), id);
    }
}

pub(super) fn text_of(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("not a text: {value}"))
        .to_owned()
}
