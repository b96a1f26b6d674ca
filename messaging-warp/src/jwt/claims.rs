//! What a token says once its signature has been checked.

use std::time::Duration;

use messaging_core::{
    auth::{AuthError, Identity},
    caller::Caller,
    clock::Timestamp,
};
use serde_json::{Map, Value};

/// How far the clocks of issuer and server may lie apart.
const LEEWAY: Duration = Duration::from_secs(5);

/// The claims of a token, any of which may be absent or of a wrong type.
pub(super) struct Claims(pub(super) Map<String, Value>);

impl Claims {
    /// Whom the token speaks for at `now`.
    pub(super) fn identity(
        &self,
        now: Timestamp,
        issuer: Option<&str>,
        audience: Option<&str>,
    ) -> Result<Identity, AuthError> {
        let expires_at = self.time("exp")?.ok_or_else(|| refused("it has no exp"))?;
        if now > expires_at.after(LEEWAY) {
            return Err(AuthError::Expired);
        }
        if self
            .time("nbf")?
            .is_some_and(|begin| begin > now.after(LEEWAY))
        {
            return Err(refused("it is not valid yet"));
        }
        if issuer.is_some_and(|issuer| self.text("iss") != Some(issuer)) {
            return Err(refused("it is of another issuer"));
        }
        if audience.is_some_and(|audience| !self.is_for(audience)) {
            return Err(refused("it is for another audience"));
        }
        Ok(Identity {
            caller: self.caller()?,
            expires_at: Some(expires_at),
        })
    }

    fn caller(&self) -> Result<Caller, AuthError> {
        let sub = self.text("sub").ok_or_else(|| refused("it has no sub"))?;
        let user_id = sub.parse().map_err(|_| refused("its sub is no user id"))?;
        let role = self.text("role").ok_or_else(|| refused("it has no role"))?;
        let role = role.parse().map_err(|_| refused("its role is unknown"))?;
        Ok(Caller::new(user_id, role))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A time in seconds since 1970, with or without a fraction (RFC 7519, section 2).
    fn time(&self, name: &str) -> Result<Option<Timestamp>, AuthError> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        let whole = value.as_i64();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a fraction of a second is cut off"
        )]
        let seconds = whole.or_else(|| value.as_f64().map(|seconds| seconds as i64));
        seconds
            .and_then(|seconds| seconds.checked_mul(1000))
            .and_then(Timestamp::from_millis)
            .map(Some)
            .ok_or_else(|| refused("one of its times is not a time"))
    }

    /// Whether `aud`, one name or several, holds `audience`.
    fn is_for(&self, audience: &str) -> bool {
        match self.0.get("aud") {
            Some(Value::String(name)) => name == audience,
            Some(Value::Array(names)) => names.iter().any(|name| name == audience),
            _ => false,
        }
    }
}

pub(super) fn refused(why: &str) -> AuthError {
    AuthError::Refused(why.to_owned())
}
