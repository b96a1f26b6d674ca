//! Reacting to a message.

use std::sync::Arc;

use messaging_core::{
    limits::MAX_EMOJI_PER_MESSAGE,
    log::{Change, Committed},
    message::{Message, ReactError, SetReaction},
};

use super::row::ReactionRow;
use crate::{
    unit::{Needs, Unit},
    writer::Command,
};

/// Puts a reaction on a message, or takes it off.
#[derive(Debug)]
pub(super) struct React(pub(super) SetReaction);

impl Command for React {
    type Output = Committed<Message>;
    type Error = ReactError;

    fn needs(&self, needs: &mut Needs) {
        needs.messages.insert(self.0.message_id);
        needs.accounts.insert(self.0.user_id.clone());
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, ReactError> {
        let Self(SetReaction {
            message_id,
            user_id,
            emoji,
            on,
            at,
        }) = self;
        if !unit.takes_part_around(*message_id, user_id) {
            return Err(ReactError::NoSuchMessage);
        }
        if !unit.is_active(user_id, *at) {
            return Err(ReactError::CallerDisabled);
        }
        let position = unit.next_position();
        let row = unit.messages.get_mut(message_id);
        let row = row.ok_or(ReactError::NoSuchMessage)?;
        if row.message.deleted_at.is_some() {
            return Err(ReactError::Deleted);
        }
        if row.bears(emoji, user_id) == *on {
            return Ok(Committed::unchanged(row.message.clone()));
        }
        let shown = &row.message.reactions;
        if *on && shown.len() >= MAX_EMOJI_PER_MESSAGE && shown.iter().all(|r| r.emoji != *emoji) {
            return Err(ReactError::TooMany);
        }
        if *on {
            row.reactions.push(ReactionRow {
                emoji: emoji.clone(),
                user_id: user_id.clone(),
                position,
            });
        } else {
            row.reactions
                .retain(|reaction| reaction.emoji != *emoji || reaction.user_id != *user_id);
        }
        row.show_reactions();
        let message = row.message.clone();
        let audience = unit.audience(message.thread_id);
        let change = Change::MessageReacted {
            message: Arc::new(message.clone()),
        };
        let position = unit.log(*at, Some(user_id), audience, change);
        Ok(Committed::at(position, message))
    }
}
