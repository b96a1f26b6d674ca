//! What deliveries are signed with.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};

const PREFIX: &str = "whsec_";
/// As Standard Webhooks says: 24 to 64 bytes.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A secret that an endpoint shares: `whsec_` and base64 of 24 to 64 bytes. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

/// A text that is no such secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be whsec_ and base64 of 24 to 64 bytes")]
pub struct ParseSecretError;

impl WebhookSecret {
    /// Takes the bytes.
    ///
    /// # Errors
    /// When they are too few or too many.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, ParseSecretError> {
        let bytes = bytes.into();
        if BYTES.contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(ParseSecretError)
        }
    }

    /// The bytes, to sign with.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The secret as text, for the one who is to verify with it, and for stores.
    pub fn expose(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl FromStr for WebhookSecret {
    type Err = ParseSecretError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_prefix(PREFIX).ok_or(ParseSecretError)?;
        Self::from_bytes(STANDARD.decode(text).map_err(|_| ParseSecretError)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_back_from_its_text_and_is_not_shown() {
        let secret = WebhookSecret::from_bytes([7; 32]).unwrap();
        assert_eq!(secret.expose().parse(), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "***");
        for bad in ["", "whsec_", "whsec_AAAA", "AAAA", "whsec_*"] {
            assert!(bad.parse::<WebhookSecret>().is_err(), "{bad}");
        }
    }
}
