//! Appending messages, step by step.

use std::sync::Arc;

use super::{log::Fact, rows::MessageRow, state::State};
use crate::{
    clock::Timestamp,
    id::{Position, ThreadId, UserId},
    log::{Change, Committed},
    message::{Message, NewMessage, SendError},
    moderation::Flagged,
    quota::{Cover, Scope, Sending},
    thread::ThreadKind,
};

impl State {
    /// The message that a sender's `client_id` stands for, if there is one.
    pub(super) fn repeated(&self, message: &NewMessage) -> Option<Result<Message, SendError>> {
        let key = (
            message.thread_id,
            message.sender_id.clone(),
            message.client_id.clone(),
        );
        let row = &self.messages[self.sent.get(&key)?];
        let same = row.original.as_ref().is_none_or(|original| {
            *original == message.content && row.message.reply_to == message.reply_to
        });
        Some(if same {
            Ok(row.message.clone())
        } else {
            Err(SendError::Conflict)
        })
    }

    /// Whether the message may be appended, and what it takes of what the sender holds.
    pub(super) fn check_send(
        &self,
        message: &NewMessage,
    ) -> Result<Option<(Scope, Cover)>, SendError> {
        let sender = &message.sender_id;
        let thread = self.threads.get(&message.thread_id);
        let thread = thread.filter(|thread| thread.participant(sender).is_some());
        let thread = thread.ok_or(SendError::NoSuchThread)?;
        if !self.is_active(sender, message.at) {
            return Err(SendError::CallerDisabled);
        }
        if thread.kind == ThreadKind::Direct {
            let mut others = thread.members.keys().filter(|user_id| *user_id != sender);
            others.try_for_each(|other| self.check_recipient(message, other))?;
        }
        match message.reply_to {
            Some(reply_to) if !thread.messages.contains(&reply_to) => {
                return Err(SendError::NoSuchReply);
            }
            _ => {}
        }
        message.judgement.verdict()?;
        let sending = Sending::new(
            (sender, message.sender_role),
            thread.kind,
            &thread.created_by,
            thread
                .participants()
                .map(|(user_id, member)| (user_id, member.role)),
        );
        let Some(payee) = message.quota.payee(&sending) else {
            return Ok(None);
        };
        let means = self.quota.means(sender, &payee, message.at);
        Ok(Some((payee, means.cover(message.at)?)))
    }

    fn check_recipient(&self, message: &NewMessage, other: &UserId) -> Result<(), SendError> {
        if self.has_blocked(&message.sender_id, other) {
            Err(SendError::RecipientBlocked)
        } else if self.has_blocked(other, &message.sender_id) || !self.is_active(other, message.at)
        {
            Err(SendError::RecipientUnavailable)
        } else {
            Ok(())
        }
    }

    /// Appends a message that was checked.
    pub(super) fn push_message(
        &mut self,
        new: NewMessage,
        cover: Option<(Scope, Cover)>,
    ) -> Result<Committed<Message>, SendError> {
        let moderation = new.judgement.verdict()?.cloned();
        let thread = self.threads.get_mut(&new.thread_id);
        let thread = thread.ok_or(SendError::NoSuchThread)?;
        let message = Message {
            id: new.id,
            thread_id: new.thread_id,
            seq: thread.last_seq().next(),
            sender_id: new.sender_id,
            client_id: new.client_id,
            content: Some(new.content.clone()),
            reply_to: new.reply_to,
            created_at: new.at,
            edited_at: None,
            deleted_at: None,
            reactions: Vec::new(),
            moderation,
        };
        thread.messages.push(message.id);
        thread.updated_at = new.at;
        for (user_id, member) in &mut thread.members {
            if *user_id == message.sender_id {
                member.read = message.seq;
                member.delivered = message.seq;
            } else {
                member.archived = false;
                member.archived_for = None;
            }
        }
        let key = (
            message.thread_id,
            message.sender_id.clone(),
            message.client_id.clone(),
        );
        self.sent.insert(key, message.id);
        let row = MessageRow {
            message: message.clone(),
            original: Some(new.content),
            reactions: Vec::new(),
        };
        self.messages.insert(message.id, row);
        let position = self.commit_message(message.id, &message.sender_id, new.at, |message| {
            Change::MessageSent { message }
        });
        self.move_up(message.thread_id, position);
        if let Some((payee, cover)) = cover {
            self.charge(&message, &payee, cover);
        }
        self.tell_flagged(&message, new.at);
        Ok(Committed::at(position, message))
    }

    /// Takes what covers a message, and tells it.
    fn charge(&mut self, message: &Message, payee: &Scope, cover: Cover) {
        let position = self.log.next_position();
        if self.quota.charge(message, payee, cover, position) {
            let user_id = &message.sender_id;
            let fact = Fact::Charge(message.id);
            let audience = [user_id.clone()].into();
            self.commit(message.created_at, Some(user_id), audience, fact);
        }
    }

    /// Tells of a message that has just got its verdict, if there is anything to tell.
    pub(super) fn tell_flagged(&mut self, message: &Message, at: Timestamp) {
        if let Some(flagged) = Flagged::of(message) {
            let flagged = Arc::new(flagged);
            let fact = Fact::Fixed(Change::MessageFlagged { flagged });
            self.commit(at, Some(&message.sender_id), [].into(), fact);
        }
    }

    /// Moves the thread up every participant's list.
    fn move_up(&mut self, thread_id: ThreadId, position: Position) {
        if let Some(thread) = self.threads.get_mut(&thread_id) {
            for member in thread.members.values_mut() {
                member.activity = position;
            }
        }
    }
}
