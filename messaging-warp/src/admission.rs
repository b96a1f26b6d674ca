//! Who may come in: the token first, then how often its bearer has come.

use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use messaging_core::{
    auth::AuthError,
    caller::{Caller, Role},
    error::ErrorKind,
    rate_limit::RateDecision,
    realtime::Failure,
};

use crate::{
    Api,
    problem::{ApiError, whole_seconds},
};

/// What is known of a request's sender before anything else is looked at.
#[derive(Debug)]
pub(crate) struct Admission {
    /// Who asks, or why they may not.
    pub(crate) caller: Result<Caller, ApiError>,
    /// What the rate limiter said, for whom it was asked.
    pub(crate) rate: Option<RateDecision>,
}

/// For whom a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Those who talk.
    User,
    /// The platform's services. They speak for many users, and are not counted.
    Service,
}

/// Authenticates and counts a request.
pub(crate) async fn admit(api: &Api, headers: &HeaderMap, kind: Kind) -> Admission {
    let caller = match authenticate(api, headers).await {
        Ok(caller) => caller,
        Err(error) => {
            return Admission {
                caller: Err(error),
                rate: None,
            };
        }
    };
    let rate = match api.messaging().rate_limiter() {
        Some(limiter) if caller.role != Role::Service => Some(limiter.check(&caller.user_id).await),
        _ => None,
    };
    let refuse = |detail| Err(ApiError::new(ErrorKind::Forbidden, detail));
    let caller = match (&rate, kind, caller.role) {
        (Some(rate), ..) if !rate.allowed => Err(rate_limited(rate)),
        (_, Kind::User, Role::Service) => refuse("a service takes no part in conversations"),
        (_, Kind::Service, role) if role != Role::Service => {
            refuse("only a service of the platform may do this")
        }
        _ => Ok(caller),
    };
    Admission { caller, rate }
}

async fn authenticate(api: &Api, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let token = bearer(headers).ok_or(AuthError::Missing)?;
    let identity = api.authenticator().authenticate(token).await?;
    Ok(identity.caller)
}

/// The token of `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn rate_limited(rate: &RateDecision) -> ApiError {
    ApiError::Failed(Failure {
        retry_after: Some(rate.reset_after),
        ..Failure::new(
            ErrorKind::RateLimited,
            "too many requests; wait and try again",
        )
    })
}

/// Tells a client how much it may still ask, in the form of the IETF's draft `RateLimit` headers.
pub(crate) fn describe(rate: &RateDecision, headers: &mut HeaderMap) {
    let window = whole_seconds(rate.window);
    let reset = rate.reset_after.as_secs() + u64::from(rate.reset_after.subsec_nanos() > 0);
    let policy = format!("\"default\";q={};w={window}", rate.limit);
    let limit = format!("\"default\";r={};t={reset}", rate.remaining);
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", limit)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
}
