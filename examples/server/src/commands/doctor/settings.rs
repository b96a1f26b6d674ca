//! Whether the settings can be served by.

use std::collections::HashSet;

use super::Finding;
use crate::{
    node,
    settings::{Settings, check_later},
    words::in_words,
};

/// Whether a setting asks for what this version does not have.
pub(super) fn check_features() -> Finding {
    let later = check_later(|name| std::env::var(name).ok());
    if later.is_empty() {
        return Ok("every one is understood".to_owned());
    }
    let lines: Vec<_> = later.iter().map(ToString::to_string).collect();
    Err(lines.join("; "))
}

pub(super) fn check_tokens(settings: &Settings) -> Finding {
    /// Fewer different characters than this no random text of the least length has.
    const VARIETY: usize = 12;
    node::authenticator(&settings.tokens).map_err(|error| in_words(&error))?;
    let secret = settings.tokens.secret().ok().flatten();
    match secret.map(|secret| secret.bytes().collect::<HashSet<_>>().len()) {
        Some(variety) if variety < VARIETY => Err(
            "JWT_SECRET is long enough but repeats itself, so it may be guessed; \
             take the output of `openssl rand -base64 48`"
                .to_owned(),
        ),
        Some(_) => Ok("tokens signed with JWT_SECRET are let in".to_owned()),
        None => Ok("tokens signed with keys of JWT_JWKS_FILE are let in".to_owned()),
    }
}

pub(super) fn check_throttle(settings: &Settings) -> Finding {
    match settings.throttle.limiter() {
        Ok(Some(_)) => Ok("requests of each user are limited".to_owned()),
        Ok(None) => Ok("off: users may ask as often as they like".to_owned()),
        Err(error) => Err(in_words(&error)),
    }
}
