//! `token`: makes tokens, for trying things out and for the chat client.

use std::{
    io::{self, Write},
    time::Duration,
};

use anyhow::{Context, Result};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use messaging_core::{
    caller::{Caller, Role},
    clock::{Clock, SystemClock, Timestamp},
    id::UserId,
};
use serde::Serialize;

use crate::settings::{Secret, Tokens, parse_duration};

/// Whom the token is for.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The user's id.
    #[arg(long)]
    user: UserId,
    /// client, creator, admin or service.
    #[arg(long)]
    role: Role,
    /// How long it lasts, in place of `JWT_EXPIRATION`.
    #[arg(long, value_parser = parse_duration)]
    ttl: Option<Duration>,
    #[command(flatten)]
    tokens: Tokens,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let caller = Caller::new(args.user.clone(), args.role);
    let ttl = args.ttl.unwrap_or(args.tokens.jwt_expiration);
    let token = issue(&args.tokens, &caller, ttl, SystemClock.now())?;
    writeln!(io::stdout(), "{}", token.expose())?;
    Ok(())
}

#[derive(Debug, Serialize)]
struct Claims<'a> {
    sub: &'a UserId,
    role: Role,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<&'a str>,
}

/// Signs a token for `caller` that lasts from `now` for `ttl`.
pub(crate) fn issue(
    tokens: &Tokens,
    caller: &Caller,
    ttl: Duration,
    now: Timestamp,
) -> Result<Secret> {
    let secret = tokens.secret()?.context("JWT_SECRET is not set")?;
    let claims = Claims {
        sub: &caller.user_id,
        role: caller.role,
        iat: now.as_millis() / 1000,
        exp: now.after(ttl).as_millis() / 1000,
        iss: tokens.issuer(),
        aud: tokens.audience(),
    };
    let key = EncodingKey::from_secret(secret.as_bytes());
    let token = encode(&Header::new(Algorithm::HS256), &claims, &key)?;
    Ok(Secret::new(token))
}
