//! What tokens are signed with and must say.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result, bail};

use super::{
    Secret,
    value::{given, parse_duration},
};

/// The shortest secret: as many bytes as the hash of HS256 has (RFC 7518, section 3.2).
const MIN_SECRET: usize = 32;

/// What tokens are signed with and must say.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Tokens")]
pub(crate) struct Tokens {
    /// The secret of tokens signed with HS256: at least 32 bytes.
    #[arg(
        id = "JWT_SECRET",
        long = "jwt-secret",
        env = "JWT_SECRET",
        value_name = "JWT_SECRET",
        hide_env_values = true
    )]
    secret: Option<Secret>,
    /// How long tokens last that this program makes.
    #[arg(
        id = "JWT_EXPIRATION",
        long = "jwt-expiration",
        env = "JWT_EXPIRATION",
        value_name = "JWT_EXPIRATION",
        default_value = "24h",
        value_parser = parse_duration
    )]
    pub(crate) expiration: Duration,
    /// A file with the public keys of tokens signed with RS256, ES256 or `EdDSA`.
    #[arg(
        id = "JWT_JWKS_FILE",
        long = "jwt-jwks-file",
        env = "JWT_JWKS_FILE",
        value_name = "JWT_JWKS_FILE"
    )]
    jwks_file: Option<PathBuf>,
    /// Whom tokens must be issued by.
    #[arg(
        id = "JWT_ISSUER",
        long = "jwt-issuer",
        env = "JWT_ISSUER",
        value_name = "JWT_ISSUER"
    )]
    issuer: Option<String>,
    /// Whom tokens must be meant for.
    #[arg(
        id = "JWT_AUDIENCE",
        long = "jwt-audience",
        env = "JWT_AUDIENCE",
        value_name = "JWT_AUDIENCE"
    )]
    audience: Option<String>,
}

impl Tokens {
    /// Tokens of one secret and nothing else, for the demo.
    pub(crate) fn of_secret(secret: Secret) -> Self {
        Self {
            secret: Some(secret),
            expiration: Duration::from_hours(24),
            jwks_file: None,
            issuer: None,
            audience: None,
        }
    }

    /// The secret, if there is one; refused when it is too short to be one.
    pub(crate) fn secret(&self) -> Result<Option<&str>> {
        let secret = given(self.secret.as_ref());
        match secret.map(str::len) {
            Some(length) if length < MIN_SECRET => bail!(
                "JWT_SECRET must be at least {MIN_SECRET} bytes long and has {length}; \
                 `openssl rand -base64 48` makes a good one"
            ),
            _ => Ok(secret),
        }
    }

    /// The text of the file of public keys, if one is named.
    pub(crate) fn key_set(&self) -> Result<Option<String>> {
        let file = self.jwks_file.as_ref();
        let Some(file) = file.filter(|file| !file.as_os_str().is_empty()) else {
            return Ok(None);
        };
        let text = fs::read_to_string(file)
            .with_context(|| format!("JWT_JWKS_FILE: cannot read {}", file.display()))?;
        Ok(Some(text))
    }

    /// Whom tokens must be issued by.
    pub(crate) fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref().filter(|text| !text.is_empty())
    }

    /// Whom tokens must be meant for.
    pub(crate) fn audience(&self) -> Option<&str> {
        self.audience.as_deref().filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_secret_is_refused_by_name_and_never_shown() {
        let tokens = Tokens::of_secret(Secret::new("hunter2"));
        let error = tokens.secret().unwrap_err().to_string();
        assert!(error.starts_with("JWT_SECRET must be at least 32 bytes"));
        assert!(!error.contains("hunter2"));
        let tokens = Tokens::of_secret(Secret::new("x".repeat(32)));
        assert!(tokens.secret().unwrap().is_some());
    }
}
