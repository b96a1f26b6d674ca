//! What has a form: numbers, addresses, names on other services, hidden words.
//!
//! A detector a flag, a file a detector. Each reads the [`View`] and gives the places it found;
//! [`find`] asks all of them and settles places that two of them claim.

mod address;
mod digits;
mod email;
mod financial;
mod government_id;
mod handle;
mod link;
mod obfuscation;
mod phone;

use std::ops::Range;

use regex::Regex;

use crate::flag::Flag;
use crate::verdict::Span;
use crate::view::View;

/// A place that has a flag's form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hit {
    pub(crate) flag: Flag,
    pub(crate) span: Span,
    pub(crate) score: f32,
}

/// Finds one form.
trait Detector: Sync {
    /// The flag it finds.
    fn flag(&self) -> Flag;

    /// Where it stands, with how sure that is, from 0 to 1.
    fn find(&self, view: &View, found: &mut Vec<(Span, f32)>);
}

/// In the order in which they claim a place: digits of a card are no telephone number.
const DETECTORS: [&dyn Detector; 8] = [
    &financial::FinancialAccount,
    &government_id::GovernmentId,
    &email::EmailAddress,
    &handle::SocialHandle,
    &link::ExternalLink,
    &phone::PhoneNumber,
    &address::PhysicalAddress,
    &obfuscation::Obfuscation,
];

/// More places than this of one flag say nothing more.
pub(crate) const MOST_PLACES: usize = 16;

/// Everything that has a form, in the order of the text.
pub(crate) fn find(view: &View) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    let mut found = Vec::new();
    for detector in DETECTORS {
        let flag = detector.flag();
        found.clear();
        detector.find(view, &mut found);
        found.sort_unstable_by_key(|(span, _)| *span);
        let mut places = 0;
        for (span, score) in found.drain(..) {
            // A hidden word may hide any of the others.
            let claimed = hits.iter().any(|hit| {
                hit.span.overlaps(span) && (hit.flag == flag || flag != Flag::Obfuscation)
            });
            if !claimed && places < MOST_PLACES {
                places += 1;
                hits.push(Hit { flag, span, score });
            }
        }
    }
    hits.sort_by_key(|hit| (hit.span, hit.flag));
    hits
}

/// A pattern of ours. They are tested, so that one that does not compile is not shipped.
fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap_or_else(|error| unreachable!("a pattern of ours: {error}"))
}

/// The `most` bytes of `text` before `at`, from a character's beginning.
fn before(text: &str, at: usize, most: usize) -> &str {
    &text[text.floor_char_boundary(at.saturating_sub(most))..at]
}

/// The `most` bytes of `text` after `at`, to a character's end.
fn after(text: &str, at: usize, most: usize) -> &str {
    &text[at..text.ceil_char_boundary((at + most).min(text.len()))]
}

/// Whether a word goes on at either end of `range`.
fn is_cut(text: &str, range: &Range<usize>) -> bool {
    text[..range.start]
        .chars()
        .next_back()
        .is_some_and(char::is_alphanumeric)
        || text[range.end..]
            .chars()
            .next()
            .is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
fn assert_found(flag: Flag, texts: &[&str]) {
    let missed: Vec<_> = texts
        .iter()
        .filter(|text| find(&View::new(text)).iter().all(|hit| hit.flag != flag))
        .collect();
    assert!(missed.is_empty(), "not found: {missed:#?}");
}

#[cfg(test)]
fn assert_clean(flag: Flag, texts: &[&str]) {
    let wrong: Vec<_> = texts
        .iter()
        .filter(|text| find(&View::new(text)).iter().any(|hit| hit.flag == flag))
        .collect();
    assert!(wrong.is_empty(), "found in: {wrong:#?}");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The flags of `text`, with what has each.
    pub(super) fn found(text: &str) -> Vec<(Flag, String)> {
        let sent: Vec<char> = text.chars().collect();
        find(&View::new(text))
            .into_iter()
            .map(|hit| {
                let Span { start, end } = hit.span;
                (
                    hit.flag,
                    sent[start as usize..end as usize].iter().collect(),
                )
            })
            .collect()
    }

    #[test]
    fn a_place_is_one_thing() {
        assert_eq!(
            found("pay 4111 1111 1111 1111 or mail joe@example.com"),
            [
                (Flag::FinancialAccount, "4111 1111 1111 1111".to_owned()),
                (Flag::EmailAddress, "joe@example.com".to_owned()),
            ]
        );
    }

    #[test]
    fn what_is_everywhere_is_told_so_many_times() {
        assert_eq!(found(&"joe@example.com ".repeat(100)).len(), MOST_PLACES);
    }
}
