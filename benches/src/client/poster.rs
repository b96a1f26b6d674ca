//! A REST connection that sends messages.

use std::fmt::Write;

use bytes::Bytes;
use tokio::time::Instant;

use super::{Rest, exchange::Seen, frame::MessageSeen, note::write_text};
use crate::measure::latency::{now_us, us_of};

/// A connection that sends into one thread; others may send there, too.
#[derive(Debug)]
pub(crate) struct Poster {
    rest: Rest,
    thread: String,
    /// What its messages are named by: the same user may have several connections.
    name: usize,
    sent: u64,
    /// The messages that were acknowledged in this round: their places and ids.
    pub(crate) acknowledged: Vec<(u64, String)>,
}

impl Poster {
    pub(crate) fn new(rest: Rest, thread: String, name: usize) -> Self {
        Self {
            rest,
            thread,
            name,
            sent: 0,
            acknowledged: Vec::new(),
        }
    }

    /// Sends one message after another until then.
    pub(crate) async fn keep(&mut self, until: Instant) -> anyhow::Result<Seen> {
        let until_us = us_of(until);
        let mut seen = Seen::default();
        loop {
            let now = now_us();
            if now >= until_us {
                return Ok(seen);
            }
            let body = self.body(now);
            let answer = self.rest.post("/api/messages", body.into()).await?;
            self.stored(&answer, until_us, &mut seen)?;
        }
    }

    fn body(&mut self, meant_us: u64) -> String {
        self.sent += 1;
        let Self {
            thread, name, sent, ..
        } = self;
        let mut body = String::with_capacity(384);
        write!(
            body,
            r#"{{"thread_id":"{thread}","client_id":"{name}-{sent}","content":{{"type":"text","text":""#
        )
        .expect("text takes text");
        write_text(&mut body, meant_us);
        body.push_str(r#""}}"#);
        body
    }

    fn stored(&mut self, answer: &Bytes, until_us: u64, seen: &mut Seen) -> anyhow::Result<()> {
        let message: MessageSeen<'_> = serde_json::from_slice(answer)?;
        self.acknowledged.push((message.seq, message.id.to_owned()));
        seen.note(&message, until_us)
    }
}
