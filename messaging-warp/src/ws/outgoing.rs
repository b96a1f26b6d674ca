//! Frames that go out.

use bytes::Bytes;
use messaging_core::{
    page::Cursor,
    realtime::{CloseReason, Outgoing, Reply},
};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio_tungstenite::tungstenite::{
    Message, Utf8Bytes,
    protocol::{
        CloseFrame,
        frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

use crate::problem::Problem;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ReplyOut<'a> {
    Ack {
        r#ref: &'a str,
        data: &'a RawValue,
        #[serde(skip_serializing_if = "Option::is_none")]
        cursor: Option<Cursor>,
    },
    Error {
        #[serde(skip_serializing_if = "Option::is_none")]
        r#ref: Option<&'a str>,
        error: Problem<'a>,
    },
}

/// The message for an item; `None` when there is nothing to say.
pub(super) fn message(item: Outgoing) -> Option<Message> {
    match item {
        Outgoing::Frame(frame) => Some(text(frame.text())),
        Outgoing::Reply(reply) => answer(&reply).map(text),
        Outgoing::Ping => Some(Message::Ping(Bytes::new())),
        Outgoing::Close(reason) => Some(close(reason)),
    }
}

/// A text frame of bytes that are known to be UTF-8, shared and not checked again for each socket.
fn text(bytes: Bytes) -> Message {
    Message::Frame(Frame::message(bytes, OpCode::Data(Data::Text), true))
}

/// A success without a reference is not told: nobody could tell what it answers.
fn answer(reply: &Reply) -> Option<Bytes> {
    let reference = reply.reference.as_deref();
    let out = match (&reply.outcome, reference) {
        (Ok(data), Some(reference)) => ReplyOut::Ack {
            r#ref: reference,
            data,
            cursor: reply.position.map(Cursor::of_position),
        },
        (Ok(_), None) => return None,
        (Err(failure), reference) => ReplyOut::Error {
            r#ref: reference,
            error: Problem::of(failure),
        },
    };
    // Structs of strings and numbers always serialise.
    Some(serde_json::to_vec(&out).unwrap_or_default().into())
}

fn close(reason: CloseReason) -> Message {
    Message::Close(Some(CloseFrame {
        code: reason.code().into(),
        reason: Utf8Bytes::from_static(reason.as_str()),
    }))
}
