//! Who a token speaks for. The port; a transport crate brings the JWT implementation.

use std::fmt;

use async_trait::async_trait;

use crate::{
    caller::Caller,
    clock::Timestamp,
    error::{ErrorKind, Fault},
};

/// What a token proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Whom it speaks for.
    pub caller: Caller,
    /// When it ends; the session it opened ends with it. `None` for a token that does not.
    pub expires_at: Option<Timestamp>,
}

/// Why a token proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// There is none.
    #[error("no token was given")]
    Missing,
    /// It is not one of ours; the text says what is wrong in words fit for its bearer.
    #[error("the token is not accepted: {0}")]
    Refused(String),
    /// It was one of ours.
    #[error("the token has expired")]
    Expired,
    /// The one who knows cannot be asked now.
    #[error("tokens cannot be checked now")]
    Unavailable,
}

impl Fault for AuthError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing | Self::Refused(_) | Self::Expired => ErrorKind::Unauthenticated,
            Self::Unavailable => ErrorKind::Unavailable,
        }
    }
}

/// Checks tokens. An embedding application may bring its own: a session cookie, an API key.
#[async_trait]
pub trait Authenticator: Send + Sync + fmt::Debug + 'static {
    /// Tells whom `token` speaks for.
    ///
    /// # Errors
    /// [`AuthError`]; never [`AuthError::Missing`].
    async fn authenticate(&self, token: &str) -> Result<Identity, AuthError>;
}
