//! Digits and signs that stand for letters become letters.

use super::mapped::{Letter, Mapped, span_over};
use super::words;
use crate::verdict::Span;

/// A word with more doubtful characters than this is read one way only.
const DOUBTS: usize = 3;

/// Undoes leetspeak, and notes in `hidden` where there was some.
pub(super) fn undo(text: &Mapped, hidden: &mut Vec<Span>) -> Mapped {
    let letters = text.letters();
    if !letters.iter().any(|letter| reading(letter.char).is_some()) {
        return text.clone();
    }
    let mut read = Mapped::with_capacity(letters.len());
    for token in letters.chunk_by(|a, b| a.char.is_whitespace() == b.char.is_whitespace()) {
        if token[0].char.is_whitespace() || is_address(token) {
            read.extend(token);
            continue;
        }
        for part in token.chunk_by(|a, b| belongs(a.char) == belongs(b.char)) {
            match undone(part) {
                Some((letters, at)) => {
                    hidden.push(at);
                    read.extend(&letters);
                }
                None => read.extend(part),
            }
        }
    }
    read
}

/// The letters that a character may stand for.
const fn reading(char: char) -> Option<&'static [char]> {
    Some(match char {
        '0' => &['o'],
        '1' | '!' | '|' | '¡' => &['i', 'l'],
        '3' | '€' => &['e'],
        '4' | '@' => &['a'],
        '5' | '$' => &['s'],
        '7' | '+' => &['t'],
        '8' => &['b'],
        '9' => &['g'],
        _ => return None,
    })
}

fn belongs(char: char) -> bool {
    char.is_alphanumeric() || reading(char).is_some()
}

/// Addresses and names of files keep their digits.
fn is_address(token: &[Letter]) -> bool {
    token.windows(3).any(|three| {
        matches!(three[1].char, '.' | '/' | '\\' | ':')
            && three[0].char.is_alphanumeric()
            && three[2].char.is_alphanumeric()
    }) || token
        .windows(2)
        .any(|two| two[0].char == '/' && two[1].char == '/')
}

/// The word that `part` hides, if it hides one.
fn undone(part: &[Letter]) -> Option<(Vec<Letter>, Span)> {
    // Signs at the end are punctuation, at the beginning a mention, an amount or a tag.
    let end = part
        .iter()
        .rposition(|letter| letter.char.is_alphanumeric() || letter.char == '$')?
        + 1;
    let word = &part[..end];
    let letters = word
        .iter()
        .filter(|letter| letter.char.is_alphabetic())
        .count();
    if letters == 0 || word.len() < 3 || letters == word.len() {
        return None;
    }
    let first = word.iter().position(|letter| letter.char.is_alphabetic())?;
    let last = word
        .iter()
        .rposition(|letter| letter.char.is_alphabetic())?;
    let inner = word[first..=last]
        .iter()
        .any(|letter| !letter.char.is_alphabetic());
    let leading = first > 0;
    let trailing = last + 1 < word.len();
    let fits = |read: &str| {
        if inner {
            // "cat5" is no word and "b00k5" is one: a number after a word that is whole is one.
            words::is_known(&unaccented(read)) && (letters >= 2 || words::is_telling(read))
        } else if leading && !trailing {
            words::is_telling(read)
                || (matches!(word[0].char, '0' | '1' | '3' | '7' | '$')
                    && first == 1
                    && read.chars().count() >= 5
                    && words::is_known(read))
        } else {
            words::is_telling(read)
        }
    };
    let read = readings(word).into_iter().find(|read| fits(read))?;
    let upper = word
        .iter()
        .filter(|letter| letter.char.is_uppercase())
        .count()
        * 2
        > letters;
    let mut letters: Vec<Letter> = word
        .iter()
        .zip(read.chars())
        .map(|(letter, char)| Letter {
            char: match (letter.char.is_alphabetic(), upper) {
                (true, _) => letter.char,
                (false, true) => char.to_ascii_uppercase(),
                (false, false) => char,
            },
            from: letter.from,
        })
        .collect();
    let at = span_over(word);
    letters.extend_from_slice(&part[end..]);
    Some((letters, at))
}

/// Without accents, as the list of words is.
fn unaccented(word: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    if word.is_ascii() {
        return word.to_owned();
    }
    word.nfd()
        .filter(|char| !unicode_normalization::char::is_combining_mark(*char))
        .collect()
}

/// The ways to read a word, the likeliest first.
fn readings(word: &[Letter]) -> Vec<String> {
    let mut read = vec![String::with_capacity(word.len())];
    let mut doubts = 0;
    for letter in word {
        let choices = reading(letter.char).filter(|_| !letter.char.is_alphabetic());
        let mut more = Vec::new();
        let first = if let Some([first, others @ ..]) = choices {
            if !others.is_empty() && doubts < DOUBTS {
                doubts += 1;
                for other in others {
                    more.extend(read.iter().map(|begun| format!("{begun}{other}")));
                }
            }
            *first
        } else {
            lower(letter.char)
        };
        for begun in &mut read {
            begun.push(first);
        }
        read.append(&mut more);
    }
    read
}

/// In lower case; one character stays one, so that a reading can be laid over its word.
fn lower(char: char) -> char {
    let mut lower = char.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => char,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let mut hidden = Vec::new();
        let mapped = super::super::fold::fold(text, &mut hidden);
        undo(&mapped, &mut hidden).text().to_owned()
    }

    #[test]
    fn leetspeak_is_read() {
        for (text, plain) in [
            ("s3nd n00d5", "send noods"),
            ("b!tch", "bitch"),
            ("p@yp@l me!", "paypal me!"),
            ("5ex and $ex", "sex and sex"),
            ("t3l3gr4m", "telegram"),
            ("WH4TS4PP", "WHATSAPP"),
            ("k1ll, d1e", "kill, die"),
        ] {
            assert_eq!(read(text), plain);
        }
    }

    #[test]
    fn numbers_and_names_with_numbers_stay() {
        for text in [
            "iphone5 cat5 day1 step5 level4",
            "5pin 4way 5star 50s 3d 4k",
            "i5 i7 b2b p2p k8s",
            "@luna paid $30",
            "room 4b at 5pm",
            "mail me@work.example",
            "https://x.example/s3nd",
            "win10 a4 c3po 1st 2nd",
            "wow! great",
            "10x15cm 3x4",
            "SAVE20 code",
        ] {
            assert_eq!(read(text), text);
        }
    }
}
