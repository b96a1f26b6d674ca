//! Which database, and what it uses.

use std::{fmt, time::Duration};

use clap::ValueEnum;
use messaging_store_sea::testkit::TestDatabase;

use super::process;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    /// An empty one, gone when dropped.
    pub(crate) async fn create(self) -> TestDatabase {
        match self {
            Self::Sqlite => TestDatabase::sqlite(),
            Self::Postgres => Box::pin(TestDatabase::postgres()).await,
        }
    }

    /// Processor time of the database's own processes on this machine, for whatever they have done
    /// since they were started. None where there are none; SQLite works in the caller's process.
    pub(crate) fn cpu(self) -> anyhow::Result<Option<Duration>> {
        match self {
            Self::Sqlite => Ok(Some(Duration::ZERO)),
            Self::Postgres => process::cpu_of_all("postgres"),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}
