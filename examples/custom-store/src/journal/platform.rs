//! Events of the platform.

use async_trait::async_trait;
use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::UserId,
    log::Committed,
    memory::MemoryStore,
    platform::{EventKey, PlatformChange, PlatformEvent, PlatformStore, ReceiveError, Reception},
};
use serde::{Deserialize, Serialize};

use super::{JournalStore, account, quota};

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call {
    source: String,
    id: String,
    happened_at: Timestamp,
    change: Change,
    at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    Account(UserId, account::Change),
    Quota(quota::Change),
}

impl Call {
    fn new(event: &PlatformEvent, at: Timestamp) -> Result<Self, StoreError> {
        let change = match &event.change {
            PlatformChange::Account { user_id, change } => {
                Change::Account(user_id.clone(), account::Change::new(change)?)
            }
            PlatformChange::Quota(change) => Change::Quota(quota::Change::new(change)?),
            // A later version of the core may know more.
            other => return Err(StoreError::backend(format!("{other:?} is not known here"))),
        };
        Ok(Self {
            source: event.key.source.clone(),
            id: event.key.id.clone(),
            happened_at: event.happened_at,
            change,
            at,
        })
    }

    pub(super) async fn make(self, store: &MemoryStore) {
        let event = PlatformEvent {
            key: EventKey {
                source: self.source,
                id: self.id,
            },
            happened_at: self.happened_at,
            change: match self.change {
                Change::Account(user_id, change) => PlatformChange::Account {
                    user_id,
                    change: change.into(),
                },
                Change::Quota(change) => PlatformChange::Quota(change.into()),
            },
        };
        drop(store.receive(event, self.at).await);
    }
}

#[async_trait]
impl PlatformStore for JournalStore {
    async fn receive(
        &self,
        event: PlatformEvent,
        at: Timestamp,
    ) -> Result<Committed<Reception>, ReceiveError> {
        let call = super::Call::Platform(Call::new(&event, at)?);
        self.write(call, self.memory.receive(event, at)).await
    }
}
