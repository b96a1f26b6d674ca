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
    /// What stands between the groups, one character a gap: its first that is no space, or a space.
    pub(super) gaps: String,
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
        r"(?i)(?P<run>[0-9](?:[0-9oOlI]*[0-9])?)|\b(?:(?P<times>double|triple)\s+)?(?P<word>zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|zéro|un|deux|trois|quatre|cinq|sept|huit|neuf|null|eins|zwei|zwo|drei|vier|fünf|sechs|sieben|acht|neun|um|dois|duas|três|quatro|sete|oito|nove|(?:o|O)(?:\b))\b",
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

fn is_gap(gap: &str) -> bool {
    gap.len() <= WIDEST
        && gap.chars().all(|char| {
            matches!(
                char,
                ' ' | '\u{a0}'
                    | '-'
                    | '.'
                    | '('
                    | ')'
                    | '/'
                    | '_'
                    | '*'
                    | '·'
                    | '•'
                    | '~'
                    | '\n'
                    | ','
                    | '–'
                    | '—'
                    | '‑'
                    | '|'
                    | '['
                    | ']'
                    | '+'
                    | '\''
                    | ':'
            )
        })
}

/// All rows of `text`.
pub(super) fn rows(text: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for atom in ATOM.captures_iter(text) {
        let Some(whole) = atom.get(0) else { continue };
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
        } else {
            let Some(digit) = atom
                .name("word")
                .and_then(|word| digit(&word.as_str().to_lowercase()))
            else {
                continue;
            };
            let times = match atom
                .name("times")
                .map(|times| times.as_str().to_lowercase())
            {
                Some(times) if times == "triple" => 3,
                Some(_) => 2,
                None => 1,
            };
            (digit.to_string().repeat(times), times)
        };
        let joined = rows
            .last_mut()
            .filter(|row| is_gap(&text[row.at.end..whole.start()]));
        if let Some(row) = joined {
            let gap = &text[row.at.end..whole.start()];
            let both_words = spelled > 0 && row.spelled > 0;
            if gap.is_empty() || both_words {
                if let Some(last) = row.groups.last_mut() {
                    *last += digits.len();
                }
            } else {
                row.gaps
                    .push(gap.chars().find(|char| *char != ' ').unwrap_or(' '));
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
                gaps: String::new(),
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
