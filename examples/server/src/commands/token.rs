//! `token`: makes tokens, for trying things out and for the chat client.

use std::{
    io::{self, Write},
    time::Duration,
};

use anyhow::{Context, Result};
use messaging_core::{
    caller::{Caller, Role},
    id::UserId,
};
use messaging_warp::JwtIssuer;

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
    let token = issue(&args.tokens, &caller, args.ttl)?;
    writeln!(io::stdout(), "{}", token.expose())?;
    Ok(())
}

/// Signs a token for `caller` that lasts for `ttl`, or as long as the settings say.
pub(crate) fn issue(tokens: &Tokens, caller: &Caller, ttl: Option<Duration>) -> Result<Secret> {
    let secret = tokens.secret()?.context("JWT_SECRET is not set")?;
    let mut issuer = JwtIssuer::hs256(secret)?;
    if let Some(name) = tokens.issuer() {
        issuer = issuer.issuer(name);
    }
    if let Some(audience) = tokens.audience() {
        issuer = issuer.audience(audience);
    }
    let token = issuer.sign(caller, ttl.unwrap_or(tokens.expiration))?;
    Ok(Secret::new(token))
}
