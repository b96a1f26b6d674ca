//! The half of a pair that is told.

use anyhow::{Context, ensure};
use tokio::{sync::oneshot, time::Instant};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{
    client::{Frame, Socket, exchange::Seen},
    measure::{latency::us_of, order::Order},
};

/// A session that hears of one thread.
#[derive(Debug)]
pub(crate) struct Receiver {
    pub(crate) socket: Socket,
    thread: String,
    /// The messages that came.
    pub(crate) order: Order,
}

impl Receiver {
    pub(crate) fn new(socket: Socket, thread: String) -> Self {
        Self {
            socket,
            thread,
            order: Order::default(),
        }
    }

    /// Takes messages until the one has come that `last` names, when nobody sends any more.
    pub(crate) async fn hear(
        &mut self,
        mut last: oneshot::Receiver<u64>,
        until: Instant,
    ) -> anyhow::Result<Seen> {
        let until_us = us_of(until);
        let mut seen = Seen::default();
        let mut due = None;
        while due.is_none_or(|last| self.order.last() < last) {
            tokio::select! {
                text = self.socket.next() => self.told(&text?, until_us, &mut seen)?,
                last = &mut last, if due.is_none() => due = Some(last?),
            }
        }
        Ok(seen)
    }

    fn told(&mut self, text: &Utf8Bytes, until_us: u64, seen: &mut Seen) -> anyhow::Result<()> {
        let frame = Frame::parse(text)?;
        let message = frame.new_message();
        let message = message.with_context(|| format!("no new message but {text}"))?;
        let thread = &self.thread;
        ensure!(
            message.thread_id == thread,
            "a message of no thread of ours: {text}"
        );
        let taken = self.order.take(message.seq, message.id);
        taken.with_context(|| format!("deliveries of thread {thread}"))?;
        seen.note(message, until_us)
    }
}
