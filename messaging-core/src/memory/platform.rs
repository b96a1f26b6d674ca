//! Events of the platform.

use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    clock::Timestamp,
    log::Committed,
    platform::{PlatformChange, PlatformEvent, PlatformStore, ReceiveError, Reception},
    quota::QuotaChange,
};

#[async_trait]
impl PlatformStore for MemoryStore {
    async fn receive(
        &self,
        event: PlatformEvent,
        at: Timestamp,
    ) -> Result<Committed<Reception>, ReceiveError> {
        let mut state = self.state()?;
        if state.events.contains(&event.key) {
            return Ok(Committed::unchanged(Reception::Repeated));
        }
        let topic = event.change.topic();
        let newest = topic.as_ref().and_then(|topic| state.topics.get(topic));
        if newest.is_some_and(|newest| event.happened_at < *newest) {
            state.events.insert(event.key);
            return Ok(Committed::unchanged(Reception::Outdated));
        }
        let has_own_id = matches!(
            event.change,
            PlatformChange::Quota(QuotaChange::Grant(_) | QuotaChange::Purchase(_))
        );
        let position = match event.change {
            PlatformChange::Account { user_id, change } => {
                state.set_account(&user_id, change, at).position
            }
            PlatformChange::Quota(change) => {
                state.change_quota(change, event.happened_at, at)?.position
            }
        };
        state.events.insert(event.key);
        if let Some(topic) = topic {
            state.topics.insert(topic, event.happened_at);
        }
        let value = match position {
            None if has_own_id => Reception::Repeated,
            _ => Reception::Applied,
        };
        Ok(Committed { value, position })
    }
}
