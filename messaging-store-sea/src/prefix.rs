//! The prefix that all tables, indexes and migrations of one store share.

use std::{fmt, str::FromStr};

/// What every table's name begins with: `[a-z_][a-z0-9_]{0,20}`, `messaging_` unless set.
///
/// It is checked, so that it can stand in a statement as it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TablePrefix(String);

impl TablePrefix {
    /// The longest prefix, in characters: PostgreSQL cuts names at 63.
    pub const MAX_LEN: usize = 21;

    /// The prefix as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of a table or an index.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{}{name}", self.0)
    }
}

impl Default for TablePrefix {
    fn default() -> Self {
        Self("messaging_".to_owned())
    }
}

impl fmt::Display for TablePrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TablePrefix {
    type Err = InvalidPrefix;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if begins && text.len() <= Self::MAX_LEN && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPrefix)
        }
    }
}

/// A table prefix that cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a table prefix is 1 to 21 of a-z 0-9 _ and does not begin with a digit")]
pub struct InvalidPrefix;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_take_what_needs_no_quotes_only() {
        for good in ["messaging_", "_", "m1", &"x".repeat(21)] {
            assert!(good.parse::<TablePrefix>().is_ok(), "{good}");
        }
        for bad in ["", "1m", "M", "a-b", "a\"", "ä", &"x".repeat(22)] {
            assert_eq!(bad.parse::<TablePrefix>(), Err(InvalidPrefix), "{bad}");
        }
    }
}
