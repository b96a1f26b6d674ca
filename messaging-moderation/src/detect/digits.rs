//! Rows of digits, however they are written: "555", "five five five", "5O5".

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::pattern;

/// Digits with nothing but gaps between them.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The digits, from `0` to `9`.
    pub(super) digits: String,
    /// How many digits stand together, group by group.
    pub(super) groups: Vec<usize>,
    /// How many of the digits are written as words.
    pub(super) spelled: usize,
    /// Whether a plus sign stands before it.
    pub(super) plus: bool,
    /// Where it stands.
    pub(super) at: Range<usize>,
}

impl Row {
    /// How the groups are long: "3-3-4".
    pub(super) fn shape(&self) -> String {
        let mut shape = String::with_capacity(self.groups.len() * 2);
        for (place, group) in self.groups.iter().enumerate() {
            if place > 0 {
                shape.push('-');
            }
            shape.push_str(&group.to_string());
        }
        shape
    }
}

/// What is read as one or more digits: a run of digits, or a word.
static ATOM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<many>double|triple)\s+(?P<one>[0-9])\b|(?P<run>[0-9](?:[0-9oOlI]*[0-9])?)|\b(?:(?P<times>double|triple)\s+)?(?P<word>hundred|zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|zéro|un|deux|trois|quatre|cinq|sept|huit|neuf|null|eins|zwei|zwo|drei|vier|fünf|sechs|sieben|acht|neun|um|dois|duas|três|quatro|sete|oito|nove|(?:o|O)(?:\b))\b",
    )
});

fn digit(word: &str) -> Option<char> {
    Some(match word {
        "zero" | "oh" | "o" | "cero" | "zéro" | "null" => '0',
        "one" | "uno" | "un" | "eins" | "um" => '1',
        "two" | "dos" | "deux" | "zwei" | "zwo" | "dois" | "duas" => '2',
        "three" | "tres" | "trois" | "drei" | "três" => '3',
        "four" | "cuatro" | "quatre" | "vier" | "quatro" => '4',
        "five" | "cinco" | "cinq" | "fünf" => '5',
        "six" | "seis" | "sechs" => '6',
        "seven" | "siete" | "sept" | "sieben" | "sete" => '7',
        "eight" | "ocho" | "huit" | "acht" | "oito" => '8',
        "nine" | "nueve" | "neuf" | "neun" | "nove" => '9',
        _ => return None,
    })
}

/// The widest gap within a row, in bytes.
const WIDEST: usize = 4;

/// Words that join two parts of one number.
static JOINED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[\s,.…]*(?:(?:and|then|dash|hyphen|strich|tiret|guion|guión|traço|und|dann|et|puis|ensuite|y|luego|e|depois)\b[\s,.…]*){1,2}$",
    )
});

/// Whether two digits with `gap` between them are one row; `single`: both stand alone or are words.
fn is_gap(gap: &str, single: bool) -> bool {
    if gap.len() <= WIDEST || gap.chars().count() <= 4 {
        return gap.chars().all(|char| {
            !char.is_alphanumeric()
                && !matches!(
                    char,
                    '$' | '€'
                        | '£'
                        | '¥'
                        | '%'
                        | '#'
                        | '@'
                        | '='
                        | '+'
                        | ':'
                        | ';'
                        | '!'
                        | '?'
                        | '<'
                        | '&'
                )
                && (char != ',' || single)
        });
    }
    gap.len() <= 16 && JOINED.is_match(gap)
}

/// All rows of `text`.
pub(super) fn rows(text: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    // How many digits the atom before was.
    let mut last = 0;
    for atom in ATOM.captures_iter(text) {
        let Some(whole) = atom.get(0) else { continue };
        let times = |name: &str| match atom.name(name).map(|times| times.as_str().to_lowercase()) {
            Some(times) if times == "triple" => 3,
            Some(_) => 2,
            None => 1,
        };
        let (digits, spelled) = if let Some(run) = atom.name("run") {
            let digits: String = run
                .as_str()
                .chars()
                .map(|char| match char {
                    'o' | 'O' => '0',
                    'l' | 'I' => '1',
                    digit => digit,
                })
                .collect();
            (digits, 0)
        } else if let Some(one) = atom.name("one") {
            (one.as_str().repeat(times("many")), 0)
        } else {
            let word = atom.name("word").map(|word| word.as_str().to_lowercase());
            match word.as_deref() {
                // "nine hundred" within a number: its zeros.
                Some("hundred") => ("00".to_owned(), 1),
                Some(word) => match digit(word) {
                    Some(digit) => (digit.to_string().repeat(times("times")), times("times")),
                    None => continue,
                },
                None => continue,
            }
        };
        let before = last;
        let joined = rows.last_mut().filter(|row| {
            let gap = &text[row.at.end..whole.start()];
            let words = spelled > 0 && row.spelled > 0;
            let alone = digits.len() == 1 && before == 1;
            // "m3 +44 …": the 3 is a word's, not the number's.
            let of_a_word = row.spelled == 0
                && text[..row.at.start]
                    .chars()
                    .next_back()
                    .is_some_and(char::is_alphabetic);
            is_gap(gap, words || alone) && !of_a_word
        });
        last = digits.len();
        if let Some(row) = joined {
            let gap = &text[row.at.end..whole.start()];
            let both_words = spelled > 0 && row.spelled > 0;
            if gap.is_empty() || both_words {
                if let Some(last) = row.groups.last_mut() {
                    *last += digits.len();
                }
            } else {
                row.groups.push(digits.len());
            }
            row.digits.push_str(&digits);
            row.spelled += spelled;
            row.at.end = whole.end();
        } else {
            let opened = text[..whole.start()].trim_end_matches(['(', ' ']);
            let plus = opened.ends_with('+') && whole.start() - opened.len() <= 2;
            rows.push(Row {
                groups: vec![digits.len()],
                digits,
                spelled,
                plus,
                at: whole.range(),
            });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_however_they_are_written() {
        let read = |text: &str| {
            rows(text)
                .into_iter()
                .map(|row| (row.digits.clone(), row.shape()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            read("(212) 555-0142"),
            [("2125550142".into(), "3-3-4".into())]
        );
        assert_eq!(
            read("five five five, oh one double two"),
            [("5550122".into(), "7".into())]
        );
        assert_eq!(
            read("55O-O1OO x"),
            [("55".into(), "2".into()), ("1".into(), "1".into())]
        );
        assert_eq!(
            read("5 of 6 eggs"),
            [("5".into(), "1".into()), ("6".into(), "1".into())]
        );
        assert!(rows("+44 20 7946 0000")[0].plus);
    }
}
