//! The words that a hidden word can turn out to be.

use std::collections::HashSet;
use std::sync::LazyLock;

static WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("../../data/words.txt").lines().collect());

/// Short words that people hide for what they mean: taken for hidden where others would be taken
/// for a code or an abbreviation.
const TELLING: &[&str] = &[
    "anal", "ass", "cock", "coke", "cum", "dick", "die", "fag", "feet", "fuck", "gun", "hate",
    "kik", "kill", "kys", "meth", "milf", "nude", "pay", "porn", "rape", "sex", "shit", "slut",
    "teen", "tit", "tits", "weed",
];

/// The commonest words of one and two letters, for telling where a row of letters is to be cut.
const SHORT: &[&str] = &[
    "a", "i", "u", "am", "an", "as", "at", "be", "by", "do", "dm", "go", "he", "hi", "if", "ig",
    "in", "is", "it", "me", "my", "no", "of", "ok", "on", "or", "so", "to", "up", "ur", "us", "we",
];

/// Whether `word` (lower case) is one, or one with an ending.
pub(crate) fn is_known(word: &str) -> bool {
    WORDS.contains(word)
        || ["s", "z", "ed", "er", "ing", "y"]
            .into_iter()
            .any(|ending| {
                word.strip_suffix(ending)
                    .is_some_and(|stem| stem.len() >= 4 && WORDS.contains(stem))
            })
}

/// Whether `word` (lower case) is a short one that is hidden for what it means.
pub(crate) fn is_telling(word: &str) -> bool {
    TELLING.binary_search(&word).is_ok()
}

/// The longest word that a row of letters is cut into.
const LONGEST: usize = 16;

/// The longest row of letters that is cut: a longer one is cut at its first this many.
const LONGEST_ROW: usize = 240;

/// Cuts a row of letters (lower case) into words, and says where each begins. `None` when that
/// leaves letters over, or would make a "sentence" of nothing but short words.
pub(super) fn cut(row: &[char]) -> Option<Vec<usize>> {
    let length = row.len();
    if length > LONGEST_ROW {
        return None;
    }
    // The fewest words that end at each place, and where the last of them begins.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; length + 1];
    best[0] = Some((0, 0));
    let mut word = String::with_capacity(LONGEST);
    for end in 1..=length {
        for start in end.saturating_sub(LONGEST)..end {
            let Some((count, _)) = best[start] else {
                continue;
            };
            word.clear();
            word.extend(&row[start..end]);
            let fits = if end - start < 3 {
                SHORT.contains(&word.as_str())
            } else {
                is_known(&word)
            };
            if fits && best[end].is_none_or(|(fewest, _)| count + 1 < fewest) {
                best[end] = Some((count + 1, start));
            }
        }
    }
    let (count, _) = best[length]?;
    let mut starts = Vec::with_capacity(count);
    let mut end = length;
    while end > 0 {
        let (_, start) = best[end]?;
        starts.push(start);
        end = start;
    }
    starts.reverse();
    let long = (0..starts.len())
        .any(|word| starts.get(word + 1).copied().unwrap_or(length) - starts[word] >= 3);
    (long && length >= 2 * count).then_some(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_with_their_endings() {
        assert!(is_known("send") && is_known("nudes") && is_known("telegram"));
        assert!(!is_known("kbs") && !is_known("qwertz"));
        assert!(TELLING.is_sorted());
    }

    #[test]
    fn a_row_is_cut_into_the_fewest_words() {
        let cut = |row: &str| cut(&row.chars().collect::<Vec<_>>());
        assert_eq!(cut("sendnudes"), Some(vec![0, 4]));
        assert_eq!(cut("adgbe"), None);
        assert_eq!(cut("iamat"), None);
    }
}
