//! Changing a thread for everyone.

use messaging_core::{
    clock::Timestamp,
    id::{ThreadId, UserId},
    log::{Change, Committed},
    thread::{ThreadChange, UpdateThreadError},
};

use crate::{
    convert::to_json,
    unit::{Needs, Unit},
    writer::Command,
};

/// Changes title or metadata.
#[derive(Debug)]
pub(super) struct UpdateThread {
    pub(super) thread_id: ThreadId,
    pub(super) user_id: UserId,
    pub(super) change: ThreadChange,
    pub(super) at: Timestamp,
}

impl Command for UpdateThread {
    type Output = Committed<()>;
    type Error = UpdateThreadError;

    fn needs(&self, needs: &mut Needs) {
        needs.threads.insert(self.thread_id);
        needs.accounts.insert(self.user_id.clone());
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, UpdateThreadError> {
        let thread_id = self.thread_id;
        if unit.participant(thread_id, &self.user_id).is_none() {
            return Err(UpdateThreadError::NoSuchThread);
        }
        if !unit.is_active(&self.user_id, self.at) {
            return Err(UpdateThreadError::CallerDisabled);
        }
        let thread = unit.threads.get_mut(&thread_id);
        let thread = thread.ok_or(UpdateThreadError::NoSuchThread)?;
        if let Some(title) = &self.change.title {
            thread.title.clone_from(title);
        }
        if let Some(metadata) = &self.change.metadata {
            thread.metadata = to_json(metadata);
        }
        thread.updated_at = self.at;
        let audience = unit.audience(thread_id);
        let change = Change::ThreadUpdated { thread_id };
        let position = unit.log(self.at, Some(&self.user_id), audience, change);
        Ok(Committed::at(position, ()))
    }
}
