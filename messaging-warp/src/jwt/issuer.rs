//! Gives tokens out.

use std::{fmt, sync::Arc, time::Duration};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use messaging_core::{
    caller::Caller,
    clock::{Clock, SystemClock},
};
use serde::Serialize;

use super::{
    install_crypto,
    key::{KeyError, check_secret},
};

/// Signs tokens with a shared secret, HS256, for [`JwtAuthenticator`](super::JwtAuthenticator).
pub struct JwtIssuer {
    key: EncodingKey,
    issuer: Option<String>,
    audience: Option<String>,
    clock: Arc<dyn Clock>,
}

/// Why no token was given out.
#[derive(Debug, thiserror::Error)]
#[error("the token cannot be signed")]
pub struct IssueError(#[from] jsonwebtoken::errors::Error);

#[derive(Serialize)]
struct ClaimsOut<'a> {
    sub: &'a str,
    role: &'a str,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'a str>,
}

impl fmt::Debug for JwtIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtIssuer")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

impl JwtIssuer {
    /// Signs with this secret.
    ///
    /// # Errors
    /// [`KeyError::SecretTooShort`] under 32 bytes.
    pub fn hs256(secret: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        check_secret(secret.as_ref())?;
        Ok(Self::hs256_with_weak_secret(secret))
    }

    /// The same with a secret of any length: for demonstrations, where anyone may be anyone.
    #[must_use]
    pub fn hs256_with_weak_secret(secret: impl AsRef<[u8]>) -> Self {
        install_crypto();
        Self {
            key: EncodingKey::from_secret(secret.as_ref()),
            issuer: None,
            audience: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// Puts `iss` into every token.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Puts `aud` into every token.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Another clock to date tokens by.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// A token that speaks for `caller` during `lifetime`.
    ///
    /// # Errors
    /// [`IssueError`] when the signature fails, which it does not with a secret.
    pub fn sign(&self, caller: &Caller, lifetime: Duration) -> Result<String, IssueError> {
        let now = self.clock.now();
        let claims = ClaimsOut {
            sub: caller.user_id.as_str(),
            role: caller.role.as_str(),
            iat: now.as_millis() / 1000,
            exp: now.after(lifetime).as_millis() / 1000,
            iss: self.issuer.as_deref(),
            aud: self.audience.as_deref(),
        };
        Ok(encode(&Header::new(Algorithm::HS256), &claims, &self.key)?)
    }
}
