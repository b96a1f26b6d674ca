//! Fresh databases for tests and benches.
//!
//! PostgreSQL is looked for at `MESSAGING_TEST_POSTGRES_URL`, then at `127.0.0.1:5432` as user
//! `postgres`. When neither answers, the test fails and says what to do: nothing is skipped.

use std::{env, fs, path::PathBuf};

use messaging_core::id::{IdGenerator, RandomIds};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr};

/// Where tests find a PostgreSQL server on which they may create databases.
pub const POSTGRES_URL: &str = "MESSAGING_TEST_POSTGRES_URL";

const LOCAL_SERVER: &str = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable";

/// An empty database of one test's own; gone when dropped.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(PathBuf),
    Server { admin_url: String, name: String },
}

impl TestDatabase {
    /// A file in a folder of its own.
    ///
    /// # Panics
    /// When the system's folder for temporary files cannot be written.
    pub fn sqlite() -> Self {
        let folder = env::temp_dir().join(unique_name());
        fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
        let file = folder.join("messaging.db");
        Self {
            url: format!("sqlite://{}?mode=rwc", file.display()),
            place: Place::Folder(folder),
        }
    }

    /// A database on the tests' PostgreSQL server.
    ///
    /// # Panics
    /// When there is no server, or it does not let us create databases.
    pub async fn postgres() -> Self {
        let admin_url = env::var(POSTGRES_URL).unwrap_or_else(|_| LOCAL_SERVER.to_owned());
        let name = unique_name();
        if let Err(error) = execute(&admin_url, &format!("CREATE DATABASE {name}")).await {
            panic!(
                "no test database at {admin_url}: {error}; \
                 run `cargo xtask test` or set {POSTGRES_URL}"
            );
        }
        Self {
            url: with_database(&admin_url, &name),
            place: Place::Server { admin_url, name },
        }
    }

    /// The address to connect to.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.place {
            Place::Folder(folder) => {
                // A folder that stays behind in a temporary place fails no test.
                let _ = fs::remove_dir_all(folder);
            }
            Place::Server { admin_url, name } => {
                let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                drop_database(admin_url.clone(), sql);
            }
        }
    }
}

/// Dropping may happen inside a runtime, where blocking is not allowed: hence the thread.
fn drop_database(admin_url: String, sql: String) {
    let dropping = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime
            .block_on(execute(&admin_url, &sql))
            .map_err(std::io::Error::other)
    });
    if !matches!(dropping.join(), Ok(Ok(()))) {
        tracing::warn!("a test database stays behind");
    }
}

async fn execute(url: &str, sql: &str) -> Result<(), DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let connection: DatabaseConnection = Database::connect(options).await?;
    connection.execute_unprepared(sql).await?;
    connection.close().await
}

/// Unique on the machine: tests run in many processes.
fn unique_name() -> String {
    format!("messaging_test_{}", RandomIds.next_uuid().simple())
}

/// The same server's address with another database.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let (authority, _) = rest.split_once('/').unwrap_or((rest, ""));
    let separator = if query.is_empty() { "" } else { "?" };
    format!("{scheme}://{authority}/{name}{separator}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_of_an_address_is_replaced() {
        let cases = [
            ("postgres://h", "postgres://h/x"),
            ("postgres://u:p@h:1/db", "postgres://u:p@h:1/x"),
            (
                "postgres://h/db?sslmode=disable",
                "postgres://h/x?sslmode=disable",
            ),
        ];
        for (url, expected) in cases {
            assert_eq!(with_database(url, "x"), expected);
        }
    }
}
