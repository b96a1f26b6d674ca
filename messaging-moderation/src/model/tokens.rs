//! A text as the network reads it: ids of a vocabulary, in windows.

use tokenizers::Tokenizer;
use unicode_script::{Script, UnicodeScript as _};

use super::manifest::{Manifest, ManifestError, Window};
use crate::context::{Audience, Context, Surface};

/// Why a tokenizer cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokensError {
    /// Its file is not the one that the model came with.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// Its file cannot be read.
    #[error("the model's tokenizer.json: {0}")]
    Malformed(String),
    /// A token that the engine needs is not in its vocabulary.
    #[error("the model's tokenizer.json has no token `{0}`")]
    Missing(&'static str),
    /// A text could not be cut into tokens.
    #[error("the text could not be cut into tokens: {0}")]
    Encode(String),
}

/// Cuts texts into windows of token ids.
#[derive(Debug)]
pub struct Tokens {
    tokenizer: Tokenizer,
    window: Window,
    audiences: [u32; 2],
    surfaces: [u32; 3],
    end: u32,
}

impl Tokens {
    /// Reads `tokenizer.json`, which `manifest` must know.
    ///
    /// # Errors
    ///
    /// [`TokensError::Manifest`] for another file than the manifest's, else as their names say.
    pub fn new(manifest: &Manifest, json: &[u8]) -> Result<Self, TokensError> {
        manifest.check_tokenizer(json)?;
        let tokenizer = Tokenizer::from_bytes(json)
            .map_err(|error| TokensError::Malformed(error.to_string()))?;
        let id = |token: &'static str| {
            tokenizer
                .token_to_id(token)
                .ok_or(TokensError::Missing(token))
        };
        Ok(Self {
            audiences: [id(Audience::General.token())?, id(Audience::Adult.token())?],
            surfaces: [
                id(Surface::Message.token())?,
                id(Surface::Clip.token())?,
                id(Surface::Profile.token())?,
            ],
            end: id("[SEP]")?,
            window: manifest.window(),
            tokenizer,
        })
    }

    /// The windows of `text`, which is a [`View`](crate::View)'s plain text: each begins with the
    /// tokens of `context`, and shares some of its text with the one before. A text that is mostly in
    /// another script than the Latin one has none: the model cannot read it, and must not guess.
    ///
    /// # Errors
    ///
    /// [`TokensError::Encode`].
    pub fn windows(&self, text: &str, context: Context) -> Result<Vec<Vec<i64>>, TokensError> {
        if is_foreign(text) {
            return Ok(Vec::new());
        }
        let encoding = self
            .tokenizer
            .encode_fast(text, false)
            .map_err(|error| TokensError::Encode(error.to_string()))?;
        let ids = encoding.get_ids();
        let room = self.window.tokens - 3;
        let step = room - self.window.overlap;
        let mut windows = Vec::with_capacity(1 + ids.len() / step);
        let mut from = 0;
        loop {
            let part = &ids[from..ids.len().min(from + room)];
            let mut window = Vec::with_capacity(part.len() + 3);
            window.push(i64::from(self.audiences[context.audience as usize]));
            window.push(i64::from(self.surfaces[context.surface as usize]));
            window.extend(part.iter().map(|id| i64::from(*id)));
            window.push(i64::from(self.end));
            windows.push(window);
            if from + room >= ids.len() {
                return Ok(windows);
            }
            from += step;
        }
    }
}

/// Whether most letters of `text` are of another script than the Latin one.
fn is_foreign(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let letters = text.chars().filter(|char| char.is_alphabetic());
    let (mut latin, mut others) = (0_usize, 0_usize);
    for letter in letters {
        match letter.script() {
            Script::Latin => latin += 1,
            _ => others += 1,
        }
    }
    others > latin
}

#[cfg(test)]
mod tests {
    use super::super::shipped;
    use super::*;

    fn tokens() -> Tokens {
        let manifest = Manifest::parse(shipped::MANIFEST).unwrap();
        Tokens::new(&manifest, shipped::TOKENIZER).unwrap()
    }

    #[test]
    fn a_window_begins_with_its_context() {
        let tokens = tokens();
        let [window] = &tokens.windows("hello", Context::default()).unwrap()[..] else {
            panic!("one window");
        };
        let adult = Context::new(Audience::Adult, Surface::Clip);
        let [other] = &tokens.windows("hello", adult).unwrap()[..] else {
            panic!("one window")
        };
        assert_ne!(window[..2], other[..2]);
        assert_eq!(window[2..], other[2..]);
    }

    #[test]
    fn what_the_model_cannot_read_it_is_not_asked() {
        let tokens = tokens();
        for text in [
            "Сегодня рисуем натюрморт",
            "今夜９時から、水彩の生配信",
            "שלום לכולם",
        ] {
            let windows = tokens.windows(text, Context::default()).unwrap();
            assert!(windows.is_empty(), "{text}");
        }
        let mixed = "see you at the market, Маша";
        assert_eq!(tokens.windows(mixed, Context::default()).unwrap().len(), 1);
    }

    #[test]
    fn a_long_text_is_cut_into_windows_that_overlap() {
        let tokens = tokens();
        let windows = tokens
            .windows(&"river mountain ".repeat(400), Context::default())
            .unwrap();
        assert!(windows.len() > 5);
        assert!(
            windows
                .iter()
                .all(|window| window.len() <= tokens.window.tokens)
        );
        assert_eq!(tokens.windows("", Context::default()).unwrap().len(), 1);
    }
}
