//! Putting a tag on a thread.

use messaging_core::{
    clock::Timestamp,
    id::{TagId, ThreadId, UserId},
    log::{Change, Committed},
    tag::{Tag, TagError},
};

use super::change::check_own;
use crate::{
    unit::{Needs, Unit},
    writer::Command,
};

/// Puts a tag on a thread, or takes it off.
#[derive(Debug)]
pub(super) struct ApplyTag {
    pub(super) owner: UserId,
    pub(super) tag_id: TagId,
    pub(super) thread_id: ThreadId,
    pub(super) applied: bool,
    pub(super) at: Timestamp,
}

impl Command for ApplyTag {
    type Output = Committed<Tag>;
    type Error = TagError;

    fn needs(&self, needs: &mut Needs) {
        needs.tag_owners.insert(self.owner.clone());
        needs.tagged.insert((self.owner.clone(), self.thread_id));
        let named = (self.thread_id, self.owner.clone());
        needs.participants.insert(named);
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, TagError> {
        check_own(unit, &self.owner, self.tag_id)?;
        if unit.participant(self.thread_id, &self.owner).is_none() {
            return Err(TagError::NoSuchThread);
        }
        let changed = unit.set_tagged(&self.owner, self.thread_id, self.tag_id, self.applied);
        let row = unit.tags.get(&self.tag_id).ok_or(TagError::NoSuchTag)?;
        let tag = row.tag.clone();
        if !changed {
            return Ok(Committed::unchanged(tag));
        }
        let audience = [self.owner.clone()].into();
        let thread_id = self.thread_id;
        let change = Change::ThreadSettings { thread_id };
        let position = unit.log(self.at, Some(&self.owner), audience, change);
        Ok(Committed::at(position, tag))
    }
}
