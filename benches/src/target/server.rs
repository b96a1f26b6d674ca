//! The server as a process of its own.

use std::{process::Stdio, time::Duration};

use anyhow::Context;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{Instant, timeout},
};

use super::{SECRET, build::server_binary};

/// How long a server may take until it listens: on a database of millions of rows, too.
const START: Duration = Duration::from_mins(1);

/// A running server; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) pid: u32,
    /// `127.0.0.1:port`.
    pub(crate) address: String,
    /// From its start until it listened.
    pub(crate) ready_after: Duration,
}

impl Server {
    /// Starts a server on the database, on a free port and without a limit on requests.
    pub(crate) async fn start(database_url: &str) -> anyhow::Result<Self> {
        let binary = server_binary().await?;
        let began = Instant::now();
        let mut child = Command::new(binary)
            .arg("serve")
            .env("DATABASE_URL", database_url)
            .env("JWT_SECRET", SECRET)
            .env("MESSAGING_API_PORT", "0")
            .env("MESSAGING_THROTTLE_LIMIT", "0")
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let pid = child.id().context("the server ended at once")?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = timeout(START, lines.next_line()).await;
        let first = first.context("the server does not start")??;
        let first = first.context("the server ended at once")?;
        let address = first
            .split("http://")
            .nth(1)
            .context("the server did not say where it listens")?
            .trim()
            .to_owned();
        Ok(Self {
            child,
            pid,
            address,
            ready_after: began.elapsed(),
        })
    }

    /// Kills it and waits until it is gone.
    pub(crate) async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }
}
