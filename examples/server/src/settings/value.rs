//! How single values are read and shown.

use std::{
    convert::Infallible,
    fmt::{self, Write},
    net::IpAddr,
    str::FromStr,
    time::Duration,
};

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

pub(crate) fn parse_address(text: &str) -> Result<IpAddr, String> {
    let complain = |_| "must be an IP address like 127.0.0.1 or 0.0.0.0".to_owned();
    text.parse().map_err(complain)
}

pub(crate) fn parse_port(text: &str) -> Result<u16, String> {
    let complain = |_| "must be a port: a number from 0 to 65535".to_owned();
    text.parse().map_err(complain)
}

pub(crate) fn parse_count(text: &str) -> Result<u32, String> {
    let complain = |_| format!("must be a number from 0 to {}", u32::MAX);
    text.parse().map_err(complain)
}

pub(crate) fn parse_switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" => Ok(true),
        "false" | "0" | "off" | "no" => Ok(false),
        _ => Err("must be true or false".to_owned()),
    }
}

/// The percent-encoding of everything that has a meaning of its own in a URL.
pub(crate) fn percent_encode(text: &str, keep: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
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
