//! Editing a message.

use std::sync::Arc;

use messaging_core::{
    log::{Change, Committed},
    message::{Edit, EditError, Message},
};

use crate::{
    unit::{Needs, Unit},
    writer::Command,
};

/// Replaces what a message says.
#[derive(Debug)]
pub(super) struct EditMessage(pub(super) Edit);

impl Command for EditMessage {
    type Output = Committed<Message>;
    type Error = EditError;

    fn needs(&self, needs: &mut Needs) {
        needs.messages.insert(self.0.message_id);
        needs.accounts.insert(self.0.user_id.clone());
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, EditError> {
        let Self(edit) = self;
        if !unit.takes_part_around(edit.message_id, &edit.user_id) {
            return Err(EditError::NoSuchMessage);
        }
        if !unit.is_active(&edit.user_id, edit.at) {
            return Err(EditError::CallerDisabled);
        }
        let row = unit.messages.get_mut(&edit.message_id);
        let message = &mut row.ok_or(EditError::NoSuchMessage)?.message;
        if message.sender_id != edit.user_id {
            return Err(EditError::NotTheAuthor);
        }
        if message.deleted_at.is_some() {
            return Err(EditError::Deleted);
        }
        if message.content.as_ref() == Some(&edit.content) {
            return Ok(Committed::unchanged(message.clone()));
        }
        message.moderation = edit.judgement.verdict()?.cloned();
        message.content = Some(edit.content.clone());
        message.edited_at = Some(edit.at);
        let message = message.clone();
        let audience = unit.audience(message.thread_id);
        let change = Change::MessageEdited {
            message: Arc::new(message.clone()),
        };
        let position = unit.log(edit.at, Some(&edit.user_id), audience, change);
        unit.tell_flagged(&message, edit.at);
        Ok(Committed::at(position, message))
    }
}
