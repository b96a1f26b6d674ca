//! Keys that tokens are checked with. A key knows its algorithm; a token never chooses one.

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;

/// The shortest secret for HS256: as long as its output (RFC 7518, section 3.2).
const MIN_SECRET: usize = 32;
/// The smallest RSA modulus, in bytes (RFC 7518, section 3.3).
const MIN_MODULUS: usize = 256;

/// Why keys cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The secret is too short to be safe.
    #[error("the secret must have at least {MIN_SECRET} bytes, it has {0}")]
    SecretTooShort(usize),
    /// The text is no JWK set.
    #[error("not a JWK set")]
    NotASet(#[source] serde_json::Error),
    /// The set has no key that could check a token.
    #[error("the JWK set has no usable key: RS256 of 2048 bits, ES256 or EdDSA")]
    NoUsableKey,
    /// Two keys of the set have the same id.
    #[error("the JWK set has two keys with the kid {0:?}")]
    SameKid(String),
}

/// A key, its algorithm, and its name in the set.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) kid: Option<String>,
    pub(super) decoding: DecodingKey,
    pub(super) validation: Validation,
}

impl Key {
    fn new(kid: Option<String>, decoding: DecodingKey, algorithm: Algorithm) -> Self {
        let mut validation = Validation::new(algorithm);
        // The claims are checked by `Claims`, against the injected clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        Self {
            kid,
            decoding,
            validation,
        }
    }

    /// A shared secret of any length.
    pub(super) fn secret(secret: &[u8]) -> Self {
        Self::new(None, DecodingKey::from_secret(secret), Algorithm::HS256)
    }

    /// A public key; `None` when it is of a kind that is not used here, or too weak.
    fn public(jwk: &Jwk) -> Option<Self> {
        let algorithm = algorithm_of(jwk)?;
        let stated = jwk.common.key_algorithm;
        if stated.is_some_and(|stated| stated != algorithm.1) {
            return None;
        }
        if jwk.common.public_key_use == Some(PublicKeyUse::Encryption) {
            return None;
        }
        let key = DecodingKey::from_jwk(jwk).ok()?;
        Some(Self::new(jwk.common.key_id.clone(), key, algorithm.0))
    }
}

fn algorithm_of(jwk: &Jwk) -> Option<(Algorithm, KeyAlgorithm)> {
    match &jwk.algorithm {
        AlgorithmParameters::RSA(rsa) if rsa.n.len() * 3 / 4 >= MIN_MODULUS => {
            Some((Algorithm::RS256, KeyAlgorithm::RS256))
        }
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => {
            Some((Algorithm::ES256, KeyAlgorithm::ES256))
        }
        AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => {
            Some((Algorithm::EdDSA, KeyAlgorithm::EdDSA))
        }
        _ => None,
    }
}

/// Refuses a secret that could be guessed.
pub(super) fn check_secret(secret: &[u8]) -> Result<(), KeyError> {
    if secret.len() < MIN_SECRET {
        return Err(KeyError::SecretTooShort(secret.len()));
    }
    Ok(())
}

/// The usable keys of a JWK set; keys for other purposes are passed over.
pub(super) fn read_set(json: &str) -> Result<Vec<Key>, KeyError> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    let set: Set = serde_json::from_str(json).map_err(KeyError::NotASet)?;
    let jwks = set
        .keys
        .into_iter()
        .filter_map(|key| serde_json::from_value(key).ok());
    let keys: Vec<Key> = jwks.filter_map(|jwk: Jwk| Key::public(&jwk)).collect();
    if keys.is_empty() {
        return Err(KeyError::NoUsableKey);
    }
    let mut kids: Vec<&String> = keys.iter().filter_map(|key| key.kid.as_ref()).collect();
    kids.sort_unstable();
    match kids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(KeyError::SameKid(pair[0].clone())),
        None => Ok(keys),
    }
}
