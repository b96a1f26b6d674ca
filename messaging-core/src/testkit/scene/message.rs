//! Messages and markers.

use super::Scene;
use crate::{
    caller::Role,
    id::{MessageId, Seq, ThreadId},
    log::Committed,
    message::{Edit, Message, NewMessage, Removal, SetReaction},
    moderation::Judgement,
    quota::QuotaMode,
    receipt::{Advance, Marker},
    testkit::{text, user},
};

/// Messages.
impl Scene {
    /// A message to be appended. Its `client_id` is as new as its id.
    pub fn new_message(&self, thread_id: ThreadId, sender: &str, words: &str) -> NewMessage {
        let id = self.message_id();
        NewMessage {
            id,
            thread_id,
            sender_id: user(sender),
            sender_role: Role::Client,
            client_id: format!("client-{id}"),
            content: text(words),
            reply_to: None,
            quota: QuotaMode::Off,
            judgement: Judgement::default(),
            at: self.now(),
        }
    }

    /// Sends a message.
    pub async fn send(&self, thread_id: ThreadId, sender: &str, words: &str) -> Message {
        let message = self.new_message(thread_id, sender, words);
        let sent = self.store.append(message).await;
        sent.expect("the message is sent").value.message
    }

    /// Edits a message as this user.
    pub fn new_edit(&self, message: &Message, editor: &str, words: &str) -> Edit {
        Edit {
            message_id: message.id,
            user_id: user(editor),
            content: text(words),
            judgement: Judgement::default(),
            at: self.now(),
        }
    }

    /// Edits a message as its author.
    pub async fn edit(&self, message: &Message, words: &str) -> Committed<Message> {
        let edit = self.new_edit(message, message.sender_id.as_str(), words);
        let edited = self.store.edit_message(edit).await;
        edited.expect("the message is edited")
    }

    /// Deletes a message as its author.
    pub async fn delete(&self, message: &Message) -> Committed<Message> {
        let removal = Removal {
            message_id: message.id,
            user_id: message.sender_id.clone(),
            at: self.now(),
        };
        let deleted = self.store.delete_message(removal).await;
        deleted.expect("the message is deleted")
    }

    /// A reaction to be put on, or taken off.
    pub fn new_reaction(
        &self,
        message: &Message,
        name: &str,
        emoji: &str,
        on: bool,
    ) -> SetReaction {
        SetReaction {
            message_id: message.id,
            user_id: user(name),
            emoji: emoji.to_owned(),
            on,
            at: self.now(),
        }
    }

    /// Puts a reaction on a message, or takes it off.
    pub async fn react(
        &self,
        message: &Message,
        name: &str,
        emoji: &str,
        on: bool,
    ) -> Committed<Message> {
        let reaction = self.new_reaction(message, name, emoji, on);
        let reacted = self.store.set_reaction(reaction).await;
        reacted.expect("the reaction is set")
    }

    /// The message as it is now.
    pub async fn message(&self, message_id: MessageId) -> Message {
        let message = self.store.lookup_message(message_id).await;
        message
            .expect("the message is read")
            .expect("the message exists")
    }

    /// A marker to be moved.
    pub fn new_advance(
        &self,
        thread_id: ThreadId,
        name: &str,
        marker: Marker,
        seq: i64,
    ) -> Advance {
        Advance {
            thread_id,
            user_id: user(name),
            marker,
            seq: Seq::new(seq),
            at: self.now(),
        }
    }

    /// Moves a user's marker.
    pub async fn mark(
        &self,
        thread_id: ThreadId,
        name: &str,
        marker: Marker,
        seq: i64,
    ) -> Committed<Seq> {
        let advance = self.new_advance(thread_id, name, marker, seq);
        let moved = self.store.advance_marker(advance).await;
        moved.expect("the marker is moved")
    }
}
