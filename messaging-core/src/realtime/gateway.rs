//! Where connections become sessions.

use std::{sync::Arc, time::Duration};

use futures_util::{Sink, Stream, StreamExt};
use tokio::time::timeout;

use super::{
    CloseReason, Failure, Hub, Incoming, Outgoing, Reply,
    session::{AuthenticateIn, Command, Control, End, Session, check_role, farewell, raw},
};
use crate::{
    auth::{Authenticator, Identity},
    id::{SessionId, UserId},
    messaging::Messaging,
    page::Cursor,
};

/// How a session is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionSettings {
    /// How often a quiet client is asked for a sign of life.
    pub heartbeat: Duration,
    /// How long it may take to give one.
    pub pong_timeout: Duration,
    /// How long a connection may stay without a token.
    pub authenticate_timeout: Duration,
    /// How long one write to the connection may take.
    pub write_timeout: Duration,
    /// How many commands of one session may be under way at once.
    pub in_flight: usize,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(25),
            pong_timeout: Duration::from_secs(20),
            authenticate_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(20),
            in_flight: 64,
        }
    }
}

/// What a connection brings along when it opens.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// The token, when it came with the connection.
    pub token: Option<String>,
    /// Where to resume.
    pub cursor: Option<Cursor>,
}

/// Turns connections into sessions. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Gateway {
    pub(super) messaging: Messaging,
    pub(super) authenticator: Arc<dyn Authenticator>,
    pub(super) settings: SessionSettings,
}

impl Gateway {
    /// A gateway to `messaging` for those whom `authenticator` knows.
    pub fn new(messaging: Messaging, authenticator: Arc<dyn Authenticator>) -> Self {
        Self {
            messaging,
            authenticator,
            settings: SessionSettings::default(),
        }
    }

    /// Other settings.
    #[must_use]
    pub fn settings(mut self, settings: SessionSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Runs one session to its end. The transport is given an [`Outgoing::Close`] last, unless the
    /// client went away first; the caller then drops it.
    pub async fn run<T, E>(&self, mut transport: T, opening: Opening)
    where
        T: Stream<Item = Incoming> + Sink<Outgoing, Error = E> + Send + Unpin,
        E: Send,
    {
        let (identity, cursor) = match self.authenticate(&mut transport, opening).await {
            Ok(authenticated) => authenticated,
            Err(End::Gone) => return,
            Err(End::Close(reason)) => {
                return farewell(&mut transport, vec![Outgoing::Close(reason)]).await;
            }
        };
        self.open(transport, identity, cursor).await;
    }

    /// Learns whom the connection speaks for, by the token it came with or by its first command, and
    /// where it resumes.
    async fn authenticate<T, E>(
        &self,
        transport: &mut T,
        opening: Opening,
    ) -> Result<(Identity, Option<Cursor>), End>
    where
        T: Stream<Item = Incoming> + Sink<Outgoing, Error = E> + Send + Unpin,
        E: Send,
    {
        let cursor = opening.cursor;
        let (reference, data) = if let Some(token) = opening.token {
            (None, AuthenticateIn { token, cursor })
        } else {
            let first = first_command(transport);
            let first = timeout(self.settings.authenticate_timeout, first).await;
            let late = Err(End::Close(CloseReason::Unauthenticated));
            let (reference, data) = first.unwrap_or(late)?;
            let cursor = data.cursor.or(cursor);
            (reference, AuthenticateIn { cursor, ..data })
        };
        let checked = self.authenticator.authenticate(&data.token).await;
        let checked = checked.map_err(Failure::from);
        let failure = match checked.and_then(|identity| check_role(&identity).map(|()| identity)) {
            Ok(identity) => {
                let identity = self.welcome(transport, reference, identity).await;
                return Ok((identity, data.cursor));
            }
            Err(failure) => failure,
        };
        let reply = Reply {
            reference,
            outcome: Err(failure),
            position: None,
        };
        let close = Outgoing::Close(CloseReason::Unauthenticated);
        farewell(transport, vec![Outgoing::Reply(reply), close]).await;
        Err(End::Gone)
    }

    /// Acknowledges a token that came as a command.
    async fn welcome<T, E>(
        &self,
        transport: &mut T,
        reference: Option<String>,
        identity: Identity,
    ) -> Identity
    where
        T: Sink<Outgoing, Error = E> + Send + Unpin,
        E: Send,
    {
        if reference.is_some() {
            let data = serde_json::json!({ "expires_at": identity.expires_at });
            let reply = Reply {
                reference,
                outcome: Ok(raw(&data)),
                position: None,
            };
            farewell(transport, vec![Outgoing::Reply(reply)]).await;
        }
        identity
    }

    /// Opens the session of a known user and runs it.
    async fn open<T, E>(&self, transport: T, identity: Identity, cursor: Option<Cursor>)
    where
        T: Stream<Item = Incoming> + Sink<Outgoing, Error = E> + Send + Unpin,
        E: Send,
    {
        let id = SessionId::from_uuid(self.messaging.ids().next_uuid());
        let user_id = identity.caller.user_id.clone();
        // Also when this future is dropped half-way, the hub must let the session go.
        let _registered = Registered {
            hub: self.messaging.hub(),
            id,
            user_id: &user_id,
        };
        let mut session = Session::new(self, transport, id, identity);
        // In a place of its own, which is given back: it takes more than the session's life after it.
        let end = match Box::pin(session.begin(cursor)).await {
            Ok(()) => session.run().await,
            Err(end) => end,
        };
        session.finish(end).await;
    }
}

/// Lets the session go when it is dropped.
struct Registered<'a> {
    hub: &'a Hub,
    id: SessionId,
    user_id: &'a UserId,
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        self.hub.unregister(self.id, self.user_id);
    }
}

/// Waits for `session.authenticate`. Anything else is not listened to yet.
async fn first_command<T>(transport: &mut T) -> Result<(Option<String>, AuthenticateIn), End>
where
    T: Stream<Item = Incoming> + Send + Unpin,
{
    loop {
        match transport.next().await {
            Some(Incoming::Pong) => {}
            Some(Incoming::Command(command)) => {
                return match Command::read(&command) {
                    Ok(Command::Control(Control::Authenticate(data))) => {
                        Ok((command.reference, data))
                    }
                    _ => Err(End::Close(CloseReason::Unauthenticated)),
                };
            }
            Some(Incoming::TooLarge) => return Err(End::Close(CloseReason::TooLarge)),
            Some(Incoming::Unreadable { .. } | Incoming::Violation) => {
                return Err(End::Close(CloseReason::Unreadable));
            }
            None => return Err(End::Gone),
        }
    }
}
