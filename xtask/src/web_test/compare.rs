//! Two engines' verdicts of the same texts.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use super::texts::Text;

/// How far two backends' scores may be apart: they add up in different orders.
const TOLERANCE: f64 = 0.002;

/// Scores have three places; a difference of exactly the tolerance is not to hang on a float's last.
const ROUNDING: f64 = 1e-6;

/// One text in so many may have a score so near a threshold that the backends disagree on it.
const RARE: usize = 1000;

/// How many differing texts are printed.
const SHOWN: usize = 10;

/// A verdict, as its JSON has it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Verdict {
    action: String,
    flags: Vec<Finding>,
    model: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    flag: String,
    score: f64,
    severity: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    span: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Span {
    start: u32,
    end: u32,
}

/// How two verdicts of one text compare.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Same,
    /// They differ by findings whose scores are at the threshold alone.
    AtThreshold,
    Different,
}

/// What verdicts are held to.
#[derive(Debug)]
pub(super) struct Comparison {
    /// The model's thresholds, by flag.
    thresholds: BTreeMap<String, f64>,
}

impl Comparison {
    /// With the thresholds of `model.toml`.
    pub(super) fn new(manifest: &str) -> Self {
        let thresholds = manifest
            .lines()
            .filter_map(|line| {
                let (flag, threshold) = line.split_once('=')?;
                Some((flag.trim().to_owned(), threshold.trim().parse().ok()?))
            })
            .collect();
        Self { thresholds }
    }

    /// Compares, prints what differs, and answers whether all is well.
    pub(super) fn print(
        &self,
        name: &str,
        texts: &[Text],
        server: &[Verdict],
        browser: &[Verdict],
    ) -> Result<bool> {
        if [server.len(), browser.len()] != [texts.len(); 2] {
            bail!(
                "{name}: {} texts, {} verdicts of the server, {} of the browser",
                texts.len(),
                server.len(),
                browser.len()
            );
        }
        let (mut at_threshold, mut different, mut findings, mut apart) = (0, 0, 0, 0_f64);
        for ((text, server), browser) in texts.iter().zip(server).zip(browser) {
            findings += server.flags.len();
            match self.compare(server, browser) {
                Outcome::Same => {
                    apart = apart.max(furthest(server, browser));
                    continue;
                }
                Outcome::AtThreshold => at_threshold += 1,
                Outcome::Different => different += 1,
            }
            if at_threshold + different <= SHOWN {
                eprintln!("text    {}", serde_json::to_string(text)?);
                eprintln!("server  {}", serde_json::to_string(server)?);
                eprintln!("browser {}", serde_json::to_string(browser)?);
            }
        }
        eprintln!(
            "{name}: {} texts, {findings} findings, {different} verdicts differ, {at_threshold} at a \
             threshold; scores at most {apart:.3} apart",
            texts.len(),
        );
        Ok(different == 0 && at_threshold <= texts.len().div_ceil(RARE))
    }

    fn compare(&self, server: &Verdict, browser: &Verdict) -> Outcome {
        if server.model != browser.model {
            return Outcome::Different;
        }
        let (one, other) = (by_place(server), by_place(browser));
        let alike = one.iter().all(|(place, finding)| {
            other.get(place).is_none_or(|twin| {
                finding.severity == twin.severity
                    && (finding.score - twin.score).abs() <= TOLERANCE + ROUNDING
            })
        });
        let alone: Vec<_> = one
            .iter()
            .filter(|(place, _)| !other.contains_key(*place))
            .chain(other.iter().filter(|(place, _)| !one.contains_key(*place)))
            .map(|(_, finding)| finding)
            .collect();
        if alike && alone.is_empty() && server.action == browser.action {
            Outcome::Same
        } else if alike && !alone.is_empty() && alone.iter().all(|it| self.is_at_threshold(it)) {
            // The action hangs on the findings, and may differ as they do.
            Outcome::AtThreshold
        } else {
            Outcome::Different
        }
    }

    /// Whether the other backend may rightly not have found it.
    fn is_at_threshold(&self, finding: &Finding) -> bool {
        finding.span.is_none()
            && self
                .thresholds
                .get(&finding.flag)
                .is_some_and(|threshold| (finding.score - threshold).abs() <= TOLERANCE + ROUNDING)
    }
}

/// Findings by what they are of and where. Their order is their scores', and may differ as those do.
type Findings<'a> = BTreeMap<(&'a str, Option<Span>), &'a Finding>;

fn by_place(verdict: &Verdict) -> Findings<'_> {
    verdict
        .flags
        .iter()
        .map(|finding| ((finding.flag.as_str(), finding.span), finding))
        .collect()
}

fn furthest(one: &Verdict, other: &Verdict) -> f64 {
    by_place(one)
        .values()
        .zip(by_place(other).values())
        .map(|(a, b)| (a.score - b.score).abs())
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(action: &str, findings: &[(&str, f64, Option<u32>)]) -> Verdict {
        Verdict {
            action: action.to_owned(),
            flags: findings
                .iter()
                .map(|(flag, score, start)| Finding {
                    flag: (*flag).to_owned(),
                    score: *score,
                    severity: "high".to_owned(),
                    span: start.map(|start| Span {
                        start,
                        end: start + 3,
                    }),
                })
                .collect(),
            model: "test@1".to_owned(),
        }
    }

    fn compare(server: &Verdict, browser: &Verdict) -> Outcome {
        Comparison::new("[thresholds]\nspam = 0.6\nscam = 0.7\n").compare(server, browser)
    }

    #[test]
    fn scores_may_differ_a_little_and_places_not_at_all() {
        let one = verdict(
            "flag",
            &[("spam", 0.9, None), ("email_address", 1.0, Some(4))],
        );
        let near = verdict(
            "flag",
            &[("email_address", 1.0, Some(4)), ("spam", 0.902, None)],
        );
        let far = verdict(
            "flag",
            &[("spam", 0.903, None), ("email_address", 1.0, Some(4))],
        );
        let moved = verdict(
            "flag",
            &[("spam", 0.9, None), ("email_address", 1.0, Some(5))],
        );
        assert_eq!(compare(&one, &near), Outcome::Same);
        assert_eq!(compare(&one, &far), Outcome::Different);
        assert_eq!(compare(&one, &moved), Outcome::Different);
        let milder = verdict(
            "warn",
            &[("spam", 0.9, None), ("email_address", 1.0, Some(4))],
        );
        assert_eq!(compare(&one, &milder), Outcome::Different);
    }

    #[test]
    fn a_finding_at_its_threshold_may_be_one_sides_alone() {
        let one = verdict("flag", &[("spam", 0.601, None), ("scam", 0.9, None)]);
        let other = verdict("warn", &[("scam", 0.9, None)]);
        assert_eq!(compare(&one, &other), Outcome::AtThreshold);
        assert_eq!(compare(&other, &one), Outcome::AtThreshold);
        let sure = verdict("flag", &[("spam", 0.8, None), ("scam", 0.9, None)]);
        assert_eq!(compare(&sure, &other), Outcome::Different);
    }
}
