//! Messages.

use std::sync::Arc;

use async_trait::async_trait;

use super::{MemoryStore, log::Fact, state::State};
use crate::{
    clock::Timestamp,
    error::StoreError,
    id::{MessageId, Position, ThreadId, UserId},
    limits::MAX_EMOJI_PER_MESSAGE,
    log::{Change, Committed},
    message::{
        Appended, DeleteError, Edit, EditError, Message, MessageStore, NewMessage, ReactError,
        Removal, SendError, SeqRange, SetReaction,
    },
    page::PageSize,
};

impl State {
    /// Appends a change of a message to the log, for those who take part now.
    pub(super) fn commit_message(
        &mut self,
        message_id: MessageId,
        actor: &UserId,
        at: Timestamp,
        change: fn(Arc<Message>) -> Change,
    ) -> Position {
        let thread_id = self.messages[&message_id].message.thread_id;
        let audience = self.threads[&thread_id].audience();
        self.commit(at, Some(actor), audience, Fact::Message(message_id, change))
    }

    /// Whether the user takes part now in the thread that the message stands in.
    fn takes_part_around(&self, message_id: MessageId, user_id: &UserId) -> bool {
        let row = self.messages.get(&message_id);
        let thread = row.and_then(|row| self.threads.get(&row.message.thread_id));
        thread.is_some_and(|thread| thread.participant(user_id).is_some())
    }
}

#[async_trait]
impl MessageStore for MemoryStore {
    async fn append(&self, message: NewMessage) -> Result<Committed<Appended>, SendError> {
        let mut state = self.state()?;
        if let Some(first) = state.repeated(&message) {
            return Ok(Committed::unchanged(Appended {
                message: first?,
                created: false,
            }));
        }
        let cover = state.check_send(&message)?;
        let Committed { value, position } = state.push_message(message, cover)?;
        Ok(Committed {
            value: Appended {
                message: value,
                created: true,
            },
            position,
        })
    }

    async fn edit_message(&self, edit: Edit) -> Result<Committed<Message>, EditError> {
        let mut state = self.state()?;
        if !state.takes_part_around(edit.message_id, &edit.user_id) {
            return Err(EditError::NoSuchMessage);
        }
        if !state.is_active(&edit.user_id, edit.at) {
            return Err(EditError::CallerDisabled);
        }
        let row = state.messages.get_mut(&edit.message_id);
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
        message.content = Some(edit.content);
        message.edited_at = Some(edit.at);
        let message = message.clone();
        let position = state.commit_message(edit.message_id, &edit.user_id, edit.at, |message| {
            Change::MessageEdited { message }
        });
        state.tell_flagged(&message, edit.at);
        Ok(Committed::at(position, message))
    }

    async fn delete_message(&self, removal: Removal) -> Result<Committed<Message>, DeleteError> {
        let Removal {
            message_id,
            user_id,
            at,
        } = removal;
        let mut state = self.state()?;
        let row = state.messages.get_mut(&message_id);
        let row = row.ok_or(DeleteError::NoSuchMessage)?;
        if row.message.deleted_at.is_some() {
            return Ok(Committed::unchanged(row.message.clone()));
        }
        row.original = None;
        row.reactions.clear();
        row.show_reactions();
        row.message.content = None;
        row.message.moderation = None;
        row.message.deleted_at = Some(at);
        let tombstone = row.message.clone();
        let position = state.commit_message(message_id, &user_id, at, |message| {
            Change::MessageDeleted { message }
        });
        Ok(Committed::at(position, tombstone))
    }

    async fn set_reaction(&self, reaction: SetReaction) -> Result<Committed<Message>, ReactError> {
        let SetReaction {
            message_id,
            user_id,
            emoji,
            on,
            at,
        } = reaction;
        let mut state = self.state()?;
        if !state.takes_part_around(message_id, &user_id) {
            return Err(ReactError::NoSuchMessage);
        }
        if !state.is_active(&user_id, at) {
            return Err(ReactError::CallerDisabled);
        }
        let row = state.messages.get_mut(&message_id);
        let row = row.ok_or(ReactError::NoSuchMessage)?;
        if row.message.deleted_at.is_some() {
            return Err(ReactError::Deleted);
        }
        if row.bears(&emoji, &user_id) == on {
            return Ok(Committed::unchanged(row.message.clone()));
        }
        let shown = &row.message.reactions;
        if on && shown.len() >= MAX_EMOJI_PER_MESSAGE && shown.iter().all(|r| r.emoji != emoji) {
            return Err(ReactError::TooMany);
        }
        if on {
            row.reactions.push((emoji, user_id.clone()));
        } else {
            row.reactions.retain(|(e, u)| *e != emoji || *u != user_id);
        }
        row.show_reactions();
        let message = row.message.clone();
        let position = state.commit_message(message_id, &user_id, at, |message| {
            Change::MessageReacted { message }
        });
        Ok(Committed::at(position, message))
    }

    async fn lookup_message(&self, message_id: MessageId) -> Result<Option<Message>, StoreError> {
        let state = self.state()?;
        let row = state.messages.get(&message_id);
        Ok(row.map(|row| row.message.clone()))
    }

    async fn lookup_message_for(
        &self,
        message_id: MessageId,
        viewer: &UserId,
    ) -> Result<Option<Message>, StoreError> {
        let state = self.state()?;
        let message = state.messages.get(&message_id).map(|row| &row.message);
        let visible = message.filter(|message| {
            let thread = &state.threads[&message.thread_id];
            thread
                .visible_seq(viewer)
                .is_some_and(|newest| message.seq <= newest)
        });
        Ok(visible.cloned())
    }

    async fn list_messages(
        &self,
        thread_id: ThreadId,
        viewer: &UserId,
        range: SeqRange,
        size: PageSize,
    ) -> Result<Option<Vec<Message>>, StoreError> {
        let state = self.state()?;
        let Some(thread) = state.threads.get(&thread_id) else {
            return Ok(None);
        };
        let Some(newest) = thread.visible_seq(viewer) else {
            return Ok(None);
        };
        let messages = thread.messages.iter().map(|id| &state.messages[id].message);
        let visible = messages.filter(|message| message.seq <= newest);
        let limit = size.get() + 1;
        Ok(Some(match range {
            SeqRange::Before(bound) => visible
                .rev()
                .filter(|message| bound.is_none_or(|bound| message.seq < bound))
                .take(limit)
                .cloned()
                .collect(),
            SeqRange::After(bound) => visible
                .filter(|message| message.seq > bound)
                .take(limit)
                .cloned()
                .collect(),
        }))
    }
}
