//! What a message says.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{
    error::FieldError,
    limits::{MAX_CIPHERTEXT, MAX_METADATA, MAX_TEXT},
    moderation::{MAX_FINDINGS, MAX_FLAG},
};

/// What a message says, tagged by `type` on the wire.
///
/// `media` and `clip` contents join with the features that store their bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Content {
    /// Words.
    Text {
        /// 1 to 10,000 characters.
        text: String,
    },
    /// Words that only the participants' own clients can read. Stored and routed as it is.
    Encrypted {
        /// Which scheme the clients agreed on: 1 to 64 characters.
        scheme: String,
        /// Base64, up to 32 KiB of it.
        ciphertext: String,
        /// The scheme's own facts: an object up to 8 KiB.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<serde_json::Map<String, serde_json::Value>>,
        /// What the sender's own moderation found before encrypting.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attestation: Option<Attestation>,
    },
    /// Written by this library, never by a client.
    System {
        /// What happened, as a stable name.
        event: String,
    },
}

/// What the sender's own moderation found in a text before it was encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// Which model judged: `name@version`, 1 to 64 printable ASCII characters.
    pub model: String,
    /// The flags it raised: at most 64, each of 1 to 64 printable ASCII characters.
    pub flags: Vec<String>,
}

impl Content {
    /// The name of the type on the wire.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Encrypted { .. } => "encrypted",
            Self::System { .. } => "system",
        }
    }

    /// What there is to read for the server, if anything.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text { text } => Some(text),
            Self::Encrypted { .. } | Self::System { .. } => None,
        }
    }

    /// Whether a client may send it.
    pub(crate) fn is_valid(&self) -> bool {
        let mut faults = Vec::new();
        self.check("content", &mut faults);
        faults.is_empty()
    }

    /// Complains of everything that a client may not send; `field` is the content's own path.
    pub(crate) fn check(&self, field: &'static str, faults: &mut Vec<FieldError>) {
        let mut complain = |name: &str, message: String| {
            faults.push(FieldError {
                field: format!("{field}.{name}").into(),
                message: message.into(),
            });
        };
        match self {
            Self::Text { text } => {
                if text.is_empty() || has_more_chars(text, MAX_TEXT) {
                    complain("text", format!("must be 1 to {MAX_TEXT} characters"));
                } else if text.contains('\0') {
                    complain("text", "must not hold the character U+0000".to_owned());
                }
            }
            Self::Encrypted {
                scheme,
                ciphertext,
                header,
                attestation,
            } => {
                if !is_name(scheme) {
                    complain("scheme", "must be 1 to 64 printable characters".to_owned());
                }
                if ciphertext.is_empty() || ciphertext.len() > MAX_CIPHERTEXT {
                    let message = format!("must be 1 to {MAX_CIPHERTEXT} characters of base64");
                    complain("ciphertext", message);
                } else if STANDARD.decode(ciphertext).is_err() {
                    complain("ciphertext", "must be base64".to_owned());
                }
                if json_len(header) > MAX_METADATA {
                    complain(
                        "header",
                        format!("must be at most {MAX_METADATA} bytes of JSON"),
                    );
                }
                if let Some(Attestation { model, flags }) = attestation {
                    if !is_name(model) {
                        let message = format!("must be 1 to {MAX_FLAG} printable characters");
                        complain("attestation.model", message);
                    }
                    if flags.len() > MAX_FINDINGS || !flags.iter().all(|flag| is_name(flag)) {
                        let message = format!(
                            "must be at most {MAX_FINDINGS} names of 1 to {MAX_FLAG} printable characters"
                        );
                        complain("attestation.flags", message);
                    }
                }
            }
            Self::System { .. } => complain("type", "is written by the server only".to_owned()),
        }
    }
}

/// Whether this is a name of a scheme, a model or a flag: 1 to 64 printable ASCII characters.
fn is_name(text: &str) -> bool {
    (1..=MAX_FLAG).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn json_len(value: &impl Serialize) -> usize {
    serde_json::to_string(value).map_or(usize::MAX, |json| json.len())
}

/// Whether a text has more than `most` characters. Few are so long that they must be counted.
fn has_more_chars(text: &str, most: usize) -> bool {
    text.len() > most && text.chars().take(most + 1).count() > most
}
