//! A database of a test's own.

use std::path::{Path, PathBuf};

use messaging_store_sea::testkit::TestDatabase;
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
