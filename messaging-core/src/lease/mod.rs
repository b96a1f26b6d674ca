//! Leases: of several processes on one database, one does a job.

use async_trait::async_trait;

use crate::{clock::Timestamp, error::StoreError};

/// Keeps who does which job.
#[async_trait]
pub trait LeaseStore: Send + Sync {
    /// Takes the job `name` for `holder` until a moment, or prolongs what the holder has, atomically.
    /// Answers whether the holder has it now: not when another has it at `at`. Who wants to keep a
    /// job prolongs it well before the moment.
    ///
    /// # Errors
    /// Only the store's own.
    async fn take_lease(
        &self,
        name: &str,
        holder: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Gives the job back, if the holder has it.
    ///
    /// # Errors
    /// Only the store's own.
    async fn release_lease(&self, name: &str, holder: &str) -> Result<(), StoreError>;
}
