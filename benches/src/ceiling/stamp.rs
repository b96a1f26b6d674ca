//! What a new message bears beside its words.

use messaging_core::{
    clock::{Clock, SystemClock},
    id::{IdGenerator, RandomIds},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// An id, a time, and the hash that tells a repeated send from another one.
#[derive(Debug)]
pub(super) struct Stamp {
    pub(super) id: Uuid,
    /// Milliseconds since 1970.
    pub(super) at: i64,
    pub(super) fingerprint: Vec<u8>,
}

impl Stamp {
    pub(super) fn new(content: &str) -> Self {
        let id = RandomIds.next_uuid();
        let mut hasher = Sha256::new();
        hasher.update(id.as_bytes());
        hasher.update(content);
        Self {
            id,
            at: SystemClock.now().as_millis(),
            fingerprint: hasher.finalize().to_vec(),
        }
    }
}

/// A text as a message's content is stored.
pub(super) fn content(text: &str) -> String {
    serde_json::json!({ "type": "text", "text": text }).to_string()
}
