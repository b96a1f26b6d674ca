//! Appending a message.

use std::sync::Arc;

use messaging_core::{
    id::UserId,
    log::{Change, Committed},
    message::{Appended, Message, NewMessage, SendError},
    quota::{Cover, Scope},
    thread::ThreadKind,
};

use super::{MessageRow, fingerprint::fingerprint};
use crate::{
    quota::{self, Paying},
    unit::{Needs, Unit, check_new},
    writer::Command,
};

/// Appends a message, or finds the one that the same call appended before.
#[derive(Debug)]
pub(super) struct Append(pub(super) NewMessage);

impl Command for Append {
    type Output = Committed<Appended>;
    type Error = SendError;

    fn needs(&self, needs: &mut Needs) {
        let Self(new) = self;
        let key = (new.thread_id, new.sender_id.clone(), new.client_id.clone());
        needs.client_ids.insert(key);
        needs.threads.insert(new.thread_id);
        needs.recipients.insert(new.thread_id);
        needs.accounts.insert(new.sender_id.clone());
        needs.messages.extend(new.reply_to);
        if new.quota.is_on() {
            needs.quota.paying.push(Paying {
                thread_id: new.thread_id,
                sender_id: new.sender_id.clone(),
                sender_role: new.sender_role,
                mode: new.quota.clone(),
                at: new.at,
            });
        }
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, SendError> {
        let Self(new) = self;
        if let Some(first) = unit.sent(new.thread_id, &new.sender_id, &new.client_id) {
            return self.repeat(first);
        }
        let paid = self.check(unit)?;
        let message = self.push(unit)?;
        let audience = unit.audience(new.thread_id);
        let change = Change::MessageSent {
            message: Arc::new(message.clone()),
        };
        let position = unit.log(new.at, Some(&new.sender_id), audience, change);
        for (_, participant) in unit.participants_mut(new.thread_id) {
            participant.activity = position;
        }
        if let Some((payee, cover)) = paid {
            quota::charge(unit, &message, &payee, cover);
        }
        unit.tell_flagged(&message, new.at);
        let created = true;
        Ok(Committed::at(position, Appended { message, created }))
    }
}

impl Append {
    /// Answers with the first message of this `client_id`, if this is the same call. Nobody can
    /// tell once it is deleted.
    fn repeat(&self, first: &MessageRow) -> Result<Committed<Appended>, SendError> {
        let Self(new) = self;
        let again = || fingerprint(first.message.id, &new.content, new.reply_to);
        let print = first.fingerprint.as_ref();
        if print.is_some_and(|print| *print != again()) {
            return Err(SendError::Conflict);
        }
        Ok(Committed::unchanged(Appended {
            message: first.message.clone(),
            created: false,
        }))
    }

    /// Whether it may be appended, and what it takes of what the sender holds.
    fn check(&self, unit: &Unit) -> Result<Option<(Scope, Cover)>, SendError> {
        let Self(new) = self;
        check_new(unit.messages.get(&new.id))?;
        let thread = unit.threads.get(&new.thread_id);
        let thread = thread.ok_or(SendError::NoSuchThread)?;
        if unit.participant(new.thread_id, &new.sender_id).is_none() {
            return Err(SendError::NoSuchThread);
        }
        if !unit.is_active(&new.sender_id, new.at) {
            return Err(SendError::CallerDisabled);
        }
        if thread.kind == ThreadKind::Direct {
            let mut users = unit.participants(new.thread_id).map(|(user_id, _)| user_id);
            users.try_for_each(|user_id| self.check_recipient(unit, user_id))?;
        }
        let reply = new.reply_to.map(|id| unit.messages.get(&id));
        match reply {
            Some(Some(row)) if row.message.thread_id == new.thread_id => {}
            None => {}
            Some(_) => return Err(SendError::NoSuchReply),
        }
        new.judgement.verdict()?;
        Ok(quota::cover(unit, thread, new)?)
    }

    fn check_recipient(&self, unit: &Unit, other: &UserId) -> Result<(), SendError> {
        let Self(new) = self;
        let sender = &new.sender_id;
        if other == sender {
            Ok(())
        } else if unit.has_blocked(sender, other) {
            Err(SendError::RecipientBlocked)
        } else if unit.has_blocked(other, sender) || !unit.is_active(other, new.at) {
            Err(SendError::RecipientUnavailable)
        } else {
            Ok(())
        }
    }

    /// Puts the message at the thread's end, and the markers where they belong.
    fn push(&self, unit: &mut Unit) -> Result<Message, SendError> {
        let Self(new) = self;
        let moderation = new.judgement.verdict()?.cloned();
        let thread = unit.threads.get_mut(&new.thread_id);
        let thread = thread.ok_or(SendError::NoSuchThread)?;
        let seq = thread.last_seq.next();
        thread.last_seq = seq;
        thread.updated_at = new.at;
        for (user_id, participant) in unit.participants_mut(new.thread_id) {
            if *user_id == new.sender_id {
                participant.read = seq;
                participant.delivered = seq;
                participant.deleted_unread = 0;
            } else {
                participant.archived = false;
                participant.archived_for = None;
            }
        }
        let message = Message {
            id: new.id,
            thread_id: new.thread_id,
            seq,
            sender_id: new.sender_id.clone(),
            client_id: new.client_id.clone(),
            content: Some(new.content.clone()),
            reply_to: new.reply_to,
            created_at: new.at,
            edited_at: None,
            deleted_at: None,
            reactions: Vec::new(),
            moderation,
        };
        unit.add_message(MessageRow {
            message: message.clone(),
            fingerprint: Some(fingerprint(new.id, &new.content, new.reply_to)),
            reactions: Vec::new(),
        });
        Ok(message)
    }
}
