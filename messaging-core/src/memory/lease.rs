//! Leases.

use async_trait::async_trait;

use super::MemoryStore;
use crate::{clock::Timestamp, error::StoreError, lease::LeaseStore};

#[async_trait]
impl LeaseStore for MemoryStore {
    async fn take_lease(
        &self,
        name: &str,
        holder: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut state = self.state()?;
        let held = state.leases.get(name);
        if held.is_some_and(|(other, until)| other != holder && at < *until) {
            return Ok(false);
        }
        state
            .leases
            .insert(name.to_owned(), (holder.to_owned(), until));
        Ok(true)
    }

    async fn release_lease(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        let mut state = self.state()?;
        if state
            .leases
            .get(name)
            .is_some_and(|(held, _)| held == holder)
        {
            state.leases.remove(name);
        }
        Ok(())
    }
}
