//! Changing how one participant keeps a thread.

use messaging_core::{
    clock::Timestamp,
    id::{ThreadId, UserId},
    log::{Change, Committed},
    thread::{ArchiveReason, ThreadSettings, UpdateThreadError},
};

use crate::{
    unit::{Needs, Unit},
    writer::Command,
};

/// Archives, mutes, pins, and back.
#[derive(Debug)]
pub(super) struct SetSettings {
    pub(super) thread_id: ThreadId,
    pub(super) user_id: UserId,
    pub(super) settings: ThreadSettings,
    pub(super) at: Timestamp,
}

impl Command for SetSettings {
    type Output = Committed<()>;
    type Error = UpdateThreadError;

    fn needs(&self, needs: &mut Needs) {
        let named = (self.thread_id, self.user_id.clone());
        needs.participants.insert(named);
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, UpdateThreadError> {
        let thread_id = self.thread_id;
        let own = unit.participant_mut(thread_id, &self.user_id);
        let own = own.ok_or(UpdateThreadError::NoSuchThread)?;
        if self.settings.archived.is_some() {
            own.archived_for = None;
        }
        let before = (own.archived, own.muted, own.pinned);
        let after = (
            self.settings.archived.unwrap_or(own.archived),
            self.settings.muted.unwrap_or(own.muted),
            self.settings.pinned.unwrap_or(own.pinned),
        );
        if before == after {
            return Ok(Committed::unchanged(()));
        }
        (own.archived, own.muted, own.pinned) = after;
        let audience = [self.user_id.clone()].into();
        let change = if after.0 && !before.0 {
            Change::ThreadArchived {
                thread_id,
                user_id: self.user_id.clone(),
                reason: ArchiveReason::User,
            }
        } else {
            Change::ThreadSettings { thread_id }
        };
        let position = unit.log(self.at, Some(&self.user_id), audience, change);
        Ok(Committed::at(position, ()))
    }
}
