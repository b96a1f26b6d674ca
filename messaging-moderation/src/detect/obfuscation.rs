//! Hidden words.

use super::Detector;
use crate::flag::Flag;
use crate::verdict::Span;
use crate::view::View;

/// Finds what the [`View`] had to undo to read the text.
pub(super) struct Obfuscation;

impl Detector for Obfuscation {
    fn flag(&self) -> Flag {
        Flag::Obfuscation
    }

    fn find(&self, view: &View, found: &mut Vec<(Span, f32)>) {
        found.extend(view.hidden().iter().map(|span| (*span, 0.97)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{assert_clean, assert_found};
    use super::*;

    #[test]
    fn hidden_words_are_found_and_plain_ones_are_not() {
        assert_found(
            Flag::Obfuscation,
            &[
                "s3nd n00ds",
                "n u d e s",
                "pay\u{200b}pal",
                "\u{0440}ay\u{0440}al",
                "t.e.l.e.g.r.a.m",
            ],
        );
        assert_clean(
            Flag::Obfuscation,
            &[
                "joe at example dot com",
                "five five five",
                "gr8 b4 2nite",
                "sooo good",
                "f*ck",
            ],
        );
    }
}
