//! One segment of a path, as its client meant it.

use std::{borrow::Cow, convert::Infallible, fmt::Display, str::FromStr};

use messaging_core::error::Invalid;
use percent_encoding::percent_decode_str;

/// A segment with its percent-encoding undone; `None` when that is not UTF-8.
///
/// It takes everything, so that an id that is none answers with a problem that names it, after the
/// caller is known, instead of not being a route.
#[derive(Debug, Clone)]
pub(crate) struct Segment(Option<String>);

impl FromStr for Segment {
    type Err = Infallible;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        let decoded = percent_decode_str(raw).decode_utf8();
        Ok(Self(decoded.ok().map(Cow::into_owned)))
    }
}

impl Segment {
    /// The text.
    pub(crate) fn into_text(self, field: &'static str) -> Result<String, Invalid> {
        self.0
            .ok_or_else(|| Invalid::field(field, "must be percent-encoded UTF-8"))
    }

    /// The text read as something; `field` is what the problem calls it.
    pub(crate) fn read<T>(self, field: &'static str) -> Result<T, Invalid>
    where
        T: FromStr<Err: Display>,
    {
        let text = self.into_text(field)?;
        text.parse()
            .map_err(|error: T::Err| Invalid::field(field, error.to_string()))
    }
}
