//! Beginning: the greeting, what a client missed while it was away, and the live stream after it,
//! without a gap or a double.

use futures_util::{Sink, Stream};
use serde::Serialize;
use serde_json::json;

use super::{End, MAX_FRAME, Session};
use crate::{
    error::{ErrorKind, StoreError},
    id::{Position, SessionId, UserId},
    limits::MAX_TEXT,
    log::UserLog,
    messaging::Messaging,
    page::Cursor,
    realtime::{CloseReason, Failure, Frame, Incoming, Outgoing},
};

/// How many entries are read and sent at a time.
const PAGE: usize = 200;
/// How near to the log's end a client is brought before the hub is asked for live events.
const CLOSE: i64 = 200;

#[derive(Serialize)]
struct ReadyOut<'a> {
    session_id: SessionId,
    user_id: &'a UserId,
    cursor: Cursor,
    resumed: bool,
    heartbeat_ms: u128,
    limits: LimitsOut,
}

#[derive(Serialize)]
struct LimitsOut {
    text_chars: usize,
    frame_bytes: usize,
    edit_window_ms: u128,
}

/// Whether a client can go on where it was.
#[derive(Debug)]
enum Resumption {
    /// From here; the log's newest entry was this one.
    From(Position, Position),
    /// Not any more, or never: it must read the lists again. Says why.
    Resync(&'static str),
}

/// Judges a cursor by what is kept of the log.
async fn judge(messaging: &Messaging, cursor: &Cursor) -> Result<Resumption, StoreError> {
    let Ok(position) = cursor.to_position() else {
        return Ok(Resumption::Resync("invalid_cursor"));
    };
    let bounds = messaging.store().log_bounds().await?;
    Ok(if position > bounds.head {
        Resumption::Resync("invalid_cursor")
    } else if position < bounds.pruned {
        Resumption::Resync("cursor_too_old")
    } else {
        Resumption::From(position, bounds.head)
    })
}

impl<T, E> Session<'_, T>
where
    T: Stream<Item = Incoming> + Sink<Outgoing, Error = E> + Send + Unpin,
    E: Send,
{
    /// Greets the client, checks that it may be here, and brings it up to the live stream.
    pub(in crate::realtime) async fn begin(&mut self, cursor: Option<Cursor>) -> Result<(), End> {
        let Some(cursor) = cursor else {
            return self.begin_live().await;
        };
        let followed = self.gateway.messaging.hub().followed();
        self.check_account().await?;
        let judged = judge(&self.gateway.messaging, &cursor).await;
        match self.or_go_away(judged).await? {
            Resumption::Resync(reason) => {
                self.begin_live().await?;
                self.resync(reason).await
            }
            Resumption::From(position, head) => {
                let from = self.catch_up_and_join(position, head).await?;
                // Nearly always it is known that nobody was banned in the meantime.
                if self.gateway.messaging.hub().accounts_changed(followed) {
                    self.check_account().await?;
                }
                self.catch_up(self.order.position(), from).await
            }
        }
    }

    async fn begin_live(&mut self) -> Result<(), End> {
        self.join().await?;
        self.check_account().await?;
        // What is in the log by now is no news, also when the hub has yet to tell it.
        let bounds = self.gateway.messaging.store().log_bounds().await;
        let head = self.or_go_away(bounds).await?.head;
        self.began = self.began.max(head);
        self.order.skip_to(self.began);
        self.greet(false).await
    }

    /// Catches up before the hub is asked for live events, so that a long absence does not fill the
    /// queue. Answers where these begin: what came in between is still to be told.
    async fn catch_up_and_join(
        &mut self,
        position: Position,
        mut head: Position,
    ) -> Result<Position, End> {
        self.resumed = true;
        self.order.skip_to(position);
        self.greet(true).await?;
        // The hub stands at the log's end or just before it.
        while head.get() - self.order.position().get() > CLOSE {
            self.catch_up(self.order.position(), head).await?;
            head = self.gateway.messaging.hub().applied();
        }
        // The node may not have heard yet of what the client has: live begins after both.
        self.join().await
    }

    /// Banned and deactivated users hold no session. Asked after the hub has taken the session in:
    /// a ban from then on reaches it through the hub.
    async fn check_account(&mut self) -> Result<(), End> {
        let messaging = &self.gateway.messaging;
        let account = messaging.accounts().lookup(&self.caller().user_id).await;
        let account = self.or_go_away(account).await?;
        if account.is_active(self.gateway.messaging.clock().now()) {
            Ok(())
        } else {
            Err(End::Close(CloseReason::Banned))
        }
    }

    /// When storage fails a session that begins, its client is told, and comes back later.
    async fn or_go_away<V>(&mut self, outcome: Result<V, StoreError>) -> Result<V, End> {
        match outcome {
            Ok(value) => Ok(value),
            Err(error) => {
                self.refuse(None, Failure::from(error)).await?;
                Err(End::Close(CloseReason::GoingAway))
            }
        }
    }

    async fn greet(&mut self, resumed: bool) -> Result<(), End> {
        let ready = ReadyOut {
            session_id: self.id,
            user_id: &self.identity.caller.user_id,
            cursor: Cursor::of_position(self.order.position()),
            resumed,
            heartbeat_ms: self.gateway.settings.heartbeat.as_millis(),
            limits: LimitsOut {
                text_chars: MAX_TEXT,
                frame_bytes: MAX_FRAME,
                edit_window_ms: self.gateway.messaging.limits().edit_window.as_millis(),
            },
        };
        let frame = Frame::fleeting("session.ready", &ready);
        self.say([Outgoing::Frame(frame)]).await
    }

    /// Tells the client that it must read the lists again.
    async fn resync(&mut self, reason: &str) -> Result<(), End> {
        let frame = Frame::fleeting("session.resync", &json!({ "reason": reason }));
        self.say([Outgoing::Frame(frame)]).await
    }

    /// Sends the user's events after `after`, up to `until`, in bounded memory.
    async fn catch_up(&mut self, after: Position, until: Position) -> Result<(), End> {
        let mut after = after;
        while after < until {
            let missed = self.read_missed(after, until).await;
            let (frames, through) = self.or_go_away(missed).await?;
            self.say(frames).await?;
            self.order.skip_to(through);
            after = through;
        }
        Ok(())
    }

    async fn read_missed(
        &mut self,
        after: Position,
        until: Position,
    ) -> Result<(Vec<Outgoing>, Position), StoreError> {
        let messaging = &self.gateway.messaging;
        let user_id = &self.caller().user_id;
        let log = messaging.store().read_log_for(user_id, after, until, PAGE);
        let UserLog { entries, through } = log.await?;
        let hub = messaging.hub();
        let now = hub.clock().now();
        let frames = hub
            .framer()
            .frames_for(self.caller(), &entries, now)
            .await?;
        Ok((frames.into_iter().map(Outgoing::Frame).collect(), through))
    }

    /// The command `session.resume`, for clients that cannot put the cursor into the address: sends
    /// what lies between the cursor and where this session began.
    pub(super) async fn resume_late(
        &mut self,
        reference: Option<String>,
        cursor: &Cursor,
    ) -> Result<(), End> {
        if self.resumed {
            let failure = Failure::new(ErrorKind::Conflict, "the session has been resumed");
            return self.refuse(reference, failure).await;
        }
        match judge(&self.gateway.messaging, cursor).await {
            Ok(Resumption::From(position, _)) => {
                self.resumed = true;
                self.acknowledge(reference, &json!({ "resumed": true }))
                    .await?;
                self.catch_up(position, self.began).await
            }
            Ok(Resumption::Resync(reason)) => {
                let detail = "the cursor cannot be resumed from; read the lists again";
                let failure = Failure::new(ErrorKind::InvalidCursor, detail);
                self.refuse(reference, failure).await?;
                self.resync(reason).await
            }
            Err(error) => self.refuse(reference, error.into()).await,
        }
    }
}
