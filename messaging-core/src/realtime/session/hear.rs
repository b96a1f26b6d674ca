//! What a client says, and what is done about it.

use std::time::Duration;

use futures_util::{FutureExt, Sink, Stream};
use serde_json::json;
use tokio::time::{Instant, timeout};

use super::{
    End, InFlight, Session,
    command::{self, Command, Control},
};
use crate::{
    auth::Identity,
    caller::{Caller, Role},
    error::ErrorKind,
    id::ThreadId,
    realtime::{CloseReason, CommandIn, Failure, Incoming, Outgoing},
};

/// How long a command may take before its client is told to try again.
const COMMAND: Duration = Duration::from_secs(30);

impl<T, E> Session<'_, T>
where
    T: Stream<Item = Incoming> + Sink<Outgoing, Error = E> + Send + Unpin,
    E: Send,
{
    /// Deals with whatever the connection hears. All of it is a sign of life.
    ///
    /// Every idle session has room for the largest future that it awaits in place. So only the way
    /// of a write is awaited so, and what is rare gets its room when it is needed.
    pub(super) async fn hear(&mut self, incoming: Incoming) -> Result<(), End> {
        self.pong_by = None;
        match incoming {
            Incoming::Pong => Ok(()),
            Incoming::Command(command) => self.command(command).await,
            fault => Box::pin(self.complain(fault)).await,
        }
    }

    /// Deals with what is no command.
    async fn complain(&mut self, fault: Incoming) -> Result<(), End> {
        match fault {
            Incoming::Pong | Incoming::Command(_) => Ok(()),
            Incoming::Unreadable { reference, detail } => {
                let failure = Failure::new(ErrorKind::InvalidRequest, detail);
                self.refuse(reference, failure).await?;
                self.strike(CloseReason::Unreadable)
            }
            Incoming::TooLarge => Err(End::Close(CloseReason::TooLarge)),
            Incoming::Violation => {
                let detail = "a frame must be a JSON object with type, ref and data";
                let failure = Failure::new(ErrorKind::InvalidRequest, detail);
                self.refuse(None, failure).await?;
                Err(End::Close(CloseReason::Unreadable))
            }
        }
    }

    async fn command(&mut self, incoming: CommandIn) -> Result<(), End> {
        let reference = incoming.reference.clone();
        let command = Command::read(&incoming);
        if let Err(wait) = self.allow(command.as_ref().ok()).await {
            let failure = Failure {
                retry_after: Some(wait),
                ..Failure::new(ErrorKind::RateLimited, "too many commands; wait a little")
            };
            Box::pin(self.refuse(reference, failure)).await?;
            return self.strike(CloseReason::Flooding);
        }
        match command {
            Ok(Command::Write(write)) => {
                self.start(reference, write);
                Ok(())
            }
            Ok(Command::Control(control)) => Box::pin(self.carry_out(reference, control)).await,
            Err(invalid) => Box::pin(self.refuse(reference, invalid.into())).await,
        }
    }

    /// Counts a command against the limits; tells how long to wait when it is over them.
    async fn allow(&mut self, command: Option<&Command>) -> Result<(), Duration> {
        self.flood.allow(Instant::now())?;
        let Some(limiter) = self.gateway.messaging.rate_limiter() else {
            return Ok(());
        };
        if !command.is_some_and(Command::is_limited) {
            return Ok(());
        }
        let decision = limiter.check(&self.identity.caller.user_id).await;
        if decision.allowed {
            Ok(())
        } else {
            Err(decision.reset_after)
        }
    }

    fn strike(&mut self, reason: CloseReason) -> Result<(), End> {
        self.flood
            .strike(Instant::now())
            .map_err(|()| End::Close(reason))
    }

    async fn carry_out(&mut self, reference: Option<String>, control: Control) -> Result<(), End> {
        let hub = self.gateway.messaging.hub();
        match control {
            Control::Subscribe(data) => return self.subscribe(reference, data).await,
            Control::Authenticate(data) => return self.renew(reference, &data.token).await,
            Control::Resume(data) => return self.resume_late(reference, &data.cursor).await,
            Control::Unsubscribe(data) => hub.unsubscribe(data.thread_id, self.id),
            Control::TypingStart(data) => {
                if let Err(failure) = self.check_typing(data.thread_id).await {
                    return self.refuse(reference, failure).await;
                }
                hub.start_typing(data.thread_id, &self.identity.caller.user_id);
            }
            Control::TypingStop(data) => {
                hub.stop_typing(data.thread_id, &self.identity.caller.user_id);
            }
            Control::SetPresence(data) => {
                hub.set_presence(&self.identity.caller.user_id, self.id, data.status);
            }
            Control::Ping => {}
        }
        self.acknowledge(reference, &json!({})).await
    }

    /// Starts a write. Writes of one session enter the store in the order they were sent.
    fn start(&mut self, reference: Option<String>, write: command::Write) {
        if reference.is_some() {
            self.order.expect();
        }
        let messaging = self.gateway.messaging.clone();
        let caller = self.identity.caller.clone();
        let turn = self.turn.clone();
        let mut write: InFlight = async move {
            let write = command::carry_out(&messaging, &caller, write, turn.as_deref());
            let late = |_| {
                let detail = "it takes too long; the same command again tells what became of it";
                Err(Failure::new(ErrorKind::Unavailable, detail))
            };
            let outcome = timeout(COMMAND, write).await.unwrap_or_else(late);
            (reference, outcome)
        }
        .boxed();
        // Polled once now, it stands in the store's queue, or waits for its turn to, before the next
        // command is read.
        match (&mut write).now_or_never() {
            Some(done) => self.in_flight.push(std::future::ready(done).boxed()),
            None => self.in_flight.push(write),
        }
    }

    async fn check_typing(&mut self, thread_id: ThreadId) -> Result<(), Failure> {
        let messaging = &self.gateway.messaging;
        if !messaging.features().typing_indicators {
            let detail = "typing indicators are turned off";
            return Err(Failure::new(ErrorKind::NotFound, detail));
        }
        if messaging.hub().is_subscribed(thread_id, self.id) {
            return Ok(());
        }
        messaging.threads().get(self.caller(), thread_id).await?;
        Ok(())
    }

    /// Takes another token of the same user, so that the session outlives the first one.
    async fn renew(&mut self, reference: Option<String>, token: &str) -> Result<(), End> {
        match self.gateway.authenticator.authenticate(token).await {
            Ok(identity) if identity.caller.user_id == self.identity.caller.user_id => {
                if let Err(failure) = check_role(&identity) {
                    return self.refuse(reference, failure).await;
                }
                let Caller { user_id, .. } = &identity.caller;
                let is_admin = identity.caller.is_admin();
                self.gateway
                    .messaging
                    .hub()
                    .set_admin(user_id, self.id, is_admin);
                self.identity = identity;
                self.set_alarm();
                let data = json!({ "expires_at": self.identity.expires_at });
                self.acknowledge(reference, &data).await
            }
            Ok(_) => {
                let detail = "the token is of another user; open a session of its own";
                let failure = Failure::new(ErrorKind::Forbidden, detail);
                self.refuse(reference, failure).await
            }
            Err(error) => self.refuse(reference, error.into()).await,
        }
    }
}

/// Services of the platform hold no session.
pub(in crate::realtime) fn check_role(identity: &Identity) -> Result<(), Failure> {
    if identity.caller.role == Role::Service {
        let detail = "a service holds no session";
        return Err(Failure::new(ErrorKind::Forbidden, detail));
    }
    Ok(())
}
