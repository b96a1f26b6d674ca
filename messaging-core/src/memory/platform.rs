//! Events of the platform.

use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    clock::Timestamp,
    error::StoreError,
    log::Committed,
    platform::{PlatformChange, PlatformEvent, PlatformStore, Reception},
};

#[async_trait]
impl PlatformStore for MemoryStore {
    async fn receive(
        &self,
        event: PlatformEvent,
        at: Timestamp,
    ) -> Result<Committed<Reception>, StoreError> {
        let mut state = self.state()?;
        if !state.events.insert(event.key) {
            return Ok(Committed::unchanged(Reception::Repeated));
        }
        let newest = state.topics.entry(event.change.topic());
        let newest = newest.or_insert(event.happened_at);
        if event.happened_at < *newest {
            return Ok(Committed::unchanged(Reception::Outdated));
        }
        *newest = event.happened_at;
        let position = match event.change {
            PlatformChange::Account { user_id, change } => {
                state.set_account(&user_id, change, at).position
            }
        };
        Ok(Committed {
            value: Reception::Applied,
            position,
        })
    }
}
