//! One session: a connection of an authenticated user, from its first frame to its last.
//!
//! A session is one task that waits for whatever comes first: the hub, a command under way, the
//! client, the clock, or its end. It never waits for its client without a deadline.

mod begin;
mod command;
mod flood;
mod hear;
mod order;
mod subscribe;
mod tell;

pub(super) use command::{AuthenticateIn, Command, Control, raw};
pub(super) use hear::check_role;

use std::{pin::Pin, sync::Arc, time::Duration};

use futures_util::{Sink, Stream, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    sync::mpsc,
    time::{Instant, Sleep, sleep_until, timeout, timeout_at},
};

use self::{
    command::{Turn, Written},
    flood::Flood,
    order::Order,
};
use super::{
    CloseReason, Failure, Gateway, Incoming, Outgoing,
    frame::Frame,
    hub::Refused,
    roster::{Delivery, EndSignal, Registration},
};
use crate::{
    auth::Identity,
    caller::Caller,
    id::{Position, SessionId},
};

/// The largest frame a client may send, in bytes. Transports enforce it.
pub const MAX_FRAME: usize = 64 * 1024;
/// How many deliveries go out before they are flushed.
const BURST: usize = 128;
/// How long the hub may take to begin.
const JOIN: Duration = Duration::from_secs(10);
/// How long the last words may take to leave, and writes under way to be done.
const FAREWELL: Duration = Duration::from_secs(5);

/// A write under way, with the reference that its answer bears.
type InFlight = BoxFuture<'static, (Option<String>, Result<Written, Failure>)>;

/// Why a session is over.
#[derive(Debug)]
pub(super) enum End {
    /// The client has gone, or cannot be written to.
    Gone,
    /// The server ends it.
    Close(CloseReason),
}

/// A session.
pub(super) struct Session<'a, T> {
    gateway: &'a Gateway,
    transport: T,
    id: SessionId,
    identity: Identity,
    queue: mpsc::Receiver<Delivery>,
    end: Arc<EndSignal>,
    order: Order,
    /// Where the live stream began: `session.resume` fills in up to here.
    began: Position,
    in_flight: FuturesUnordered<InFlight>,
    /// Where messages are judged.
    turn: Option<Arc<Turn>>,
    flood: Flood,
    ping_at: Instant,
    pong_by: Option<Instant>,
    /// Rings when the clock may have something to say, or sooner. It goes on from step to step: to
    /// set it anew each time would cost more than most steps.
    alarm: Pin<Box<Sleep>>,
    resumed: bool,
}

impl<'a, T, E> Session<'a, T>
where
    T: Stream<Item = Incoming> + Sink<Outgoing, Error = E> + Send + Unpin,
    E: Send,
{
    /// A session that the hub does not know of yet.
    pub(super) fn new(
        gateway: &'a Gateway,
        transport: T,
        id: SessionId,
        identity: Identity,
    ) -> Self {
        let Registration { from, queue, end } = Registration::detached();
        let ping_at = Instant::now() + gateway.settings.heartbeat;
        let mut session = Self {
            gateway,
            transport,
            id,
            identity,
            queue,
            end,
            order: Order::new(from),
            began: from,
            in_flight: FuturesUnordered::new(),
            turn: gateway.messaging.moderation().map(|_| Arc::default()),
            flood: Flood::new(gateway.messaging.rate_limiter().is_some()),
            ping_at,
            pong_by: None,
            alarm: Box::pin(sleep_until(ping_at)),
            resumed: false,
        };
        session.set_alarm();
        session
    }

    fn caller(&self) -> &Caller {
        &self.identity.caller
    }

    /// Asks the hub to tell this session everything from now on. Answers where that begins.
    async fn join(&mut self) -> Result<Position, End> {
        let hub = self.gateway.messaging.hub();
        let registration = hub.register(self.id, &self.identity.caller);
        // The hub takes nobody in before it follows the log, and that waits for storage.
        let Ok(registration) = timeout(JOIN, registration).await else {
            return Err(End::Close(CloseReason::GoingAway));
        };
        match registration {
            Ok(Registration { from, queue, end }) => {
                self.queue = queue;
                self.end = end;
                self.began = from;
                Ok(from)
            }
            Err(Refused::Draining) => Err(End::Close(CloseReason::GoingAway)),
            Err(Refused::TooMany) => Err(End::Close(CloseReason::Flooding)),
        }
    }

    /// Runs until the end.
    pub(super) async fn run(&mut self) -> End {
        loop {
            if let Err(end) = self.step().await {
                return end;
            }
        }
    }

    /// Waits for one thing to happen and deals with it.
    async fn step(&mut self) -> Result<(), End> {
        let room = self.in_flight.len() < self.gateway.settings.in_flight;
        let mut deliveries = Vec::new();
        tokio::select! {
            biased;
            reason = self.end.ended() => Err(End::Close(reason)),
            Some((reference, outcome)) = self.in_flight.next() => {
                self.answer(reference, outcome).await
            }
            1.. = self.queue.recv_many(&mut deliveries, BURST), if !self.order.is_blocked() => {
                self.deliver(deliveries).await
            }
            incoming = self.transport.next(), if room => match incoming {
                Some(incoming) => self.hear(incoming).await,
                None => Err(End::Gone),
            },
            () = self.alarm.as_mut() => self.tick().await,
        }
    }

    /// Sets the alarm to when the clock next has something to say: a ping to send, a pong overdue, a
    /// token's end.
    fn set_alarm(&mut self) {
        let life = self
            .pong_by
            .map_or(self.ping_at, |pong_by| pong_by.min(self.ping_at));
        let deadline = match self.identity.expires_at {
            Some(expires_at) => {
                let left = expires_at.since(self.gateway.messaging.clock().now());
                life.min(Instant::now() + left)
            }
            None => life,
        };
        self.alarm.as_mut().reset(deadline);
    }

    async fn tick(&mut self) -> Result<(), End> {
        let expires_at = self.identity.expires_at;
        if expires_at.is_some_and(|at| self.gateway.messaging.clock().now() >= at) {
            return Err(End::Close(CloseReason::Unauthenticated));
        }
        let now = Instant::now();
        if self.pong_by.is_some_and(|pong_by| now >= pong_by) {
            return Err(End::Close(CloseReason::TooSlow));
        }
        let is_due = now >= self.ping_at;
        if is_due {
            self.ping_at = now + self.gateway.settings.heartbeat;
            let pong_by = now + self.gateway.settings.pong_timeout;
            self.pong_by.get_or_insert(pong_by);
        }
        self.set_alarm();
        if is_due {
            self.say([Outgoing::Ping]).await?;
        }
        Ok(())
    }

    /// Ends the session: lets the writes under way be done, and says farewell, as far as the client
    /// listens.
    pub(super) async fn finish(&mut self, end: End) {
        let mut last = self.finish_writes().await;
        let reason = match end {
            End::Gone => return,
            End::Close(reason) => reason,
        };
        if reason == CloseReason::GoingAway {
            last.push(Outgoing::Frame(closing(self.id)));
        } else {
            // Nothing may follow what a slow reader has missed, and the others are not trusted.
            last.clear();
        }
        last.push(Outgoing::Close(reason));
        farewell(&mut self.transport, last).await;
    }

    /// A command that was taken is carried out, even when its client has hung up meanwhile.
    async fn finish_writes(&mut self) -> Vec<Outgoing> {
        let mut out = Vec::new();
        let deadline = Instant::now() + FAREWELL;
        while let Ok(Some((reference, outcome))) = timeout_at(deadline, self.in_flight.next()).await
        {
            self.settle(reference, outcome, &mut out);
        }
        self.order.let_go(&mut out);
        out
    }
}

/// Sends a connection's last words, for a bounded time.
pub(super) async fn farewell<T, E>(transport: &mut T, last: Vec<Outgoing>)
where
    T: Sink<Outgoing, Error = E> + Send + Unpin,
    E: Send,
{
    // A client that does not hear it will notice the end all the same.
    let _ = timeout(FAREWELL, tell::send(transport, last)).await;
}

fn closing(session_id: SessionId) -> Frame {
    // Clients come back spread over two seconds, by chance of their session's id.
    let spread = session_id.as_uuid().as_u128() % 2_000;
    let data = serde_json::json!({
        "reason": "going_away", "reconnect_after_ms": 500 + spread,
    });
    Frame::fleeting("session.closing", &data)
}
