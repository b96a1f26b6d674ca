//! The statements that stand in the crate's sources.

use std::{fs, path::Path};

/// Where no statement of the store stands: tables are made but once, and tests ask what they like.
/// The dialects' pieces go into statements that stand elsewhere.
const ELSEWHERE: &[&str] = &["dialect", "migration", "plans", "testkit.rs"];

const BEGINNINGS: &[&str] = &["SELECT ", "INSERT INTO ", "UPDATE {", "DELETE FROM "];

/// Every text in the sources that is a statement, or a piece of one, and the file it stands in.
pub(super) fn statements() -> Vec<(String, String)> {
    let mut found = Vec::new();
    search(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    found
}

fn search(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if ELSEWHERE.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            search(&path, found);
        } else {
            let source = fs::read_to_string(&path).unwrap();
            let texts = texts(&source).into_iter();
            found.extend(texts.map(|text| (name.clone(), text.to_owned())));
        }
    }
}

/// The string literals with a statement's words in them. Statements hold no quotes.
fn texts(source: &str) -> Vec<&str> {
    let places = BEGINNINGS.iter();
    let places = places.flat_map(|word| source.match_indices(word));
    let texts = places.filter_map(|(place, _)| {
        let begin = source[..place].rfind('"')? + 1;
        let end = place + source[place..].find('"')?;
        Some(&source[begin..end])
    });
    let mut texts: Vec<&str> = texts.collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// The text between what is put into it later: sets of rows, and other pieces.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    const HOLES: &[&str] = &[
        "{rows}",
        "{log_of_stay}",
        "<archived>",
        "<filter>",
        "<name>",
        "<pinned>",
        "<stretches>",
    ];
    HOLES.iter().fold(vec![text], |pieces, hole| {
        let pieces = pieces.into_iter();
        pieces.flat_map(|piece| piece.split(hole)).collect()
    })
}
