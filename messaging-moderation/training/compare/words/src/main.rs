//! Says what the crates `rustrict` and `censor` find in texts.
//!
//! Reads JSON lines with the fields `id` and `text` from standard input. Prints for each one line:
//!
//! ```json
//! {"id": "t1-1", "found": {"rustrict": ["mean"], "censor": [], …}, "us": {"rustrict": 9.0, …}}
//! ```
//!
//! `us` is how long each took, by the clock, in microseconds. Both crates run as they come, without
//! words added or taken away.

use std::error::Error;
use std::io::{self, BufRead, Write};
use std::time::Instant;

use rustrict::Type;
use serde_json::{Value, json};

/// A crate's name in the output, and what finds names in a text.
type Finder = (&'static str, fn(&str) -> Vec<&'static str>);

const FINDERS: [Finder; 3] = [
    ("rustrict", rustrict_types),
    ("rustrict pii", rustrict_private_data),
    ("censor", censor_sets),
];

/// The types of `rustrict` that the text has, at any severity.
///
/// `inappropriate` is the crate's own default: profane, offensive, sexual or severely mean.
fn rustrict_types(text: &str) -> Vec<&'static str> {
    let found = rustrict::Censor::from_str(text).analyze();
    let types = [
        ("profane", Type::PROFANE),
        ("offensive", Type::OFFENSIVE),
        ("sexual", Type::SEXUAL),
        ("mean", Type::MEAN),
        ("evasive", Type::EVASIVE),
        ("spam", Type::SPAM),
        ("inappropriate", Type::INAPPROPRIATE),
    ];
    types
        .into_iter()
        .filter(|(_, kind)| found.is(*kind))
        .map(|(name, _)| name)
        .collect()
}

/// Whether `rustrict` finds private data. It does not say which.
fn rustrict_private_data(text: &str) -> Vec<&'static str> {
    let (_, found) = rustrict::censor_and_analyze_pii(text);
    if found { vec!["pii"] } else { Vec::new() }
}

/// The word sets of `censor` that the text has a word of.
fn censor_sets(text: &str) -> Vec<&'static str> {
    let sets = [("standard", censor::Standard), ("sex", censor::Sex)];
    sets.into_iter()
        .filter(|(_, set)| set.check(text))
        .map(|(name, _)| name)
        .collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    // Both crates build their tables at the first call, which is not to count.
    for (_, find) in FINDERS {
        find("warm up");
    }
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let case: Value = serde_json::from_str(&line?)?;
        let text = case["text"].as_str().ok_or("a line has no text")?;
        let (mut found, mut us) = (json!({}), json!({}));
        for (name, find) in FINDERS {
            let start = Instant::now();
            found[name] = find(text).into();
            us[name] = (start.elapsed().as_secs_f64() * 1e6).into();
        }
        let answer = json!({ "id": case["id"], "found": found, "us": us });
        writeln!(out, "{answer}")?;
    }
    Ok(())
}
