//! A text that knows where each of its characters came from.

use std::ops::Range;

use crate::verdict::Span;

/// A character and the part of the sent text that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) char: char,
    pub(crate) from: Span,
}

/// The part of the sent text that `letters` stand for; they may stand in another order than they were
/// sent in.
pub(crate) fn span_over(letters: &[Letter]) -> Span {
    let start = letters.iter().map(|letter| letter.from.start).min();
    let end = letters.iter().map(|letter| letter.from.end).max();
    Span::new(start.unwrap_or(0), end.unwrap_or(0))
}

/// A text that knows where each of its characters came from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mapped {
    text: String,
    letters: Vec<Letter>,
    /// Where each letter begins in `text`, in bytes.
    starts: Vec<u32>,
}

impl Mapped {
    pub(crate) fn with_capacity(letters: usize) -> Self {
        Self {
            text: String::with_capacity(letters),
            letters: Vec::with_capacity(letters),
            starts: Vec::with_capacity(letters),
        }
    }

    pub(crate) fn push(&mut self, char: char, from: Span) {
        self.starts.push(place(self.text.len()));
        self.text.push(char);
        self.letters.push(Letter { char, from });
    }

    pub(crate) fn extend(&mut self, letters: &[Letter]) {
        for letter in letters {
            self.push(letter.char, letter.from);
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn letters(&self) -> &[Letter] {
        &self.letters
    }

    /// The part of the sent text that these bytes of this text stand for.
    pub(crate) fn span(&self, bytes: Range<usize>) -> Span {
        let first = self.letter_at(bytes.start);
        let last = self.letter_at(bytes.end.saturating_sub(1)).max(first);
        self.span_of(first..last + 1)
    }

    /// The part of the sent text that these letters stand for.
    pub(crate) fn span_of(&self, letters: Range<usize>) -> Span {
        span_over(&self.letters[letters])
    }

    fn letter_at(&self, byte: usize) -> usize {
        let byte = place(byte);
        self.starts
            .partition_point(|start| *start <= byte)
            .saturating_sub(1)
    }
}

/// A place in a text: texts that are longer than 4 GiB are judged by their first 4 GiB's places.
pub(crate) fn place(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

impl FromIterator<Letter> for Mapped {
    fn from_iter<I: IntoIterator<Item = Letter>>(letters: I) -> Self {
        let mut mapped = Self::default();
        for letter in letters {
            mapped.push(letter.char, letter.from);
        }
        mapped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_lead_back_to_the_letters_they_came_from() {
        let mut mapped = Mapped::with_capacity(3);
        mapped.push('é', Span::new(0, 2));
        mapped.push('a', Span::new(5, 6));
        mapped.push('b', Span::new(6, 7));
        assert_eq!(mapped.span(0..2), Span::new(0, 2));
        assert_eq!(mapped.span(2..4), Span::new(5, 7));
        assert_eq!(mapped.span(0..4), Span::new(0, 7));
    }
}
