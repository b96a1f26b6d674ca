//! What limits the library, or what people would write without it.

pub(crate) mod coalesce;
pub(crate) mod group;
mod load;
mod process;
pub(crate) mod relay;
mod stamp;
#[cfg(test)]
mod tests;
pub(crate) mod transaction;

use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

pub(crate) use load::{Load, Stored};

/// Something that stores message number `number` in thread number `thread`, durably.
pub(crate) trait Sender: Clone + Send + Sync + 'static {
    /// Comes back when the message is stored for good.
    fn send(&self, thread: usize, number: u64) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// SQLite as durable as the library has it: every commit is synced.
fn sqlite_options(url: &str) -> sqlx::Result<SqliteConnectOptions> {
    let options: SqliteConnectOptions = url.parse()?;
    Ok(options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10))
        .foreign_keys(true))
}
