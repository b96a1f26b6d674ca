//! The half of a pair that sends.

use anyhow::{Context, ensure};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::pace::Schedule;
use crate::{
    client::{Frame, Socket, exchange::Seen, note::write_send},
    measure::{
        latency::{now_us, us_of},
        order::Order,
    },
};

/// A session that sends into one thread, in which nobody else does.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) socket: Socket,
    thread: String,
    /// The messages that were acknowledged.
    pub(super) order: Order,
    /// How many were sent, in all rounds.
    sent: u64,
    frame: String,
}

impl Sender {
    pub(super) fn new(socket: Socket, thread: String) -> Self {
        Self {
            socket,
            thread,
            order: Order::default(),
            sent: 0,
            frame: String::with_capacity(512),
        }
    }

    /// Keeps `window` messages under way until then, and waits for the last acknowledgement.
    pub(super) async fn keep(&mut self, window: usize, until: Instant) -> anyhow::Result<Seen> {
        let until_us = us_of(until);
        let mut seen = Seen::default();
        for _ in 0..window {
            self.feed(now_us()).await?;
        }
        while self.order.last() < self.sent {
            let text = if let Some(text) = self.socket.next_now() {
                text?
            } else {
                // Nothing more to read now: whatever is to be sent goes in one write.
                self.socket.flush().await?;
                self.socket.next().await?
            };
            self.acknowledged(&text, until_us, &mut seen)?;
            let now = now_us();
            if now < until_us {
                self.feed(now).await?;
            }
        }
        Ok(seen)
    }

    /// Sends on schedule, and waits for the last acknowledgement.
    pub(super) async fn follow(
        &mut self,
        mut schedule: Schedule,
        until: Instant,
    ) -> anyhow::Result<Seen> {
        let until_us = us_of(until);
        let mut seen = Seen::default();
        while !schedule.is_over() || self.order.last() < self.sent {
            tokio::select! {
                text = self.socket.next() => self.acknowledged(&text?, until_us, &mut seen)?,
                () = sleep_until(schedule.next), if !schedule.is_over() => {
                    while let Some(due) = schedule.due(Instant::now()) {
                        self.feed(us_of(due)).await?;
                    }
                    self.socket.flush().await?;
                }
            }
        }
        Ok(seen)
    }

    async fn feed(&mut self, meant_us: u64) -> anyhow::Result<()> {
        self.sent += 1;
        write_send(&mut self.frame, &self.thread, self.sent, meant_us);
        self.socket.feed(&self.frame).await
    }

    /// Takes an acknowledgement in: writes of one session are carried out in order, and here only
    /// this one writes, so that the message's place is the number of its `ref`.
    fn acknowledged(
        &mut self,
        text: &Utf8Bytes,
        until_us: u64,
        seen: &mut Seen,
    ) -> anyhow::Result<()> {
        let frame = Frame::parse(text)?;
        ensure!(frame.is_ack(), "no acknowledgement but {text}");
        let message = frame.data.message.as_ref();
        let message = message.with_context(|| format!("an ack without a message: {text}"))?;
        let number = frame
            .reference
            .as_deref()
            .and_then(|number| number.parse().ok());
        ensure!(
            number == Some(message.seq) && message.thread_id == self.thread,
            "the acknowledgement of {number:?} has another message: {text}"
        );
        let thread = &self.thread;
        let taken = self.order.take(message.seq, message.id);
        taken.with_context(|| format!("acknowledgements of thread {thread}"))?;
        seen.note(message, until_us)
    }
}
