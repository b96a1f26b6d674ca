//! Signatures, as <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
//! says.

use messaging_core::{clock::Timestamp, webhook::Webhook as Endpoint};
use standardwebhooks::Webhook as Signer;

/// The value of `webhook-signature`: one signature by each secret that holds at `at`. `None` for a
/// body that is not UTF-8.
pub(crate) fn signatures(
    endpoint: &Endpoint,
    id: &str,
    at: Timestamp,
    body: &[u8],
) -> Option<String> {
    let seconds = at.as_millis() / 1000;
    let signatures = endpoint.secrets(at).map(|secret| {
        let signer = Signer::from_bytes(secret.as_bytes().to_vec()).ok()?;
        signer.sign(id, seconds, body).ok()
    });
    let signatures: Option<Vec<String>> = signatures.collect();
    Some(signatures?.join(" "))
}
