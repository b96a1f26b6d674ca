//! What a moderator says of a text.

use serde::{Deserialize, Serialize, Serializer};

use super::{MAX_FINDINGS, MAX_FLAG, MAX_MODEL};

/// What is to be done with a text, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Deliver it.
    Allow,
    /// Deliver it, and tell its sender.
    Warn,
    /// Deliver it, and tell the safety team.
    Flag,
    /// Refuse it.
    Block,
}

/// How grave a flag is, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first code point's place, from 0.
    pub start: u32,
    /// The place after the last one's.
    pub end: u32,
}

/// One flag of a text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Finding {
    /// What was found: 1 to 64 characters.
    pub flag: String,
    /// How sure the moderator is, from 0 to 1. Four decimal places are kept.
    #[serde(serialize_with = "four_places")]
    pub score: f32,
    /// How grave it is.
    pub severity: Severity,
    /// Where it stands, when it stands somewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// Scores are equal when they are the same number, so that what is compared is equal to itself.
impl PartialEq for Finding {
    fn eq(&self, other: &Self) -> bool {
        self.flag == other.flag
            && self.score.total_cmp(&other.score).is_eq()
            && self.severity == other.severity
            && self.span == other.span
    }
}

impl Eq for Finding {}

/// What a moderator says of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What is to be done.
    pub action: Action,
    /// What was found; the same flag in several places is there several times.
    pub flags: Vec<Finding>,
    /// What judged: `name@version`.
    pub model: String,
}

impl Verdict {
    /// Whether there is nothing to keep: nothing was found, and nothing is to be done.
    pub fn is_clean(&self) -> bool {
        self.flags.is_empty() && self.action == Action::Allow
    }

    /// The same within the bounds of what is kept, whatever a moderator says: of too many findings
    /// the gravest, of too long a name its beginning, of a score what lies between 0 and 1.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        if self.flags.len() > MAX_FINDINGS {
            self.flags
                .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
            self.flags.truncate(MAX_FINDINGS);
        }
        for finding in &mut self.flags {
            cut(&mut finding.flag, MAX_FLAG);
            finding.score = bounded_score(finding.score);
            finding.span = finding.span.filter(|span| span.start <= span.end);
        }
        cut(&mut self.model, MAX_MODEL);
        self
    }

    /// The same without the places in the text.
    #[must_use]
    pub fn without_spans(mut self) -> Self {
        for finding in &mut self.flags {
            finding.span = None;
        }
        self
    }
}

fn cut(text: &mut String, most: usize) {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
}

/// What is no number says nothing.
#[expect(
    clippy::cast_possible_truncation,
    reason = "four decimal places fit into an f32"
)]
fn bounded_score(score: f32) -> f32 {
    if score.is_nan() {
        return 0.0;
    }
    rounded(score.clamp(0.0, 1.0)) as f32
}

/// To four places, as the number that is written so: 0.9, where an `f32` itself would be written
/// 0.8999999761581421.
fn rounded(score: f32) -> f64 {
    (f64::from(score) * 10_000.0).round() / 10_000.0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
pub(crate) fn four_places<S: Serializer>(score: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(rounded(*score))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn finding(flag: &str, score: f32, severity: Severity) -> Finding {
        Finding {
            flag: flag.to_owned(),
            score,
            severity,
            span: None,
        }
    }

    #[test]
    fn a_verdict_is_written_as_the_protocol_says_and_read_as_it_was() {
        let mut scam = finding("scam", 0.9, Severity::Critical);
        scam.span = Some(Span { start: 3, end: 7 });
        let verdict = Verdict {
            action: Action::Block,
            flags: vec![scam, finding("spam", 1.0 / 3.0, Severity::Low)],
            model: "m@1".to_owned(),
        };
        let verdict = verdict.bounded();
        let expected = json!({
            "action": "block",
            "flags": [
                { "flag": "scam", "score": 0.9, "severity": "critical",
                  "span": { "start": 3, "end": 7 } },
                { "flag": "spam", "score": 0.3333, "severity": "low" },
            ],
            "model": "m@1",
        });
        assert_eq!(serde_json::to_value(&verdict).unwrap(), expected);
        let text = serde_json::to_string(&verdict).unwrap();
        assert_eq!(serde_json::from_str::<Verdict>(&text).unwrap(), verdict);
    }

    #[test]
    fn every_score_of_four_places_is_read_as_it_was() {
        for score in 0..=10_000_u16 {
            let found = finding(
                "x",
                bounded_score(f32::from(score) / 10_000.0),
                Severity::Low,
            );
            let text = serde_json::to_string(&found).unwrap();
            assert_eq!(serde_json::from_str::<Finding>(&text).unwrap(), found);
        }
    }

    #[test]
    fn what_is_beyond_the_bounds_is_cut() {
        let mut flags = vec![finding("low", 7.0, Severity::Low); MAX_FINDINGS];
        flags.push(finding(&"ä".repeat(80), f32::NAN, Severity::Critical));
        let verdict = Verdict {
            action: Action::Flag,
            flags,
            model: "m".repeat(1000),
        };
        let verdict = verdict.bounded();
        assert_eq!(verdict.flags.len(), MAX_FINDINGS);
        let grave = finding(&"ä".repeat(64), 0.0, Severity::Critical);
        assert_eq!(verdict.flags[0], grave);
        assert_eq!(verdict.flags[1], finding("low", 1.0, Severity::Low));
        assert_eq!(verdict.model.len(), MAX_MODEL);
    }
}
