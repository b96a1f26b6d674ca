//! NFKC, invisible characters dropped, look-alike letters replaced.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;
use unicode_script::{Script, UnicodeScript as _};
use unicode_security::confusable_detection::skeleton;

use super::mapped::{Letter, Mapped, place, span_over};
use super::words;
use crate::verdict::Span;

/// More marks than this on one letter are ornament that hides it.
const MARKS: usize = 2;

/// Folds `text`, and notes in `hidden` where that undid what only hides.
pub(super) fn fold(text: &str, hidden: &mut Vec<Span>) -> Mapped {
    if text.is_ascii() {
        return text
            .chars()
            .enumerate()
            .map(|(at, char)| Letter {
                char,
                from: Span::new(place(at), place(at + 1)),
            })
            .collect();
    }
    let sent: Vec<char> = text.chars().collect();
    let script = Scripts::of(&sent);
    let mut letters = compose(&sent, script, hidden);
    turn_back(&sent, &mut letters);
    note_invisible(&sent, script, hidden);
    unmask(&mut letters, script, hidden);
    letters.into_iter().collect()
}

/// Which scripts the whole text uses: what hides in one is ordinary in another.
#[derive(Clone, Copy)]
struct Scripts {
    east_asian: bool,
    right_to_left: bool,
    latin: bool,
}

impl Scripts {
    fn of(sent: &[char]) -> Self {
        let any = |wanted: &[Script]| sent.iter().any(|char| wanted.contains(&char.script()));
        Self {
            east_asian: any(&[
                Script::Han,
                Script::Hiragana,
                Script::Katakana,
                Script::Hangul,
            ]),
            right_to_left: any(&[
                Script::Arabic,
                Script::Hebrew,
                Script::Syriac,
                Script::Thaana,
            ]),
            latin: any(&[Script::Latin]),
        }
    }
}

/// NFKC letter by letter, so that each result keeps its origin; invisible characters are dropped.
fn compose(sent: &[char], scripts: Scripts, hidden: &mut Vec<Span>) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(sent.len());
    let mut styled: Option<Span> = None;
    let mut at = 0;
    while at < sent.len() {
        let start = at;
        at += 1;
        if is_invisible(sent[start]) {
            continue;
        }
        while at < sent.len() && canonical_combining_class(sent[at]) != 0 {
            at += 1;
        }
        let from = Span::new(place(start), place(at));
        let ornamented = sent[start + 1..at].iter().any(|char| is_ornament(*char));
        let marks = at - start - 1;
        if marks > MARKS {
            hidden.push(from);
        }
        let kept = &sent[start..if marks > MARKS || ornamented {
            start + 1
        } else {
            at
        }];
        if (is_styled(sent[start]) || ornamented) && !scripts.east_asian {
            styled = match styled {
                Some(run) if run.end == from.start => Some(Span::new(run.start, from.end)),
                run => {
                    note_styled(run, hidden);
                    Some(from)
                }
            };
        }
        if kept.len() == 1 && kept[0].is_ascii() {
            letters.push(Letter {
                char: kept[0],
                from,
            });
        } else if let Some(letter) = negative_letter(sent[start]) {
            letters.push(Letter { char: letter, from });
        } else {
            letters.extend(
                kept.iter()
                    .copied()
                    .nfkc()
                    .map(|char| Letter { char, from }),
            );
        }
    }
    note_styled(styled, hidden);
    letters
}

/// Puts text that a right-to-left override turns about into the order in which it is read.
fn turn_back(sent: &[char], letters: &mut [Letter]) {
    let mut at = 0;
    while let Some(start) = sent[at..].iter().position(|char| *char == '\u{202e}') {
        let start = at + start;
        let length = sent[start..]
            .iter()
            .position(|char| matches!(char, '\u{202c}' | '\n'));
        let end = length.map_or(sent.len(), |length| start + length);
        let within =
            |letter: &Letter| letter.from.start >= place(start) && letter.from.end <= place(end);
        let first = letters.iter().position(within);
        if let Some(first) = first {
            let count = letters[first..]
                .iter()
                .take_while(|letter| within(letter))
                .count();
            letters[first..first + count].reverse();
        }
        at = end;
    }
}

/// Marks that strike a letter through or underline it: they change how it looks, not what it is.
const fn is_ornament(char: char) -> bool {
    matches!(
        char,
        '\u{332}' | '\u{333}' | '\u{335}'..='\u{338}' | '\u{33f}' | '\u{347}' | '\u{35f}'
    )
}

/// One styled letter is an ornament, several together are a word.
fn note_styled(run: Option<Span>, hidden: &mut Vec<Span>) {
    hidden.extend(run.filter(|run| run.end - run.start >= 3));
}

/// Characters that nobody sees: they join, direct, vary or fill.
fn is_invisible(char: char) -> bool {
    matches!(
        char,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{20e3}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Letters of another style that are no other letters: mathematical, full-width, circled, squared.
fn is_styled(char: char) -> bool {
    matches!(
        char,
        '\u{1d400}'..='\u{1d7ff}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}'
            | '\u{249c}'..='\u{24e9}' | '\u{1f110}'..='\u{1f169}' | '\u{1f170}'..='\u{1f189}'
    )
}

/// White letters on black have no decomposition of their own.
fn negative_letter(char: char) -> Option<char> {
    let place = match char {
        '\u{1f150}'..='\u{1f169}' => char as u32 - 0x1_f150,
        '\u{1f170}'..='\u{1f189}' => char as u32 - 0x1_f170,
        _ => return None,
    };
    char::from_u32('A' as u32 + place)
}

/// Notes words that an invisible character cuts, and text whose direction is turned about.
fn note_invisible(sent: &[char], scripts: Scripts, hidden: &mut Vec<Span>) {
    let seen = |char: char| {
        char.is_alphanumeric() && char.script() == Script::Latin || char.is_ascii_digit()
    };
    let in_word = |char: char| char.is_alphanumeric() || is_invisible(char);
    let mut at = 0;
    while at < sent.len() {
        if !is_invisible(sent[at]) {
            at += 1;
            continue;
        }
        let start = at;
        while at < sent.len() && is_invisible(sent[at]) {
            at += 1;
        }
        let run = &sent[start..at];
        if run
            .iter()
            .all(|char| matches!(char, '\u{fe00}'..='\u{fe0f}' | '\u{20e3}'))
        {
            // How an emoji looks.
            continue;
        }
        let cuts = start > 0 && seen(sent[start - 1]) && sent.get(at).copied().is_some_and(seen);
        // A long word may be broken at its end of a line; a short one is cut to hide it.
        let word = sent[..start]
            .iter()
            .rev()
            .take_while(|char| in_word(**char))
            .count()
            + sent[at..].iter().take_while(|char| in_word(**char)).count();
        let hyphen = run.iter().all(|char| *char == '\u{ad}') && word > 6;
        let turns = !scripts.right_to_left
            && run
                .iter()
                .any(|char| matches!(char, '\u{202d}' | '\u{202e}'));
        // "t.m.e" with something unseen around each sign.
        let dotted = start > 0
            && at < sent.len()
            && (seen(sent[start - 1]) && matches!(sent[at], '.' | '/' | '@')
                || seen(sent[at]) && matches!(sent[start - 1], '.' | '/' | '@'));
        let many = dotted
            || run.len() >= 4
                && run
                    .iter()
                    .any(|char| matches!(char, '\u{200b}'..='\u{200f}'));
        if (cuts && !hyphen) || turns || many {
            let first = sent[..start]
                .iter()
                .rposition(|char| !in_word(*char))
                .map_or(0, |p| p + 1);
            let last = at + sent[at..].iter().take_while(|char| in_word(**char)).count();
            hidden.push(Span::new(place(first), place(last)));
            at = last;
        }
    }
}

/// Replaces letters of other scripts that pose as Latin ones, word by word.
fn unmask(letters: &mut [Letter], scripts: Scripts, hidden: &mut Vec<Span>) {
    let foreign_words = letters
        .split(|letter| !letter.char.is_alphabetic())
        .any(|word| !word.is_empty() && word.iter().any(|letter| is_plainly_foreign(letter.char)));
    for at in 0..letters.len() {
        let beside = |at: Option<usize>| {
            at.and_then(|at| letters.get(at))
                .is_some_and(|letter| letter.char.is_ascii_digit())
        };
        if let Some(digit) = digit(letters[at].char)
            && (beside(at.checked_sub(1)) || beside(Some(at + 1)))
        {
            letters[at].char = digit;
            hidden.push(letters[at].from);
        }
    }
    for word in letters.split_mut(|letter| !letter.char.is_alphabetic()) {
        if word.iter().all(|letter| (letter.char as u32) < 0x250) {
            continue;
        }
        let read: Option<Vec<char>> = word.iter().map(|letter| latin(letter.char)).collect();
        let Some(read) = read else { continue };
        let mixed = word.iter().any(|letter| (letter.char as u32) < 0x250);
        let small_capitals = word
            .iter()
            .filter(|letter| is_phonetic(letter.char))
            .count();
        let poses = if small_capitals > 0 {
            small_capitals >= 2 || word.len() > 3
        } else if mixed {
            word.len() >= 2
        } else {
            let lower: String = read.iter().flat_map(|char| char.to_lowercase()).collect();
            scripts.latin && !foreign_words && words::is_known(&lower)
        };
        if poses {
            hidden.push(span_over(word));
            for (letter, char) in word.iter_mut().zip(read) {
                letter.char = char;
            }
        }
    }
}

/// The digit that a letter of another script looks like, among digits.
const fn digit(char: char) -> Option<char> {
    Some(match char {
        'О' | 'о' | 'Ο' | 'ο' => '0',
        'І' | 'і' | 'Ι' | 'ӏ' | 'Ӏ' => '1',
        'З' | 'з' | 'Ʒ' => '3',
        'б' => '6',
        _ => return None,
    })
}

/// A letter of another script that no Latin letter looks like.
fn is_plainly_foreign(char: char) -> bool {
    char as u32 >= 0x250 && char.script() != Script::Latin && latin(char).is_none()
}

const fn is_phonetic(char: char) -> bool {
    matches!(char, '\u{250}'..='\u{2af}' | '\u{1d00}'..='\u{1dbf}' | '\u{a730}'..='\u{a731}' | '\u{a7af}')
}

/// The Latin letter that `char` is, or looks like.
fn latin(char: char) -> Option<char> {
    if (char as u32) < 0x250 {
        return Some(char);
    }
    if let Some((_, letter)) = LOOK_ALIKES.iter().find(|(other, _)| *other == char) {
        return Some(*letter);
    }
    if is_phonetic(char) {
        return None;
    }
    let mut prototype = skeleton(char.encode_utf8(&mut [0; 4]))
        .collect::<Vec<_>>()
        .into_iter();
    let first = prototype.next()?;
    (first.is_ascii_alphabetic() && prototype.next().is_none()).then_some(first)
}

/// What Unicode's table of confusables leaves out and people use: small capitals, and letters
/// that are alike in lower case.
const LOOK_ALIKES: &[(char, char)] = &[
    ('ᴀ', 'a'),
    ('ʙ', 'b'),
    ('ᴄ', 'c'),
    ('ᴅ', 'd'),
    ('ᴇ', 'e'),
    ('ꜰ', 'f'),
    ('ɢ', 'g'),
    ('ʜ', 'h'),
    ('ɪ', 'i'),
    ('ᴊ', 'j'),
    ('ᴋ', 'k'),
    ('ʟ', 'l'),
    ('ᴍ', 'm'),
    ('ɴ', 'n'),
    ('ᴏ', 'o'),
    ('ᴘ', 'p'),
    ('ꞯ', 'q'),
    ('ʀ', 'r'),
    ('ꜱ', 's'),
    ('ᴛ', 't'),
    ('ᴜ', 'u'),
    ('ᴠ', 'v'),
    ('ᴡ', 'w'),
    ('ʏ', 'y'),
    ('ᴢ', 'z'),
    ('ɑ', 'a'),
    ('ɡ', 'g'),
    // Cyrillic
    ('а', 'a'),
    ('в', 'b'),
    ('г', 'r'),
    ('е', 'e'),
    ('ё', 'e'),
    ('з', 'e'),
    ('и', 'n'),
    ('к', 'k'),
    ('м', 'm'),
    ('н', 'h'),
    ('п', 'n'),
    ('т', 't'),
    ('у', 'y'),
    ('х', 'x'),
    ('ь', 'b'),
    ('я', 'r'),
    ('і', 'i'),
    ('ї', 'i'),
    ('һ', 'h'),
    ('ԁ', 'd'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('В', 'B'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('Т', 'T'),
    ('У', 'Y'),
    ('Я', 'R'),
    ('И', 'N'),
    ('ш', 'w'),
    ('ц', 'u'),
    // Greek
    ('α', 'a'),
    ('β', 'b'),
    ('ε', 'e'),
    ('η', 'n'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('σ', 'o'),
    ('τ', 't'),
    ('υ', 'u'),
    ('χ', 'x'),
    ('ω', 'w'),
    ('Ν', 'N'),
    ('Ρ', 'P'),
    ('Λ', 'A'),
];
