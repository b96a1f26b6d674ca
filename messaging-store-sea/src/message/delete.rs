//! Turning a message into a tombstone.

use std::sync::Arc;

use messaging_core::{
    log::{Change, Committed},
    message::{DeleteError, Message, Removal},
};

use crate::{
    unit::{Needs, Unit},
    writer::Command,
};

/// Deletes what a message says, and all that could tell it.
#[derive(Debug)]
pub(super) struct DeleteMessage(pub(super) Removal);

impl Command for DeleteMessage {
    type Output = Committed<Message>;
    type Error = DeleteError;

    fn needs(&self, needs: &mut Needs) {
        needs.messages.insert(self.0.message_id);
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, DeleteError> {
        let Self(removal) = self;
        let row = unit.messages.get_mut(&removal.message_id);
        let row = row.ok_or(DeleteError::NoSuchMessage)?;
        if row.message.deleted_at.is_some() {
            return Ok(Committed::unchanged(row.message.clone()));
        }
        row.fingerprint = None;
        row.reactions.clear();
        row.show_reactions();
        row.message.content = None;
        row.message.moderation = None;
        row.message.deleted_at = Some(removal.at);
        let message = row.message.clone();
        let (thread_id, seq) = (message.thread_id, message.seq);
        // Who wrote it has read it: for them it never counted.
        for (_, participant) in unit.participants_mut(thread_id) {
            if participant.read < seq {
                participant.deleted_unread += 1;
            }
        }
        unit.add_tombstone(thread_id, seq);
        let audience = unit.audience(thread_id);
        let change = Change::MessageDeleted {
            message: Arc::new(message.clone()),
        };
        let position = unit.log(removal.at, Some(&removal.user_id), audience, change);
        Ok(Committed::at(position, message))
    }
}
