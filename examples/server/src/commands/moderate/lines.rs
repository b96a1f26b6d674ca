//! The lines that are judged.

use anyhow::{Context as _, Result, bail};
use messaging_moderation::{Audience, Context, Flag, Surface};
use serde::Deserialize;
use serde_json::Value;

/// What a line of a test set is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// It has flags.
    Flagged,
    /// It is harmless, and looks as if it were not.
    Lookalike,
    /// It is harmless, and looks so.
    Everyday,
}

/// A text to judge.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    /// Given back with the verdict, whatever it is.
    #[serde(default)]
    pub(super) id: Option<Value>,
    #[serde(default)]
    audience: Audience,
    #[serde(default)]
    surface: Surface,
    pub(super) text: String,
    /// The flags that people gave it.
    #[serde(default)]
    pub(super) labels: Option<Vec<Flag>>,
    /// What it is there for; by its labels when it does not say.
    #[serde(default)]
    kind: Option<Kind>,
}

impl Line {
    /// Reads a line; with `labelled`, one without labels is refused.
    pub(super) fn parse(row: &[u8], labelled: bool) -> Result<Self> {
        let line: Self = serde_json::from_slice(row).context("no such object")?;
        if labelled && line.labels.is_none() {
            bail!("it has no `labels`");
        }
        Ok(line)
    }

    /// Where the text is read.
    pub(super) fn context(&self) -> Context {
        Context::new(self.audience, self.surface)
    }

    /// What it is there for.
    pub(super) fn kind(&self) -> Kind {
        let harmless = self.labels.as_ref().is_none_or(Vec::is_empty);
        self.kind.unwrap_or(if harmless {
            Kind::Lookalike
        } else {
            Kind::Flagged
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_wrong_with_it() {
        let error = |row: &str| format!("{:#}", Line::parse(row.as_bytes(), true).unwrap_err());
        assert!(error("{}").contains("missing field `text`"));
        assert!(error(r#"{"text":"a"}"#).contains("no `labels`"));
        assert!(error(r#"{"text":"a","labels":["murder"]}"#).contains("unknown variant `murder`"));
        assert!(error(r#"{"text":"a","audience":"cats"}"#).contains("unknown variant `cats`"));
    }

    #[test]
    fn only_the_text_is_needed() {
        let line = Line::parse(br#"{"text":"a"}"#, false).unwrap();
        assert_eq!(line.context(), Context::default());
        assert_eq!(line.kind(), Kind::Lookalike);
    }
}
