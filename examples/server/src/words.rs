//! Errors in words.

/// An error and what lies behind it, each said once: some libraries repeat in an error's own words
/// what they also give as its source.
pub(crate) fn in_words(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if words.contains(&cause) {
            continue;
        }
        if !words.is_empty() {
            words.push_str(": ");
        }
        words.push_str(&cause);
    }
    words
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;

    #[test]
    fn nothing_is_said_twice() {
        let error = Err::<(), _>(anyhow!("no such table"))
            .context("query failed: no such table")
            .context("cannot count")
            .unwrap_err();
        assert_eq!(
            in_words(&error),
            "cannot count: query failed: no such table"
        );
    }
}
