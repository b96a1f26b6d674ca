//! Checks tokens.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use jsonwebtoken::{Header, decode, decode_header, errors::ErrorKind};
use messaging_core::{
    auth::{AuthError, Authenticator, Identity},
    clock::{Clock, SystemClock},
};

use super::{
    claims::{Claims, refused},
    install_crypto,
    key::{Key, KeyError, check_secret, read_set},
};

/// The longest token that is looked at.
const MAX_TOKEN: usize = 8 * 1024;

/// Knows users by signed JSON Web Tokens.
///
/// A token must have `sub` (a user id), `role` and `exp`; `nbf` is checked when there is one, `iss`
/// and `aud` when an issuer and an audience are set. Clocks may lie 5 s apart.
///
/// The key, and with it the algorithm, is this side's choice: HS256 for the secret; for a JWK set
/// the key whose `kid` the token names (or the only key, for a token that names none) and that
/// key's algorithm. With both, a token that names a key of the set is held to it, any other to the
/// secret. Keys inside of tokens are never looked at.
pub struct JwtAuthenticator {
    secret: Option<Key>,
    set: Vec<Key>,
    issuer: Option<String>,
    audience: Option<String>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for JwtAuthenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kids: Vec<_> = self.set.iter().map(|key| key.kid.as_deref()).collect();
        f.debug_struct("JwtAuthenticator")
            .field("has_secret", &self.secret.is_some())
            .field("kids", &kids)
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

impl JwtAuthenticator {
    fn new(secret: Option<Key>, set: Vec<Key>) -> Self {
        install_crypto();
        Self {
            secret,
            set,
            issuer: None,
            audience: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// Tokens signed with a shared secret, HS256.
    ///
    /// # Errors
    /// [`KeyError::SecretTooShort`] under 32 bytes.
    pub fn hs256(secret: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        check_secret(secret.as_ref())?;
        Ok(Self::hs256_with_weak_secret(secret))
    }

    /// The same with a secret of any length: for demonstrations, where anyone may be anyone.
    #[must_use]
    pub fn hs256_with_weak_secret(secret: impl AsRef<[u8]>) -> Self {
        Self::new(Some(Key::secret(secret.as_ref())), Vec::new())
    }

    /// Tokens signed with a private key whose public part is in this JWK set (the JSON text): RS256
    /// of at least 2048 bits, ES256 or `EdDSA` (Ed25519). Keys of other kinds are passed over.
    ///
    /// # Errors
    /// [`KeyError`] when the text is no set, or no key of it is usable.
    pub fn jwks(json: &str) -> Result<Self, KeyError> {
        Ok(Self::new(None, read_set(json)?))
    }

    /// Takes tokens of a JWK set as well.
    ///
    /// # Errors
    /// As [`JwtAuthenticator::jwks`].
    pub fn and_jwks(mut self, json: &str) -> Result<Self, KeyError> {
        self.set = read_set(json)?;
        Ok(self)
    }

    /// Takes tokens of this `iss` only.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Takes tokens for this `aud` only.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Another clock to hold tokens against.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    fn check(&self, token: &str) -> Result<Identity, AuthError> {
        if token.len() > MAX_TOKEN {
            return Err(refused("it is too long"));
        }
        let header = decode_header(token).map_err(|_| refused("it is not a JSON Web Token"))?;
        check_header(&header)?;
        let key = self.key(header.kid.as_deref())?;
        let data =
            decode(token, &key.decoding, &key.validation).map_err(|error| why(error.kind()))?;
        let (issuer, audience) = (self.issuer.as_deref(), self.audience.as_deref());
        Claims(data.claims).identity(self.clock.now(), issuer, audience)
    }

    fn key(&self, kid: Option<&str>) -> Result<&Key, AuthError> {
        let named = match (kid, self.set.as_slice()) {
            (None, [only]) if self.secret.is_none() => Some(only),
            (None, _) => None,
            (kid, set) => set.iter().find(|key| key.kid.as_deref() == kid),
        };
        named
            .or(self.secret.as_ref())
            .ok_or_else(|| refused("its key is not known"))
    }
}

/// A header that demands what is not understood here, or belongs to another kind of token.
fn check_header(header: &Header) -> Result<(), AuthError> {
    if header.crit.is_some() {
        return Err(refused("it has critical headers"));
    }
    let kinds = ["jwt", "at+jwt", "application/at+jwt"];
    match &header.typ {
        Some(typ) if !kinds.iter().any(|kind| typ.eq_ignore_ascii_case(kind)) => {
            Err(refused("it is another kind of token"))
        }
        _ => Ok(()),
    }
}

fn why(error: &ErrorKind) -> AuthError {
    match error {
        ErrorKind::InvalidAlgorithm => refused("its algorithm is not its key's"),
        ErrorKind::InvalidSignature => refused("its signature is wrong"),
        _ => refused("it cannot be read"),
    }
}

#[async_trait]
impl Authenticator for JwtAuthenticator {
    async fn authenticate(&self, token: &str) -> Result<Identity, AuthError> {
        self.check(token)
    }
}
