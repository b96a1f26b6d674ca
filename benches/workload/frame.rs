//! JSON in and out.

use std::hint::black_box;

use anyhow::Result;
use async_trait::async_trait;
use messaging_core::{
    id::{MessageId, Position, ThreadId},
    json,
    message::{Content, Message, MessageOut, View},
    realtime::Frame,
};
use serde::{Deserialize, Serialize};

use crate::{
    Operation,
    world::{TEXT, World, ann, message},
};

/// The values of `message.send` on the wire.
#[derive(Deserialize)]
#[expect(dead_code, reason = "what counts is that they are read")]
struct SendIn {
    thread_id: ThreadId,
    client_id: String,
    content: Content,
    #[serde(default)]
    reply_to: Option<MessageId>,
}

/// A command's values are read.
pub(crate) struct Decode {
    text: String,
}

impl Decode {
    pub(crate) fn open() -> Self {
        let thread_id = "01a0c5a8-6400-7000-8000-000000000000";
        Self {
            text: send_values(&thread_id, 1_000_000),
        }
    }
}

#[async_trait(?Send)]
impl Operation for Decode {
    async fn run(&mut self, times: u64) -> Result<()> {
        for _ in 0..times {
            black_box(json::decode::<SendIn>("data", self.text.as_bytes())?);
        }
        Ok(())
    }
}

/// What a client says to send message number so and so.
pub(crate) fn send_values(thread_id: &impl std::fmt::Display, number: u64) -> String {
    format!(
        r#"{{"thread_id":"{thread_id}","client_id":"{number}","content":{{"type":"text","text":"{TEXT}"}}}}"#
    )
}

#[derive(Serialize)]
struct MessageData<'a> {
    message: MessageOut<'a>,
}

/// An event is written.
pub(crate) struct Encode {
    message: Message,
}

impl Encode {
    pub(crate) async fn open() -> Result<Self> {
        let world = World::memory();
        let thread_id = world.thread(&["ben".to_owned()]).await?;
        let messages = world.messaging.messages();
        let sent = messages.send(&ann(), message(thread_id, 1)).await?;
        Ok(Self {
            message: sent.message,
        })
    }
}

#[async_trait(?Send)]
impl Operation for Encode {
    async fn run(&mut self, times: u64) -> Result<()> {
        for _ in 0..times {
            let data = MessageData {
                message: self.message.shown_as(View::Other),
            };
            let frame = Frame::durable("message.new", &data, Position::new(1_000_000));
            black_box(frame.text());
        }
        Ok(())
    }
}
