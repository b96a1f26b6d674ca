//! Street addresses.

use std::sync::LazyLock;

use regex::Regex;

use super::{Detector, pattern};
use crate::flag::Flag;
use crate::verdict::Span;
use crate::view::View;

/// Finds street addresses, in the order of each language.
pub(super) struct PhysicalAddress;

/// "12 Harbour Street": endings that mean a street wherever they stand.
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<number>[0-9]{1,5}(?:\s?[a-d])?(?:\s?[-/]\s?[0-9]{1,5})?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)?[- ]?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty))\s+(?P<name>(?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west|upper|lower|old|new|saint|st)\.?\s+)?(?:[\p{L}0-9][\p{L}0-9'’]*\.?\s+){1,3})(?P<kind>street|str|avenue|ave|road|rd|lane|ln|boulevard|blvd|terrace|crescent|parkway|pkwy|highway|hwy)\b",
    )
});

/// Endings that are words of other meanings: the name has to be written as a name.
static ENGLISH_NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?P<number>[0-9]{1,5}[a-dA-D]?),?\s+(?P<name>(?:[NSEW]\.?\s+)?(?:\p{Lu}[\p{L}'’]*\s+){1,3})(?P<kind>St|ST|Dr|Drive|Ct|Court|Way|Pl|Place|Close|Sq|Square|Row|Hill|Gardens|Grove|Mews|Cir|Circle|Trail|Alley|Walk|Quay|Park|View|Rise|Loop|Bend|Crossing|Green|Wharf|Broadway|Bank|Parade|Yard|Gate|Ridge|Approach|Steps|Flats|Cottages|Plaza|Fold|End|Hollow|Side|Track|Passage|Heights|Villas|Chase|Croft|Mill|Meadow|Meadows|Common|Terrace|Pines|Point|Reach)\b",
    )
});

/// "12 maple st, apt 4": a short ending in small letters needs what comes after an address.
static ENGLISH_SHORT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<number>[0-9]{1,5}[a-d]?)\s+(?P<name>(?:[\p{L}][\p{L}'’]*\s+){1,2})(?P<kind>st|dr|drive|ct|court|way|pl|place|close|sq|square|cir|circle|row|grove|gardens|mews|walk|quay)\b\.?(?:\s*,|\s+(?:apt|apartment|unit|suite|flat|floor|#|no)\b|\s*$|\s*[.!?;\n]|\s+[0-9]{5}\b|\s+(?:in|near|by)\s+\p{L})",
    )
});

/// "at 29 Ferncliffe, top buzzer": a house and a name, where somebody is said to be.
static ENGLISH_PLACED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:\b(?i:at|lives?|living|address(?: is)?|house|place|moved? to|deliver(?:ed)? to|come to|ship to|send(?: it)? to)\b[\s:,]+(?:in\s+|at\s+|is\s+)?)(?P<number>[0-9]{1,4}[a-dA-D]?)\s+(?P<name>\p{Lu}[\p{L}'’]{2,}(?:\s+\p{Lu}[\p{L}'’]+)?)(?:,\s*\p{L}|\.|$)",
    )
});

/// Streets of other countries, by the endings of their names.
static NORTHERN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?P<name>\p{Lu}\p{L}+(?:gatan|gata|vägen|vej|gade|straat|kade|laan|plein|gracht|kuja|katu|stieg|hof|gässchen)|(?:Via|Viale|Piazza|Corso|Strada|Ulica|ulica|ul\.|Ulitsa|ulitsa)\s+(?:\p{L}+\s+)?\p{Lu}\p{L}+)\s+(?P<number>[0-9]{1,4}\s?[a-z]?)\b",
    )
});

static GERMAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?P<name>(?:\p{Lu}[\p{L}]*[ -])?\p{L}{2,}(?:straße|strasse|str\.|gasse|allee)|\p{Lu}[\p{L}-]*(?:weg|platz|ring|damm|ufer|steig|chaussee)|(?:\p{Lu}[\p{L}-]* )(?:Straße|Strasse|Str\.|Weg|Platz|Allee|Ring|Damm|Ufer|Gasse)|(?:Am|An der|An den|Auf der|Auf dem|Im|In der|Zum|Zur|Unter den|Hinter der|Hinterm) \p{Lu}[\p{L}-]+)\s+(?P<number>[0-9]{1,4}\s?[a-z]?)\b",
    )
});

static FRENCH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<number>[0-9]{1,4})\s*(?:bis|ter)?,?\s+(?P<kind>rue|avenue|av\.?|boulevard|bd|chemin|place|allée|allee|impasse|quai|route|cours|square|passage|sentier|villa)\s+(?:(?:de la|de l'|de l’|des|du|de|d'|d’|la|le|les|l'|l’|aux|au)\s*)?(?P<name>\p{L}{3,})",
    )
});

static IBERIAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:\b(?P<kind>calle|avenida|avda\.?|av\.|plaza|paseo|camino|carretera|ronda|travesía|travesia|callejón|rua|travessa|praça|praca|largo|alameda|estrada|rodovia|carrer|passeig)\s+|\bc/\s*|\bR\.\s+)(?P<name>(?:(?:de|del|de la|de las|de los|do|da|dos|das|la|las|los|el|san|santa|são|nossa|dr\.?|d\.)\s+)*\p{L}{3,}(?:\s+(?:(?:de|del|de la|do|da|dos|das)\s+)?\p{L}{3,}){0,3})\s*,?\s*(?:n[º°.o]{0,2}\s*|número\s+|num\.?\s*|#\s*|no\.?\s*)?(?P<number>[0-9]{1,4})\b",
    )
});

/// Words that no street is called.
const NO_NAMES: &[&str] = &[
    "the",
    "a",
    "an",
    "on",
    "of",
    "in",
    "off",
    "down",
    "up",
    "along",
    "across",
    "my",
    "our",
    "your",
    "his",
    "her",
    "their",
    "this",
    "that",
    "minutes",
    "minute",
    "mins",
    "min",
    "miles",
    "mile",
    "km",
    "hours",
    "hour",
    "days",
    "day",
    "weeks",
    "years",
    "year",
    "months",
    "people",
    "times",
    "time",
    "blocks",
    "block",
    "houses",
    "shops",
    "more",
    "long",
    "for",
    "from",
    "to",
    "and",
    "or",
    "with",
    "first",
    "last",
    "next",
    "is",
    "are",
    "was",
    "cars",
    "car",
    "kids",
    "guys",
    "men",
    "women",
    "steps",
    "meters",
    "metres",
    "feet",
    "it",
    "we",
    "you",
    "i",
    "he",
    "she",
    "they",
    "out",
    "by",
    "each",
    "every",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "at",
    "into",
    "through",
    "over",
    "under",
    "songs",
    "stars",
    "pm",
    "am",
    "lanes",
    "lane",
    "way",
    "dogs",
    "cats",
    "cakes",
    "same",
    "different",
    "other",
    "new",
    "good",
    "best",
];

impl Detector for PhysicalAddress {
    fn flag(&self) -> Flag {
        Flag::PhysicalAddress
    }

    fn find(&self, view: &View, found: &mut Vec<(Span, f32)>) {
        let text = view.formed().text();
        let english = [
            &*ENGLISH,
            &*ENGLISH_NAMED,
            &*ENGLISH_SHORT,
            &*ENGLISH_PLACED,
        ]
        .map(|pattern| (pattern, is_english_name as fn(&str) -> bool));
        let others = [&*FRENCH, &*IBERIAN, &*NORTHERN].map(|pattern| (pattern, any_name as _));
        let german = [(&*GERMAN, is_german_name as _)];
        for (pattern, is_name) in english.into_iter().chain(others).chain(german) {
            let mut from = 0;
            while let Some(at) = pattern.captures_at(text, from) {
                let (Some(whole), Some(name)) = (at.get(0), at.name("name")) else {
                    break;
                };
                if is_name(&name.as_str().to_lowercase()) {
                    let end = at.name("kind").map_or(whole.end(), |kind| kind.end());
                    let end = at
                        .name("number")
                        .map_or(end, |number| number.end())
                        .max(end)
                        .max(name.end());
                    found.push((view.formed().span(whole.start()..end), 0.95));
                    from = whole.end();
                } else {
                    // The number may be the beginning of the real one: "at 5 we meet, 12 Oak Lane".
                    from = text.ceil_char_boundary(whole.start() + 1);
                }
            }
        }
    }
}

/// A name without words that no street is called by.
fn is_english_name(name: &str) -> bool {
    name.split_whitespace()
        .all(|word| !NO_NAMES.contains(&word))
}

/// No word that only ends as a street does: "Offering 2000".
fn is_german_name(name: &str) -> bool {
    !crate::view::is_known_word(name)
}

const fn any_name(_: &str) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::super::{assert_clean, assert_found};
    use super::*;

    #[test]
    fn addresses_are_found_in_each_language() {
        assert_found(
            Flag::PhysicalAddress,
            &[
                "12 Harbour Street",
                "come to 48b old mill lane",
                "221 W Maple Ave, Apt 4",
                "9 Willow Close",
                "Lindenstraße 12",
                "Am Hafen 7",
                "12 rue des Lilas",
                "14 bis, avenue de la Gare",
                "Calle Mayor 12",
                "Rua das Flores, 25",
                "c/ Luna 3",
                "number nine willow lane",
                "I live at 77 oak st.",
                "Avenida del Sol n.º 4",
                "Berliner Str. 44",
                "1600 Sunny Hill Road",
                "he lives at 8 Quarry Bank",
                "I'm at 29 Ferncliffe, top buzzer",
                "Via dei Fornai 17",
                "Storgatan 11",
            ],
        );
    }

    #[test]
    fn streets_without_a_number_are_none() {
        assert_clean(
            Flag::PhysicalAddress,
            &[
                "5 minutes down the road",
                "the café on the corner",
                "3 people on the street",
                "10 miles off road",
                "2 Way Street is a song?",
                "we drive 20 min",
                "half way there",
                "10 years on the road",
                "Lisbon",
                "he won 3 in a row",
                "one step at a time on my way",
                "bishop to e4, 12 moves",
                "la calle está llena",
                "eine Straße",
                "100 people in line",
                "moved to 19 October, same hall",
                "Offering 2000 for it",
            ],
        );
    }
}
