//! What a session tells its client.

use std::pin::pin;

use futures_util::{FutureExt, Sink, SinkExt, Stream, stream};
use serde::Serialize;
use tokio::time::timeout;

use super::{
    BURST, End, Session,
    command::{Written, raw},
};
use crate::realtime::{CloseReason, Failure, Incoming, Outgoing, Reply, roster::Delivery};

/// Writes and flushes.
pub(super) async fn send<T, E>(transport: &mut T, items: Vec<Outgoing>) -> Result<(), E>
where
    T: Sink<Outgoing, Error = E> + Unpin,
{
    transport
        .send_all(&mut stream::iter(items.into_iter().map(Ok)))
        .await
}

impl<T, E> Session<'_, T>
where
    T: Stream<Item = Incoming> + Sink<Outgoing, Error = E> + Send + Unpin,
    E: Send,
{
    /// Writes and flushes. A client that does not take it in time is too slow.
    pub(super) async fn say(&mut self, items: impl Into<Vec<Outgoing>>) -> Result<(), End> {
        let items = items.into();
        if items.is_empty() {
            return Ok(());
        }
        let mut sending = pin!(send(&mut self.transport, items));
        // Nearly always the connection takes it at once: then no clock is needed.
        if let Some(written) = sending.as_mut().now_or_never() {
            return written.map_err(|_| End::Gone);
        }
        let limit = self.gateway.settings.write_timeout;
        tokio::select! {
            biased;
            written = timeout(limit, sending) => match written {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(End::Gone),
                Err(_) => Err(End::Close(CloseReason::TooSlow)),
            },
            reason = self.end.ended() => Err(End::Close(reason)),
        }
    }

    /// Writes what was queued in one go.
    pub(super) async fn deliver(&mut self, deliveries: Vec<Delivery>) -> Result<(), End> {
        let mut out = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            self.order.pass(delivery, &mut out);
        }
        self.say(out).await
    }

    /// Answers a write.
    pub(super) async fn answer(
        &mut self,
        reference: Option<String>,
        outcome: Result<Written, Failure>,
    ) -> Result<(), End> {
        let mut out = Vec::new();
        self.settle(reference, outcome, &mut out);
        self.say(out).await
    }

    /// Puts a write's answer, and whatever may follow it, into `out`: an acknowledgement takes its
    /// event's place in the stream.
    pub(super) fn settle(
        &mut self,
        reference: Option<String>,
        outcome: Result<Written, Failure>,
        out: &mut Vec<Outgoing>,
    ) {
        match (reference, outcome) {
            (None, Ok(_)) => {}
            (Some(reference), Ok(written)) => {
                let told = self.gateway.messaging.hub().applied();
                self.order.acknowledge(reference, written, out);
                self.drain_queue(out);
                if self.queue.is_empty() {
                    self.order.settle(told, out);
                }
            }
            (reference, Err(failure)) => {
                self.order.give_up(reference.is_some(), out);
                out.push(Outgoing::Reply(Reply {
                    reference,
                    outcome: Err(failure),
                    position: None,
                }));
                self.drain_queue(out);
            }
        }
    }

    /// Lets pass what is queued, as far as it may.
    fn drain_queue(&mut self, out: &mut Vec<Outgoing>) {
        while !self.order.is_blocked() && out.len() < BURST {
            match self.queue.try_recv() {
                Ok(delivery) => self.order.pass(delivery, out),
                Err(_) => break,
            }
        }
    }

    /// Acknowledges a command that appends nothing.
    pub(super) async fn acknowledge(
        &mut self,
        reference: Option<String>,
        data: &impl Serialize,
    ) -> Result<(), End> {
        if reference.is_none() {
            return Ok(());
        }
        let reply = Reply {
            reference,
            outcome: Ok(raw(data)),
            position: None,
        };
        self.say([Outgoing::Reply(reply)]).await
    }

    /// Tells the client why something is not done.
    pub(super) async fn refuse(
        &mut self,
        reference: Option<String>,
        failure: Failure,
    ) -> Result<(), End> {
        let reply = Reply {
            reference,
            outcome: Err(failure),
            position: None,
        };
        self.say([Outgoing::Reply(reply)]).await
    }
}
