//! Setting and lifting blocks.

use messaging_core::{clock::Timestamp, error::StoreError, id::UserId};

use crate::{
    unit::{Needs, Unit},
    writer::Command,
};

/// The first of the pair blocks the second.
#[derive(Debug)]
pub(super) struct AddBlock {
    pub(super) pair: (UserId, UserId),
    pub(super) at: Timestamp,
}

impl Command for AddBlock {
    type Output = ();
    type Error = StoreError;

    fn needs(&self, needs: &mut Needs) {
        needs.blocks.insert(self.pair.clone());
    }

    fn apply(&self, unit: &mut Unit) -> Result<(), StoreError> {
        if unit.blocks.get(&self.pair).is_none() {
            unit.blocks.insert(self.pair.clone(), self.at);
        }
        Ok(())
    }
}

/// The first of the pair blocks the second no longer.
#[derive(Debug)]
pub(super) struct RemoveBlock {
    pub(super) pair: (UserId, UserId),
}

impl Command for RemoveBlock {
    type Output = ();
    type Error = StoreError;

    fn needs(&self, needs: &mut Needs) {
        needs.blocks.insert(self.pair.clone());
    }

    fn apply(&self, unit: &mut Unit) -> Result<(), StoreError> {
        unit.blocks.remove(&self.pair);
        Ok(())
    }
}
