//! The way to an endpoint.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;

/// One request to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Where to.
    pub url: String,
    /// The event's id: the header `webhook-id`.
    pub id: String,
    /// Seconds since 1970: the header `webhook-timestamp`.
    pub timestamp: i64,
    /// The header `webhook-signature`.
    pub signature: String,
    /// The event: `application/cloudevents+json`.
    pub body: Bytes,
}

/// What an endpoint has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long it asks to be left alone.
    pub retry_after: Option<Duration>,
}

/// Why there is no answer. In words fit for the attempt log: no secret is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendFailure {
    /// The address is not one to send to.
    #[error("the address is refused: {0}")]
    Refused(String),
    /// No connection could be made.
    #[error("no connection: {0}")]
    Connect(String),
    /// The connection broke, or what came was no answer.
    #[error("no answer: {0}")]
    Broken(String),
    /// It took too long.
    #[error("no answer in time")]
    Timeout,
}

/// Sends requests. `HttpSender` is the real one.
#[async_trait]
pub trait Sender: Send + Sync + fmt::Debug + 'static {
    /// Sends one request and gives its answer. It ends within a bounded time.
    ///
    /// # Errors
    /// When there is no answer.
    async fn send(&self, delivery: Delivery) -> Result<Answer, SendFailure>;
}
