//! Tokens as the embedding application's identity provider would make them.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// The secret that every server of these tests is given.
pub(crate) const SECRET: &str = "the tests' own secret, long enough for HS256";

/// Seconds since 1970, as `exp` counts them.
pub(crate) fn now() -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the server under test reads the real clock, so its tokens must too"
    )]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A good token for the next hour.
pub(crate) fn good(user: &str, role: &str) -> String {
    expiring(user, role, now() + 3600)
}

/// A token that is good until `exp`.
pub(crate) fn expiring(user: &str, role: &str, exp: u64) -> String {
    hs256(
        &json!({ "sub": user, "role": role, "exp": exp }),
        SECRET.as_bytes(),
    )
}

/// Any claims, signed with any secret.
pub(crate) fn hs256(claims: &Value, secret: &[u8]) -> String {
    let key = EncodingKey::from_secret(secret);
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
}
