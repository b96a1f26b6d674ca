//! What is measured: a server, its database, and what the operating system accounts them.

mod build;
mod database;
pub(crate) mod process;
mod server;

use messaging_store_sea::testkit::TestDatabase;

pub(crate) use database::Database;
pub(crate) use server::Server;

use crate::options::{Common, Which};

/// The secret of servers that are started to be measured.
const SECRET: &str = "a secret for benches, known to everyone who reads this";

/// A server to measure: one of our own on a database of its own, or one that ran already.
///
/// Dropping it ends a server of our own, and removes its database.
#[derive(Debug)]
pub(crate) struct Target {
    address: String,
    secret: String,
    pid: Option<u32>,
    // In this order: the server ends before its database goes.
    _own: Option<Server>,
    _database: Option<TestDatabase>,
}

impl Target {
    /// The server that the options name; without one, starts one on an empty database.
    pub(crate) async fn start(common: &Common, which: &Which) -> anyhow::Result<Self> {
        match (&which.server, &which.secret) {
            (Some(address), Some(secret)) => Ok(Self {
                address: address.clone(),
                secret: secret.clone(),
                pid: which.server_pid,
                _own: None,
                _database: None,
            }),
            _ => Self::on(common.database.create().await).await,
        }
    }

    /// Starts a server on a database that may hold something already.
    pub(crate) async fn on(database: TestDatabase) -> anyhow::Result<Self> {
        let server = Server::start(database.url()).await?;
        Ok(Self {
            address: server.address.clone(),
            secret: SECRET.to_owned(),
            pid: Some(server.pid),
            _own: Some(server),
            _database: Some(database),
        })
    }

    /// `host:port`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What its tokens are signed with.
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// The server's process, when it is known.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.pid
    }
}
