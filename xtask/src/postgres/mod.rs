//! Finds a PostgreSQL for the tests, or starts one.

mod install;
mod private;
mod probe;

use std::env;

use anyhow::{Result, bail};

use private::PrivateServer;
use probe::{Address, Server};

/// The oldest major version that is supported.
const OLDEST: u32 = 15;

/// A PostgreSQL in which tests may create databases.
#[derive(Debug)]
pub(crate) enum Postgres {
    /// The caller named it.
    Given(String),
    /// It was running.
    Running(String),
    /// It was started for the tests and stops with this value.
    Private(PrivateServer),
}

impl Postgres {
    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Given(url) | Self::Running(url) => url,
            Self::Private(server) => server.url(),
        }
    }

    /// Where it comes from, in words. A given URL may hold a password and is not shown.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Given(_) => "the one that the environment names".to_owned(),
            Self::Running(url) => format!("the running one, {url}"),
            Self::Private(server) => format!("a private one, {}", server.url()),
        }
    }
}

/// Takes the one that `variable` names, else one that runs on this machine and lets us in, else
/// starts a private one from installed binaries, which are installed first where that is possible.
pub(crate) fn find(variable: &str) -> Result<Postgres> {
    if let Ok(url) = env::var(variable)
        && !url.is_empty()
    {
        return Ok(Postgres::Given(url));
    }
    if let Some(url) = find_running() {
        return Ok(Postgres::Running(url));
    }
    if let Some(bin) = private::find_binaries() {
        return Ok(Postgres::Private(PrivateServer::start(&bin)?));
    }
    install::install()?;
    match private::find_binaries() {
        Some(bin) => Ok(Postgres::Private(PrivateServer::start(&bin)?)),
        None => bail!("PostgreSQL was installed, but initdb and postgres are nowhere to be found"),
    }
}

/// A server on the usual port, or the usual socket, where postgres or the current user may create
/// databases without a password.
fn find_running() -> Option<String> {
    let user = env::var("USER").unwrap_or_default();
    let sockets = ["/var/run/postgresql", "/tmp"].map(|dir| Address::Socket(dir.into(), 5432));
    let addresses = std::iter::once(Address::Tcp(5432)).chain(sockets);
    for address in addresses {
        for user in ["postgres", &user] {
            let known = probe::probe(&address, user).ok();
            if known.is_some_and(Server::is_usable) {
                return Some(address.url(user));
            }
        }
    }
    None
}

impl Server {
    fn is_usable(self) -> bool {
        self.version >= OLDEST && self.may_create_databases
    }
}
