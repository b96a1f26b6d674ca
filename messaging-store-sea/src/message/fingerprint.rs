//! What tells a repeated send from another one, without keeping the words.

use messaging_core::{id::MessageId, message::Content};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// SHA-256 of what a message was first sent with. The message's id goes in first, so that equal
/// words in two messages do not show.
pub(crate) fn fingerprint(
    message_id: MessageId,
    content: &Content,
    reply_to: Option<MessageId>,
) -> Vec<u8> {
    let mut hasher = Sha256::new();
    hasher.update(message_id.as_uuid().as_bytes());
    if let Some(reply_to) = reply_to {
        hasher.update(reply_to.as_uuid().as_bytes());
    }
    if let Content::Text { text } = content {
        // Most messages: no other content begins so.
        hasher.update(b"text:");
        hasher.update(text);
    } else {
        // Content always serialises.
        let value = serde_json::to_value(content).unwrap_or_default();
        hash(&mut hasher, &value);
    }
    hasher.finalize().to_vec()
}

/// Objects by sorted keys: two that are equal are equal in any order.
fn hash(hasher: &mut Sha256, value: &Value) {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<(&String, &Value)> = object.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            hasher.update(b"{");
            for (key, value) in entries {
                hash(hasher, &Value::String(key.clone()));
                hash(hasher, value);
            }
            hasher.update(b"}");
        }
        Value::Array(items) => {
            hasher.update(b"[");
            for item in items {
                hash(hasher, item);
            }
            hasher.update(b"]");
        }
        // Numbers, texts in quotes, and words: none can be taken for another.
        plain => {
            hasher.update(plain.to_string());
            hasher.update(b",");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn encrypted(header: &str) -> Content {
        let json =
            format!(r#"{{"type":"encrypted","scheme":"s","ciphertext":"AA==","header":{header}}}"#);
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn a_fingerprint_follows_content_reply_and_message() {
        let [one, two] = [1, 2].map(|n| MessageId::from_uuid(Uuid::from_u128(n)));
        let text = |text: &str| Content::Text {
            text: text.to_owned(),
        };
        let first = fingerprint(one, &text("a"), None);
        assert_eq!(first, fingerprint(one, &text("a"), None));
        assert_ne!(first, fingerprint(one, &text("b"), None));
        assert_ne!(first, fingerprint(one, &text("a"), Some(two)));
        assert_ne!(first, fingerprint(two, &text("a"), None));
    }

    #[test]
    fn the_order_of_an_objects_keys_says_nothing() {
        let id = MessageId::from_uuid(Uuid::nil());
        let one = fingerprint(id, &encrypted(r#"{"a":1,"b":[{"c":2,"d":3}]}"#), None);
        let two = fingerprint(id, &encrypted(r#"{"b":[{"d":3,"c":2}],"a":1}"#), None);
        assert_eq!(one, two);
    }
}
