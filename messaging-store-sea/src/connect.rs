//! Opening connections: one that writes, a pool that reads.

use std::time::Duration;

use messaging_core::error::StoreError;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use tokio::time::{Instant, sleep};

use crate::{SeaOptions, dialect::Dialect, failure::is_busy};

/// Which database an address names. One that every connection would see another database at is
/// refused.
pub(crate) fn dialect(url: &str) -> Result<Dialect, StoreError> {
    let scheme = url.split(':').next().unwrap_or_default();
    match scheme {
        "postgres" | "postgresql" => Ok(Dialect::Postgres),
        "sqlite" if url.contains(":memory:") || url.contains("mode=memory") => {
            Err(StoreError::backend(
                "an SQLite database in memory is another one for each connection: name a file",
            ))
        }
        "sqlite" => Ok(Dialect::Sqlite),
        _ => Err(StoreError::backend(
            "the address of a database begins with sqlite:// or postgres://",
        )),
    }
}

/// The connection that writes. It is checked by using it, not before.
pub(crate) async fn writer(
    url: &str,
    dialect: Dialect,
    options: &SeaOptions,
) -> Result<DatabaseConnection, DbErr> {
    let mut connect = common(url, dialect, options);
    // A node that is cut off must not hold the log's lock for ever.
    let idle = options.statement_timeout.as_millis().to_string();
    connect
        .max_connections(1)
        .test_before_acquire(false)
        .statement_timeout(options.statement_timeout)
        .map_sqlx_postgres_opts(move |options| {
            options.options([
                ("idle_in_transaction_session_timeout", idle.as_str()),
                // Each statement sees what was committed before it, once the log's lock is held.
                ("default_transaction_isolation", "read committed"),
                // Planned by the sizes of the moment: a plan that was made for tables that were still
                // empty, and kept, read a whole thread's messages for each new one.
                ("plan_cache_mode", "force_custom_plan"),
                ("jit", "off"),
            ])
        });
    open(connect, options.acquire_timeout).await
}

/// The pool that reads. On SQLite it cannot write.
pub(crate) async fn readers(
    url: &str,
    dialect: Dialect,
    options: &SeaOptions,
) -> Result<DatabaseConnection, DbErr> {
    let mut connect = common(url, dialect, options);
    let busy = options.statement_timeout;
    connect
        .max_connections(options.readers)
        .test_before_acquire(dialect == Dialect::Postgres)
        .statement_timeout(options.statement_timeout)
        .map_sqlx_sqlite_opts(move |options| durable(options, busy).pragma("query_only", "ON"));
    open(connect, options.acquire_timeout).await
}

/// A connection for migrations, which may take their time.
pub(crate) async fn migrator(
    url: &str,
    dialect: Dialect,
    options: &SeaOptions,
) -> Result<DatabaseConnection, DbErr> {
    let mut connect = common(url, dialect, options);
    connect.max_connections(1);
    open(connect, options.acquire_timeout).await
}

/// Opens connections. A database that is busy for a moment is asked again: SQLite does not wait by
/// itself while another process makes the file a WAL one.
async fn open(connect: ConnectOptions, wait: Duration) -> Result<DatabaseConnection, DbErr> {
    const PAUSE: Duration = Duration::from_millis(20);
    let give_up = Instant::now() + wait;
    loop {
        match Database::connect(connect.clone()).await {
            Err(error) if is_busy(&error) && Instant::now() < give_up => sleep(PAUSE).await,
            result => return result,
        }
    }
}

fn common(url: &str, dialect: Dialect, options: &SeaOptions) -> ConnectOptions {
    let mut connect = ConnectOptions::new(url);
    connect
        .connect_timeout(options.acquire_timeout)
        .acquire_timeout(options.acquire_timeout)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    let busy = options.statement_timeout;
    match dialect {
        Dialect::Postgres => connect.set_application_name("messaging"),
        Dialect::Sqlite => connect
            .idle_timeout(None)
            .max_lifetime(None)
            .map_sqlx_sqlite_opts(move |options| durable(options, busy)),
    };
    connect
}

/// What is acknowledged survives a power cut: every commit is synced (`FULL`).
fn durable(options: SqliteConnectOptions, busy: Duration) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(busy)
        .foreign_keys(true)
        // A text for each number of places: more than the hundred that are kept unless told.
        .statement_cache_capacity(256)
        // A whole page fits: the thread that reads need not wait for rows to be fetched.
        .row_buffer_size(256)
}
