//! Frames that go out.

use bytes::Bytes;
use messaging_core::{
    id::Position,
    page::Cursor,
    realtime::{CloseReason, Outgoing, Reply},
};
use serde::Serialize;
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
struct ErrorOut<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#ref: Option<&'a str>,
    error: Problem<'a>,
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
    match &reply.outcome {
        Ok(data) => Some(ack(reference?, data, reply.position)),
        Err(failure) => {
            let error = ErrorOut {
                r#type: "error",
                r#ref: reference,
                error: Problem::of(failure),
            };
            // Structs of strings and numbers always serialise.
            Some(serde_json::to_vec(&error).unwrap_or_default().into())
        }
    }
}

/// Puts an acknowledgement together around its data, which is JSON already.
fn ack(reference: &str, data: &[u8], position: Option<Position>) -> Bytes {
    let mut text = Vec::with_capacity(data.len() + 160);
    text.extend_from_slice(br#"{"type":"ack","ref":"#);
    // Writing a string into memory does not fail.
    let _ = serde_json::to_writer(&mut text, reference);
    text.extend_from_slice(br#","data":"#);
    text.extend_from_slice(data);
    if let Some(position) = position {
        text.extend_from_slice(br#","cursor":""#);
        text.extend_from_slice(Cursor::of_position(position).as_str().as_bytes());
        text.push(b'"');
    }
    text.push(b'}');
    text.into()
}

fn close(reason: CloseReason) -> Message {
    Message::Close(Some(CloseFrame {
        code: reason.code().into(),
        reason: Utf8Bytes::from_static(reason.as_str()),
    }))
}
