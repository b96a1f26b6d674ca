//! How single values are read and shown.

use std::{convert::Infallible, fmt, str::FromStr, time::Duration};

/// A value that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one place that needs it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl FromStr for Secret {
    // Any text will do here: what is wrong with it is said later, without showing it.
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(text))
    }
}

/// A secret that is set; an empty variable is one that is not.
pub(crate) fn given(secret: Option<&Secret>) -> Option<&str> {
    secret.map(Secret::expose).filter(|text| !text.is_empty())
}

/// A time span: `90s`, `15m`, `24h`, `30d`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|error| format!("must be a time span like 90s, 15m, 24h or 30d: {error}"))
}

/// The percent-encoding of everything that has a meaning of its own in a URL.
pub(crate) fn percent_encode(text: &str, keep: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown() {
        assert_eq!(format!("{:?}", Some(Secret::new("hunter2"))), "Some(***)");
    }

    #[test]
    fn a_duration_needs_its_unit_and_says_so() {
        assert_eq!(parse_duration("15m"), Ok(Duration::from_mins(15)));
        assert_eq!(parse_duration("90d"), Ok(Duration::from_hours(90 * 24)));
        let error = parse_duration("15").unwrap_err();
        assert!(error.starts_with("must be a time span like"), "{error}");
    }

    #[test]
    fn what_a_url_would_misread_is_encoded() {
        assert_eq!(
            percent_encode("p@ss:w/rd%é", b""),
            "p%40ss%3Aw%2Frd%25%C3%A9"
        );
        assert_eq!(percent_encode("/a b?c", b"/"), "/a%20b%3Fc");
    }
}
