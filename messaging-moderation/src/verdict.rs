//! What the engine says of a text.

use serde::{Deserialize, Serialize};

use crate::flag::Flag;

/// What is to be done with a text, the mildest first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Deliver it.
    #[default]
    Allow,
    /// Deliver it, and tell its sender.
    Warn,
    /// Deliver it, and show it to the desk.
    Flag,
    /// Refuse it.
    Block,
}

/// How grave a flag is in its context, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth noting.
    Low,
    /// Worth a word to the sender.
    Medium,
    /// Worth a person's look.
    High,
    /// Not to be delivered.
    Critical,
}

/// A part of the text as it was sent: Unicode code points, from `start` to before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The first code point's place, from 0.
    pub start: u32,
    /// The place after the last one's.
    pub end: u32,
}

impl Span {
    /// From `start` to before `end`.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// Whether the two share a code point.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// One flag of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What was found.
    pub flag: Flag,
    /// How sure the engine is, from 0 to 1, to three places.
    #[serde(serialize_with = "three_places")]
    pub score: f32,
    /// How grave it is in the text's context.
    pub severity: Severity,
    /// Where it stands, when it stands somewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// As a number that is written with three places: the nearest `f32` is written with nine.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn three_places<S: serde::Serializer>(score: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((f64::from(*score) * 1000.0).round() / 1000.0)
}

/// What the engine says of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What is to be done: the gravest finding's.
    pub action: Action,
    /// What was found, the gravest first; the same flag in several places is there several times.
    pub flags: Vec<Finding>,
    /// What judged: `<name>@<version>`.
    pub model: String,
}

impl Verdict {
    /// Whether the text has `flag`.
    pub fn has(&self, flag: Flag) -> bool {
        self.flags.iter().any(|finding| finding.flag == flag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_written_with_three_places() {
        let finding = Finding {
            flag: Flag::Spam,
            score: 0.99,
            severity: Severity::Low,
            span: None,
        };
        let written = serde_json::to_string(&finding).unwrap();
        assert_eq!(written, r#"{"flag":"spam","score":0.99,"severity":"low"}"#);
    }
}
