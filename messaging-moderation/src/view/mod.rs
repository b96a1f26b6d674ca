//! The text as it is meant to be read, with a way back to the text as it was sent.
//!
//! A sender who wants to get past a filter writes so that people read one thing and programs
//! another. A [`View`] undoes that in steps, and each step keeps where every character came from:
//!
//! 1. [`fold`]: NFKC, invisible characters dropped, look-alike letters replaced;
//! 2. [`spacing`]: l e t t e r s that stand apart are put together;
//! 3. [`leet`]: digits and signs that stand for letters become letters.
//!
//! Detectors of numbers and addresses read the text after step 2 (they need its digits), the model
//! reads it after step 3. Where a step undid what only hides, the place is noted as hidden.

mod fold;
mod leet;
mod mapped;
mod spacing;
mod words;

pub(crate) use mapped::Mapped;

use crate::verdict::Span;

pub(crate) use words::{is_known as is_known_word, is_telling as is_telling_word};

/// The views of one text.
#[derive(Clone, Debug)]
pub struct View {
    formed: Mapped,
    plain: Mapped,
    hidden: Vec<Span>,
}

impl View {
    /// Reads `text`.
    pub fn new(text: &str) -> Self {
        let mut hidden = Vec::new();
        let folded = fold::fold(text, &mut hidden);
        let formed = spacing::close(folded, &mut hidden);
        let plain = leet::undo(&formed, &mut hidden);
        Self {
            formed,
            plain,
            hidden: merged(hidden),
        }
    }

    /// The text for detectors of form: its digits and signs are still there.
    pub(crate) const fn formed(&self) -> &Mapped {
        &self.formed
    }

    /// The text for the model: plain words.
    pub fn plain(&self) -> &str {
        self.plain.text()
    }

    /// The text for the model, with the way back.
    pub(crate) const fn plain_mapped(&self) -> &Mapped {
        &self.plain
    }

    /// Where something was hidden, in the text as sent.
    pub(crate) fn hidden(&self) -> &[Span] {
        &self.hidden
    }
}

/// Joins spans that touch or overlap, in order.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        View::new(text).plain().to_owned()
    }

    fn hidden(text: &str) -> Vec<String> {
        let sent: Vec<char> = text.chars().collect();
        View::new(text)
            .hidden()
            .iter()
            .map(|span| {
                sent[span.start as usize..span.end as usize]
                    .iter()
                    .collect()
            })
            .collect()
    }

    #[test]
    fn what_is_written_plainly_stays_as_it_is() {
        for text in [
            "hello there",
            "Ça va? Où es-tu, Zoë? ¿Qué tal?",
            "see you at 10am, table 4, mp3 or 1080p, gr8 m8, PS5, R2D2, H2O, COVID19, b12",
            "R.I.P. and e.g. this, U.S.A., 3.5 km",
            "A B C D is the rhyme, G C D are chords",
            "Привет, как дела? 我很好 ありがとう",
            "family 👨‍👩‍👧 and ❤️ flag 🏳️‍🌈",
            "I paid $50, that's 100% fine! Really!!",
            "wow!!! what a day!",
        ] {
            assert_eq!(hidden(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(plain("hello there"), "hello there");
        assert_eq!(plain("Zoë paid $50 at 10am"), "Zoë paid $50 at 10am");
    }

    #[test]
    fn hidden_words_are_read() {
        for (text, read) in [
            ("s3nd m0ney", "send money"),
            ("n u d e s please", "nudes please"),
            ("s.e.n.d it", "send it"),
            ("pay\u{200b}pal me", "paypal me"),
            ("\u{0440}\u{0430}yp\u{0430}l", "paypal"),
            ("𝓼𝓮𝓷𝓭 it", "send it"),
            ("ｗｈａｔｓａｐｐ", "whatsapp"),
            ("h e l l o  t h e r e", "hello there"),
            ("w-h-a-t-s-a-p-p", "whatsapp"),
        ] {
            assert_eq!(plain(text), read, "{text}");
            assert!(!hidden(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_hidden_place_is_given_in_the_text_as_sent() {
        assert_eq!(hidden("please s3nd it"), ["s3nd"]);
        assert_eq!(hidden("so, n u d e s now"), ["n u d e s"]);
        assert_eq!(hidden("my pay\u{200b}pal"), ["pay\u{200b}pal"]);
    }
}
