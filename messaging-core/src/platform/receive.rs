//! Taking events in.

use super::{PlatformChange, PlatformEvent, Reception};
use crate::{
    error::{ErrorKind, Fault, FieldError, StoreError},
    messaging::Messaging,
    quota::ChangeQuotaError,
};

/// Why an event was not taken in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiveError {
    /// Its grant, purchase, price or halt was refused.
    #[error(transparent)]
    Quota(#[from] ChangeQuotaError),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for ReceiveError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Quota(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Quota(error) => error.fields(),
            Self::Store(_) => &[],
        }
    }
}

/// What the platform tells. There is no caller to check: whoever holds this value is the platform.
#[derive(Debug, Clone, Copy)]
pub struct Platform<'a> {
    messaging: &'a Messaging,
}

impl<'a> Platform<'a> {
    pub(crate) fn new(messaging: &'a Messaging) -> Self {
        Self { messaging }
    }

    /// Takes an event in. [`read_event`](super::read_event) reads one from JSON. When this returns, its change is durable; the same event again changes
    /// nothing.
    pub async fn receive(self, event: PlatformEvent) -> Result<Reception, ReceiveError> {
        if let PlatformChange::Quota(change) = &event.change {
            change.check().map_err(ChangeQuotaError::from)?;
        }
        let now = self.messaging.clock().now();
        let received = self.messaging.store().receive(event, now).await?;
        Ok(received.value)
    }
}
