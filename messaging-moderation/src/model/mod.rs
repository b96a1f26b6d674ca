//! The classifier: what a text means.
//!
//! A model is a folder of three files: `model.toml` (its name, the checksums of the other two, its
//! thresholds), `tokenizer.json` and `model.onnx`. One ships inside this crate. Reading the text is
//! [`Tokens`]' part, running the network is a backend's: `Model` on a server, ONNX Runtime Web
//! in a browser.

mod manifest;
#[cfg(feature = "model")]
mod runtime;
mod tokens;

pub use manifest::{Manifest, ManifestError};
#[cfg(feature = "model")]
pub use runtime::{Backend, Model, ModelError};
pub use tokens::{Tokens, TokensError};

/// The model's opinion of one window of a text: a logit a flag, in the order of
/// [`Flag::ALL`](crate::Flag::ALL).
pub type Logits = [f32; 32];

/// The files of the model that ships with this crate.
pub mod shipped {
    /// `model.toml`.
    pub const MANIFEST: &str = include_str!("../../model/model.toml");
    /// `tokenizer.json`.
    pub const TOKENIZER: &[u8] = include_bytes!("../../model/tokenizer.json");
    /// `model.onnx`: 32 logits from token ids.
    #[cfg(feature = "model")]
    pub const NETWORK: &[u8] = include_bytes!("../../model/model.onnx");
}

/// The flags' scores, from the logits of a text's windows: the highest of each; none is 0.
pub(crate) fn scores(windows: &[Logits]) -> Logits {
    let mut highest = [f32::NEG_INFINITY; 32];
    for window in windows {
        for (highest, logit) in highest.iter_mut().zip(window) {
            *highest = highest.max(*logit);
        }
    }
    highest.map(|logit| 1.0 / (1.0 + (-logit).exp()))
}
