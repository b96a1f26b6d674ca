//! A database of a test's own.

use std::path::{Path, PathBuf};

use messaging_store_sea::testkit::TestDatabase;
use sea_orm::{ConnectOptions, ConnectionTrait, Statement};
use tempfile::TempDir;

/// A fresh database and a folder for the server's data. Both go when this is dropped.
#[derive(Debug)]
pub(crate) struct Database {
    folder: TempDir,
    postgres: Option<TestDatabase>,
}

impl Database {
    /// A file that the server will create.
    pub(crate) fn sqlite() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            postgres: None,
        }
    }

    /// An empty database of a PostgreSQL server.
    pub(crate) async fn postgres() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            postgres: Some(TestDatabase::postgres().await),
        }
    }

    /// Where the server finds it.
    pub(crate) fn url(&self) -> String {
        if let Some(database) = &self.postgres {
            return database.url().to_owned();
        }
        let file = self.folder.path().join("messaging.db");
        format!("sqlite://{}?mode=rwc", file.display())
    }

    /// The one number that a query gives, read over a connection beside the server's own.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let mut options = ConnectOptions::new(self.url());
        options.max_connections(1).sqlx_logging(false);
        let connection = sea_orm::Database::connect(options).await.unwrap();
        let backend = connection.get_database_backend();
        let row = connection.query_one_raw(Statement::from_string(backend, sql));
        let row = row.await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let number = row.unwrap().try_get_by_index(0).unwrap();
        connection.close().await.unwrap();
        number
    }

    /// The server's data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file of the test's own, beside the data.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}
