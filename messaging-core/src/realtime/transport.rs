//! What a session and its connection say to each other. A transport is a stream of [`Incoming`] and
//! a sink of [`Outgoing`]: WebSocket and Socket.IO are codecs, the session's rules are the core's.

use std::time::Duration;

use bytes::Bytes;
use serde_json::value::RawValue;

use super::Frame;
use crate::{
    error::{ErrorKind, Extensions, Fault, FieldError},
    id::Position,
};

/// A client's command, not yet understood.
#[derive(Debug)]
pub struct CommandIn {
    /// Its name: `message.send`.
    pub kind: String,
    /// What its answer is to bear; without one there is no answer but an error.
    pub reference: Option<String>,
    /// Its values as JSON; `{}` when there are none.
    pub data: Box<RawValue>,
}

/// What a connection hears.
#[derive(Debug)]
pub enum Incoming {
    /// A command.
    Command(CommandIn),
    /// A command that cannot be read; the session answers it, and closes after a few of them.
    Unreadable {
        /// The reference, when that much could be read.
        reference: Option<String>,
        /// What is wrong, in words fit for the client.
        detail: String,
    },
    /// An answer to a ping.
    Pong,
    /// A message over the size limit: the session closes.
    TooLarge,
    /// Something no client of this protocol sends (binary, broken framing): the session closes.
    Violation,
}

/// What a connection is told.
#[derive(Debug, Clone)]
pub enum Outgoing {
    /// An event.
    Frame(Frame),
    /// An answer to a command.
    Reply(Reply),
    /// A sign of life is wanted.
    Ping,
    /// The end. Nothing follows.
    Close(CloseReason),
}

/// The answer to a command.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The command's reference; `None` only for failures of commands that had none.
    pub reference: Option<String>,
    /// What came of it: the acknowledgement's data as JSON text, or why not.
    pub outcome: Result<Bytes, Failure>,
    /// The log entry that an acknowledgement stands for.
    pub position: Option<Position>,
}

/// Why something was not done, ready for a client's eyes: nothing internal is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The kind, which names the code.
    pub kind: ErrorKind,
    /// What is wrong, in words.
    pub detail: String,
    /// The fields at fault.
    pub fields: Vec<FieldError>,
    /// When to try again, if that helps.
    pub retry_after: Option<Duration>,
    /// What else the client can make use of.
    pub extensions: Extensions,
}

impl Failure {
    /// A failure without fields.
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            fields: Vec::new(),
            retry_after: None,
            extensions: Extensions::new(),
        }
    }

    /// Takes an operation's error. What only operators may know is logged here, once, and replaced.
    pub fn of(error: &dyn Fault) -> Self {
        let kind = error.kind();
        match kind {
            ErrorKind::Internal => {
                tracing::error!(error = %Chain(error), "an operation failed");
                Self::new(kind, "something went wrong on our side")
            }
            ErrorKind::Unavailable => {
                tracing::warn!(error = %Chain(error), "storage is unavailable");
                Self {
                    retry_after: Some(Duration::from_secs(1)),
                    ..Self::new(
                        kind,
                        "the service is busy or its storage is away; try again",
                    )
                }
            }
            _ => Self {
                fields: error.fields().to_vec(),
                extensions: error.extensions(),
                ..Self::new(kind, error.to_string())
            },
        }
    }
}

impl<E: Fault> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::of(&error)
    }
}

/// An error with all its sources, for the log.
struct Chain<'a>(&'a dyn Fault);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

/// Why the server ends a session. The numbers are WebSocket close codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseReason {
    /// The server goes away.
    GoingAway,
    /// A frame over the limit.
    TooLarge,
    /// Frames that cannot be read.
    Unreadable,
    /// No token, or one that is expired, revoked or refused.
    Unauthenticated,
    /// The user is banned or deactivated.
    Banned,
    /// The client reads too slowly, or gave no sign of life.
    TooSlow,
    /// The client writes too fast.
    Flooding,
}

impl CloseReason {
    /// The WebSocket close code.
    pub const fn code(self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::TooLarge => 1009,
            Self::Unreadable => 4400,
            Self::Unauthenticated => 4401,
            Self::Banned => 4403,
            Self::TooSlow => 4008,
            Self::Flooding => 4029,
        }
    }

    /// The words beside the code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GoingAway => "the server goes away",
            Self::TooLarge => "a frame is over the limit",
            Self::Unreadable => "frames cannot be read",
            Self::Unauthenticated => "the token is missing, expired or revoked",
            Self::Banned => "the user is banned or deactivated",
            Self::TooSlow => "too slow; come back and resume",
            Self::Flooding => "too many commands",
        }
    }
}
