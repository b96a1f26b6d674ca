//! Taking an event in.

use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::Position,
    log::Committed,
    platform::{PlatformChange, PlatformEvent, ReceiveError, Reception},
    quota::QuotaChange,
};

use crate::{
    account::set_account,
    quota::{self, change_quota},
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
    type Error = ReceiveError;

    fn needs(&self, needs: &mut Needs) {
        needs.events.insert(self.event.key.clone());
        needs.topics.extend(self.event.change.topic());
        match &self.event.change {
            PlatformChange::Account { user_id, .. } => {
                needs.accounts.insert(user_id.clone());
                needs.sweeps.insert(user_id.clone());
            }
            PlatformChange::Quota(change) => quota::needs_of_change(change, self.at, needs),
            _ => {}
        }
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, ReceiveError> {
        let Self { event, at } = self;
        if unit.platform.events.get(&event.key).is_some() {
            return Ok(Committed::unchanged(Reception::Repeated));
        }
        let topic = event.change.topic();
        let newest = topic
            .as_ref()
            .and_then(|topic| unit.platform.topics.get(topic));
        if newest.is_some_and(|newest| event.happened_at < *newest) {
            unit.platform.events.insert(event.key.clone(), *at);
            return Ok(Committed::unchanged(Reception::Outdated));
        }
        let (value, position) = self.change(unit)?;
        unit.platform.events.insert(event.key.clone(), *at);
        if let Some(topic) = topic {
            unit.platform.topics.insert(topic, event.happened_at);
        }
        Ok(Committed { value, position })
    }
}

impl Receive {
    fn change(&self, unit: &mut Unit) -> Result<(Reception, Option<Position>), ReceiveError> {
        let Self { event, at } = self;
        match &event.change {
            PlatformChange::Account { user_id, change } => {
                let position = set_account(unit, user_id, change, *at)?.position;
                Ok((Reception::Applied, position))
            }
            PlatformChange::Quota(change) => {
                let position = change_quota(unit, change, event.happened_at, *at)?.position;
                let has_own_id = matches!(change, QuotaChange::Grant(_) | QuotaChange::Purchase(_));
                let reception = match position {
                    None if has_own_id => Reception::Repeated,
                    _ => Reception::Applied,
                };
                Ok((reception, position))
            }
            _ => Err(StoreError::backend("an event of a newer version").into()),
        }
    }
}
