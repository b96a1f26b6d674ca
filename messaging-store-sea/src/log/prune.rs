//! Forgetting the oldest entries.

use messaging_core::{clock::Timestamp, error::StoreError};

use crate::{
    unit::{Needs, Unit},
    writer::Command,
};

/// Forgets entries made before a moment, the oldest first.
#[derive(Debug)]
pub(super) struct Prune {
    pub(super) before: Timestamp,
    pub(super) limit: usize,
}

impl Command for Prune {
    type Output = u64;
    type Error = StoreError;

    fn needs(&self, needs: &mut Needs) {
        let asked = needs.prunable.unwrap_or(0);
        // Several calls of one group go on where the one before ended.
        needs.prunable = Some(asked.saturating_add(self.limit));
    }

    fn apply(&self, unit: &mut Unit) -> Result<u64, StoreError> {
        let (head, pruned) = (unit.head(), unit.pruned);
        let kept = unit
            .oldest
            .iter()
            .filter(|(position, _)| *position > pruned);
        let gone = kept
            .take(self.limit)
            .take_while(|(position, at)| *position < head && *at < self.before);
        let (mut count, mut last) = (0, pruned);
        for (position, _) in gone {
            count += 1;
            last = *position;
        }
        unit.pruned = last;
        Ok(count)
    }
}
