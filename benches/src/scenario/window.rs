//! Sending through one session as fast as it is acknowledged.

use std::ops::Range;

use anyhow::{Context, ensure};
use serde_json::json;
use tokio::time::timeout;

use crate::client::{Frame, Socket, socket::PATIENCE};

/// How many messages may be under way at once: as many as the server takes of one session.
const WINDOW: u64 = 64;

/// Sends messages with these numbers into a thread that nobody else writes in, and waits for their
/// acknowledgements: each once, in order, and with places without a gap.
pub(super) async fn send(
    socket: &mut Socket,
    thread: &str,
    numbers: Range<u64>,
    text: &str,
) -> anyhow::Result<()> {
    let mut sent = numbers.start;
    let mut acknowledged = Acknowledged {
        next: numbers.start,
        seq: None,
    };
    while acknowledged.next < numbers.end {
        while sent < numbers.end.min(acknowledged.next + WINDOW) {
            socket.feed(&command(thread, sent, text)).await?;
            sent += 1;
        }
        socket.flush().await?;
        let frame = timeout(PATIENCE, socket.next()).await;
        acknowledged.take(&frame.context("no acknowledgement within the time")??)?;
        while acknowledged.next < sent
            && let Some(frame) = socket.next_now()
        {
            acknowledged.take(&frame?)?;
        }
    }
    Ok(())
}

fn command(thread: &str, number: u64, text: &str) -> String {
    let name = number.to_string();
    let content = json!({ "type": "text", "text": text });
    let data = json!({ "thread_id": thread, "client_id": name, "content": content });
    json!({ "type": "message.send", "ref": name, "data": data }).to_string()
}

/// How far the acknowledgements have come.
#[derive(Debug)]
struct Acknowledged {
    next: u64,
    /// The last message's place in the thread.
    seq: Option<u64>,
}

impl Acknowledged {
    fn take(&mut self, text: &str) -> anyhow::Result<()> {
        let frame = Frame::parse(text)?;
        let name = self.next.to_string();
        let message = frame.data.message.as_ref();
        let seq = message.filter(|_| frame.is_ack() && frame.reference.as_deref() == Some(&name));
        let seq = seq
            .with_context(|| format!("no ack of message {name} but {text}"))?
            .seq;
        let expected = self.seq.is_none_or(|last| seq == last + 1);
        ensure!(
            expected,
            "message {name} is number {seq} after {:?}",
            self.seq
        );
        self.seq = Some(seq);
        self.next += 1;
        Ok(())
    }
}

/// The `seq` of a frame: the first one in it. Reading all of it would cost the client more than the
/// frame costs the server.
pub(super) fn seq_of(frame: &str) -> anyhow::Result<u64> {
    const KEY: &str = "\"seq\":";
    let rest = frame.find(KEY).map(|at| &frame[at + KEY.len()..]);
    let number = rest.and_then(|rest| rest.split([',', '}']).next());
    let number = number.with_context(|| format!("a frame without seq: {frame}"))?;
    Ok(number.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ack(name: &str, seq: u64) -> String {
        format!(
            r#"{{"type":"ack","ref":"{name}","data":{{"message":{{"id":"i","thread_id":"t","seq":{seq}}}}}}}"#
        )
    }

    #[test]
    fn acknowledgements_are_taken_in_order_only() {
        let fresh = || Acknowledged { next: 7, seq: None };
        let mut acknowledged = fresh();
        acknowledged.take(&ack("7", 3)).unwrap();
        acknowledged.take(&ack("8", 4)).unwrap();
        assert_eq!(acknowledged.next, 9);
        for wrong in [ack("9", 4), ack("9", 6), ack("8", 5), ack("10", 5)] {
            assert!(acknowledged.take(&wrong).is_err(), "{wrong}");
        }
        let error = r#"{"type":"error","ref":"7","error":{"code":"forbidden"}}"#;
        let error = fresh().take(error).unwrap_err().to_string();
        assert!(error.contains("forbidden"), "{error}");
    }

    #[test]
    fn the_place_of_a_message_is_found() {
        let frame =
            r#"{"type":"message.new","data":{"message":{"id":"i","seq":42,"text":"\"seq\":1"}}}"#;
        assert_eq!(seq_of(frame).unwrap(), 42);
        assert_eq!(seq_of(r#"{"seq":7}"#).unwrap(), 7);
        assert!(seq_of(r#"{"type":"ping"}"#).is_err());
    }
}
