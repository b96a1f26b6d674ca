//! JSON Web Tokens: the authenticator that most servers use, and a signer for those that also give
//! tokens out.

mod authenticator;
mod claims;
mod issuer;
mod key;

pub use authenticator::JwtAuthenticator;
pub use issuer::{IssueError, JwtIssuer};
pub use key::KeyError;

/// Names the cryptography to use, also when another crate of the same program turns on another one.
fn install_crypto() {
    // Refused when the program has chosen already, which is as good.
    let _ = jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER.install_default();
}
