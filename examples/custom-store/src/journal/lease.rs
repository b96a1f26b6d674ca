//! Leases. They are no longer than moments, and this store is one process's: nothing is written down.

use async_trait::async_trait;
use messaging_core::{clock::Timestamp, error::StoreError, lease::LeaseStore};

use super::JournalStore;

#[async_trait]
impl LeaseStore for JournalStore {
    async fn take_lease(
        &self,
        name: &str,
        holder: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.memory.take_lease(name, holder, until, at).await
    }

    async fn release_lease(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        self.memory.release_lease(name, holder).await
    }
}
