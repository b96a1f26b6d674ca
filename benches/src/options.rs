//! Options that the scenarios share.

use std::{path::PathBuf, time::Duration};

use crate::target::Database;

/// What every scenario takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Common {
    /// Which database.
    #[arg(long, default_value = "sqlite")]
    pub(crate) database: Database,
    /// How many rounds of each of the things that are held against each other.
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: usize,
    /// How long a round lasts, in seconds.
    #[arg(long, default_value_t = 5)]
    pub(crate) seconds: u64,
    /// Where the report goes: `target/bench/<scenario>-<database>` unless told
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

impl Common {
    pub(crate) fn round(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// Which server: one of its own unless an address is given.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Which {
    /// A running server to measure, instead of one that is started for it. It should not limit
    /// requests (`MESSAGING_THROTTLE_LIMIT=0`).
    #[arg(long, value_name = "HOST:PORT", requires = "secret")]
    pub(crate) server: Option<String>,
    /// The running server's `JWT_SECRET`.
    #[arg(long, requires = "server", hide_env_values = true)]
    pub(crate) secret: Option<String>,
    /// The running server's process, where it runs on this machine: its CPU and memory are read
    /// from the operating system.
    #[arg(long, value_name = "PID", requires = "server")]
    pub(crate) server_pid: Option<u32>,
}
