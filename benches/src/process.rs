//! The server as a process, and what the operating system accounts it.

use std::{path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{Instant, timeout},
};

/// The secret of servers that are started to be measured.
pub(crate) const SECRET: &str = "a secret for benches, known to everyone who reads this";

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// `127.0.0.1:port`.
    pub(crate) address: String,
    /// From its start to its first answer.
    pub(crate) ready_after: Duration,
}

impl Server {
    /// Starts the server that was built beside this program, on a database of its own.
    pub(crate) async fn start(database_url: &str) -> anyhow::Result<Self> {
        let began = Instant::now();
        let mut child = Command::new(binary()?)
            .arg("serve")
            .env("DATABASE_URL", database_url)
            .env("JWT_SECRET", SECRET)
            .env("MESSAGING_API_PORT", "0")
            .env("MESSAGING_THROTTLE_LIMIT", "0")
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = timeout(Duration::from_secs(30), lines.next_line()).await??;
        let first = first.context("the server ended at once")?;
        let address = first
            .split("http://")
            .nth(1)
            .context("the server did not say where it listens")?
            .trim()
            .to_owned();
        Ok(Self {
            child,
            address,
            ready_after: began.elapsed(),
        })
    }

    /// Memory that the process holds now, in KiB: its resident set.
    pub(crate) fn memory_kib(&self) -> anyhow::Result<u64> {
        let pid = self.child.id().context("the server has ended")?;
        let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        let line = rollup.lines().find(|line| line.starts_with("Rss:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(kib.context("the system does not tell")?.parse()?)
    }
}

/// The server's binary, in the folder of this one.
fn binary() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let binary = own.with_file_name("messaging-server");
    if !binary.exists() {
        bail!("build the server first: cargo build --release --package messaging-server");
    }
    Ok(binary)
}

/// Processor time that this process has used, with all its threads.
pub(crate) fn own_cpu() -> anyhow::Result<Duration> {
    // Fields 14 and 15 of /proc/self/stat, in ticks of a hundredth of a second (proc(5)); the
    // name in field 2 may hold spaces, so they are counted from its end.
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, rest) = stat.rsplit_once(')').context("no stat")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |index: usize| -> anyhow::Result<u64> {
        Ok(fields.get(index).context("no stat")?.parse()?)
    };
    Ok(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}
