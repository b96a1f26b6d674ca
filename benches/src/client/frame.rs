//! Frames, read as far as a measurement needs.

use std::borrow::Cow;

use anyhow::Context;
use serde::Deserialize;

/// A frame of the server's: an ack, an error or an event.
#[derive(Debug, Deserialize)]
pub(crate) struct Frame<'a> {
    #[serde(rename = "type")]
    pub(crate) kind: &'a str,
    /// Of acks and errors.
    #[serde(rename = "ref", borrow, default)]
    pub(crate) reference: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(crate) data: Data<'a>,
}

/// The part of a frame's `data` that measurements look at.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Data<'a> {
    #[serde(borrow, default)]
    pub(crate) message: Option<MessageSeen<'a>>,
    /// Of `session.ready`.
    #[serde(borrow, default)]
    pub(crate) cursor: Option<Cow<'a, str>>,
    /// Of `session.ready`.
    #[serde(default)]
    pub(crate) resumed: Option<bool>,
}

/// A message.
#[derive(Debug, Deserialize)]
pub(crate) struct MessageSeen<'a> {
    pub(crate) id: &'a str,
    pub(crate) thread_id: &'a str,
    pub(crate) seq: u64,
    #[serde(borrow, default)]
    pub(crate) content: Option<ContentSeen<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ContentSeen<'a> {
    #[serde(borrow, default)]
    pub(crate) text: Cow<'a, str>,
}

impl<'a> Frame<'a> {
    pub(crate) fn parse(text: &'a str) -> anyhow::Result<Self> {
        serde_json::from_str(text).with_context(|| format!("a frame that cannot be read: {text}"))
    }

    pub(crate) fn is_ack(&self) -> bool {
        self.kind == "ack"
    }

    /// A new message that came as an event.
    pub(crate) fn new_message(&self) -> Option<&MessageSeen<'a>> {
        self.data
            .message
            .as_ref()
            .filter(|_| self.kind == "message.new")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ack_is_read() {
        let text = r#"{"type":"ack","ref":"17","data":{"message":{"id":"i","thread_id":"t",
            "seq":3,"sender_id":"ann","content":{"type":"text","text":"a \"b\""},
            "reactions":{}}},"cursor":"MTA0"}"#;
        let frame = Frame::parse(text).unwrap();
        assert!(frame.is_ack() && frame.new_message().is_none());
        assert_eq!(frame.reference.as_deref(), Some("17"));
        let message = frame.data.message.unwrap();
        assert_eq!((message.id, message.thread_id, message.seq), ("i", "t", 3));
        assert_eq!(message.content.unwrap().text, "a \"b\"");
    }

    #[test]
    fn other_events_have_no_message() {
        let text = r#"{"type":"session.ready","data":{"cursor":"c","resumed":true,"limits":{}}}"#;
        let frame = Frame::parse(text).unwrap();
        assert!(frame.new_message().is_none());
        assert_eq!(frame.data.cursor.as_deref(), Some("c"));
        assert_eq!(frame.data.resumed, Some(true));
    }

    #[test]
    fn an_error_is_neither_an_ack_nor_a_message() {
        let text = r#"{"type":"error","ref":"1","error":{"code":"not_found"}}"#;
        let frame = Frame::parse(text).unwrap();
        assert!(!frame.is_ack() && frame.new_message().is_none());
        assert!(Frame::parse("{").is_err());
    }
}
