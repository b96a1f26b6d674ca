//! Taking an event in.

use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    log::Committed,
    platform::{PlatformChange, PlatformEvent, Reception},
};

use crate::{
    account::set_account,
    unit::{Needs, Unit},
    writer::Command,
};

/// Notes an event and makes its change, once.
#[derive(Debug)]
pub(super) struct Receive {
    pub(super) event: PlatformEvent,
    pub(super) at: Timestamp,
}

impl Command for Receive {
    type Output = Committed<Reception>;
    type Error = StoreError;

    fn needs(&self, needs: &mut Needs) {
        needs.events.insert(self.event.key.clone());
        needs.topics.insert(self.event.change.topic());
        if let PlatformChange::Account { user_id, .. } = &self.event.change {
            needs.accounts.insert(user_id.clone());
        }
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, StoreError> {
        let Self { event, at } = self;
        if unit.platform.events.get(&event.key).is_some() {
            return Ok(Committed::unchanged(Reception::Repeated));
        }
        let topic = event.change.topic();
        let newest = unit.platform.topics.get(&topic);
        if newest.is_some_and(|newest| event.happened_at < *newest) {
            unit.platform.events.insert(event.key.clone(), *at);
            return Ok(Committed::unchanged(Reception::Outdated));
        }
        let position = match &event.change {
            PlatformChange::Account { user_id, change } => {
                set_account(unit, user_id, change, *at)?.position
            }
            _ => return Err(StoreError::backend("an event of a newer version")),
        };
        unit.platform.events.insert(event.key.clone(), *at);
        unit.platform.topics.insert(topic, event.happened_at);
        Ok(Committed {
            value: Reception::Applied,
            position,
        })
    }
}
