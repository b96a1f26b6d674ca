//! What may be set about a store.

use std::time::Duration;

use messaging_core::error::StoreError;

use crate::{SeaStore, TablePrefix};

/// How a store is opened. The defaults suit a server; every wait has an end.
#[derive(Debug, Clone)]
pub struct SeaOptions {
    pub(crate) prefix: TablePrefix,
    pub(crate) migrate: bool,
    pub(crate) queue: usize,
    pub(crate) group: usize,
    pub(crate) readers: u32,
    pub(crate) acquire_timeout: Duration,
    pub(crate) statement_timeout: Duration,
}

impl Default for SeaOptions {
    fn default() -> Self {
        Self {
            prefix: TablePrefix::default(),
            migrate: true,
            queue: 4096,
            group: 256,
            readers: 8,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
        }
    }
}

impl SeaOptions {
    /// What the tables' names begin with.
    #[must_use]
    pub fn prefix(mut self, prefix: TablePrefix) -> Self {
        self.prefix = prefix;
        self
    }

    /// Whether opening applies pending migrations. It does unless told otherwise.
    #[must_use]
    pub fn migrate(mut self, migrate: bool) -> Self {
        self.migrate = migrate;
        self
    }

    /// How many changes may wait for the writer; one more is refused as unavailable.
    #[must_use]
    pub fn queue(mut self, changes: usize) -> Self {
        self.queue = changes.max(1);
        self
    }

    /// How many changes one transaction takes at most.
    #[must_use]
    pub fn group(mut self, changes: usize) -> Self {
        self.group = changes.max(1);
        self
    }

    /// How many connections read.
    #[must_use]
    pub fn readers(mut self, connections: u32) -> Self {
        self.readers = connections.max(1);
        self
    }

    /// How long to wait for a connection.
    #[must_use]
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// How long one read, or one transaction of the writer, may take.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// Opens the store.
    ///
    /// # Errors
    /// As [`SeaStore::connect`].
    pub async fn connect(self, url: &str) -> Result<SeaStore, StoreError> {
        // Opening holds much at once; its caller need not.
        Box::pin(SeaStore::open(url, self)).await
    }
}
