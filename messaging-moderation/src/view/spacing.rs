//! L e t t e r s that stand apart are put together.

use unicode_normalization::UnicodeNormalization as _;

use super::mapped::{Letter, Mapped};
use super::words;
use crate::verdict::Span;

/// A row shorter than this is a list or an abbreviation.
const SHORTEST: usize = 4;

/// The widest gap within a row, in characters.
const WIDEST: usize = 4;

/// Closes spaced letters, and notes in `hidden` where there were some.
pub(super) fn close(text: Mapped, hidden: &mut Vec<Span>) -> Mapped {
    let letters = text.letters();
    let mut closed: Option<Mapped> = None;
    let mut kept = 0;
    let mut at = 0;
    while let Some(row) = next_row(letters, at) {
        at = row.end;
        if let Some(words) = row.words(letters) {
            let closed = closed.get_or_insert_with(|| Mapped::with_capacity(letters.len()));
            closed.extend(&letters[kept..row.start]);
            closed.extend(&words);
            hidden.push(text.span_of(row.start..row.end));
            kept = row.end;
        }
    }
    match closed {
        Some(mut closed) => {
            closed.extend(&letters[kept..]);
            closed
        }
        None => text,
    }
}

/// Characters that stand alone, one after the other, with gaps between them.
struct Row {
    start: usize,
    end: usize,
    /// Where the characters stand.
    places: Vec<usize>,
}

const fn parts(char: char) -> bool {
    matches!(
        char,
        ' ' | '\u{a0}' | '.' | '-' | '_' | '*' | '·' | '•' | ',' | '/' | '~' | '|' | '\'' | '\n'
    )
}

/// The next row that begins at or after `from`.
fn next_row(letters: &[Letter], from: usize) -> Option<Row> {
    let alone = |at: usize| {
        stands_for_a_letter(letters[at].char)
            && (at == 0 || !in_word(letters[at - 1].char))
            && letters.get(at + 1).is_none_or(|next| !in_word(next.char))
    };
    let mut at = from;
    while at < letters.len() {
        if !alone(at) {
            at += 1;
            continue;
        }
        let mut places = vec![at];
        let mut next = at + 1;
        while next < letters.len() {
            if parts(letters[next].char) && next - places[places.len() - 1] <= WIDEST {
                next += 1;
            } else if next - places[places.len() - 1] > 1 && alone(next) {
                places.push(next);
                next += 1;
            } else {
                break;
            }
        }
        let end = places[places.len() - 1] + 1;
        if places.len() >= 3 {
            return Some(Row {
                start: at,
                end,
                places,
            });
        }
        at = end;
    }
    None
}

fn in_word(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '@' | '$' | '!')
}

fn stands_for_a_letter(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, '@' | '$')
}

impl Row {
    /// The row's letters as words, if it makes some.
    fn words(&self, letters: &[Letter]) -> Option<Vec<Letter>> {
        let row: Vec<Letter> = self.places.iter().map(|at| letters[*at]).collect();
        let alphabetic = row
            .iter()
            .filter(|letter| letter.char.is_alphabetic())
            .count();
        if alphabetic * 5 < row.len() * 3 {
            return None;
        }
        if row.iter().any(|letter| letter.char == '@') {
            return Some(self.address(letters));
        }
        let lower: Vec<char> = row.iter().map(|letter| plain(letter.char)).collect();
        let telling = row.len() == 3 && {
            let word: String = lower.iter().collect();
            words::is_telling(&word)
        };
        if row.len() < SHORTEST && !telling {
            return None;
        }
        // "N.A.S.A.": an abbreviation.
        let dotted = letters[self.start..self.end]
            .iter()
            .any(|letter| letter.char == '.');
        if dotted && row.len() <= 6 && row.iter().all(|letter| letter.char.is_uppercase()) {
            return None;
        }
        let starts = self
            .breaks(letters, &lower)
            .or_else(|| words::cut(&lower))
            .or_else(|| self.is_strung(letters, &row).then(|| vec![0]))?;
        let mut words = Vec::with_capacity(row.len() + starts.len());
        for (place, letter) in row.into_iter().enumerate() {
            if let Some(sign) = self.sign(letters, place) {
                words.push(sign);
            } else if place > 0 && starts.contains(&place) {
                words.push(Letter {
                    char: ' ',
                    from: Span::new(letter.from.start, letter.from.start),
                });
            }
            words.push(letter);
        }
        Some(words)
    }

    /// A full stop that stands in the row as a letter of its own does: "s h o p . c o m".
    fn sign(&self, letters: &[Letter], place: usize) -> Option<Letter> {
        let between = |place: usize| &letters[self.places[place - 1] + 1..self.places[place]];
        let is_stop = |letter: &&Letter| letter.char == '.';
        if place == 0 || between(1).iter().any(|letter| letter.char == '.') {
            return None;
        }
        between(place).iter().find(is_stop).copied()
    }

    /// Whether the row is one word that no list has, strung with signs: "w.h.a.t.s.u.p.p".
    fn is_strung(&self, letters: &[Letter], row: &[Letter]) -> bool {
        let signs = letters[self.start..self.end]
            .iter()
            .filter(|letter| parts(letter.char));
        row.len() >= 5
            && row.iter().all(|letter| letter.char.is_lowercase())
            && row
                .iter()
                .any(|letter| matches!(letter.char, 'a' | 'e' | 'i' | 'o' | 'u'))
            && self.end - self.start == 2 * row.len() - 1
            && signs
                .clone()
                .all(|sign| matches!(sign.char, '.' | '-' | '*' | '_' | '~' | '|'))
    }

    /// Where words begin by the row's own wider gaps, if that makes words of it.
    fn breaks(&self, letters: &[Letter], lower: &[char]) -> Option<Vec<usize>> {
        let gaps: Vec<usize> = self.places.windows(2).map(|two| two[1] - two[0]).collect();
        let usual = *gaps.iter().min()?;
        let seam = |place: usize| {
            let between = &letters[self.places[place - 1] + 1..self.places[place]];
            gaps[place - 1] > usual
                || (between.iter().any(|letter| letter.char == ' ')
                    && !letters[self.places[0] + 1..self.places[1]]
                        .iter()
                        .any(|l| l.char == ' '))
        };
        let mut starts = vec![0];
        starts.extend((1..lower.len()).filter(|place| seam(*place)));
        if starts.len() == 1 {
            return None;
        }
        let mut known = 0;
        for (word, start) in starts.iter().enumerate() {
            let end = starts.get(word + 1).copied().unwrap_or(lower.len());
            let word: String = lower[*start..end].iter().collect();
            known += if word.len() >= 3 && words::is_known(&word) {
                end - start
            } else {
                0
            };
        }
        (known * 2 >= lower.len()).then_some(starts)
    }

    /// An address's letters and signs, its spaces closed.
    fn address(&self, letters: &[Letter]) -> Vec<Letter> {
        letters[self.start..self.end]
            .iter()
            .filter(|letter| !letter.char.is_whitespace())
            .copied()
            .collect()
    }
}

/// The letter that a character of a row stands for.
fn plain(char: char) -> char {
    match char {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => {
            let lower = char.to_lowercase().next().unwrap_or(char);
            // Without its accent, as the list of words is.
            lower.nfd().next().unwrap_or(lower)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(text: &str) -> String {
        let mut hidden = Vec::new();
        let mapped = super::super::fold::fold(text, &mut hidden);
        close(mapped, &mut hidden).text().to_owned()
    }

    #[test]
    fn spaced_words_are_closed() {
        for (text, plain) in [
            ("n u d e s", "nudes"),
            ("so s-e-n-d it", "so send it"),
            ("p a y p a l  m e  n o w", "paypal me now"),
            ("s e n d n u d e s", "send nudes"),
            ("t.e.l.e.g.r.a.m is better", "telegram is better"),
            ("w.h.a.t.s.u.p.p", "whatsupp"),
            ("j o e @ e x a m p l e . c o m", "joe@example.com"),
            ("s e x", "sex"),
        ] {
            assert_eq!(closed(text), plain);
        }
    }

    #[test]
    fn lists_and_abbreviations_stay() {
        for text in [
            "A B C D",
            "G C D",
            "D A D G A D",
            "U.S.A.",
            "e.g. a, b or c",
            "x y z",
            "R.I.P.",
            "N.A.S.A.",
            "5 5 5 0 1 2 3",
            "w/o u",
            "I 'm a b",
            "vitamins A, B, C, D, E",
            "a) b) c) d)",
        ] {
            assert_eq!(closed(text), text);
        }
    }
}
