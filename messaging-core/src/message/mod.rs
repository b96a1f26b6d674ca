//! Messages: what is said in a thread, in the order everyone sees.

mod content;
mod delete;
mod edit;
mod list;
mod react;
mod send;
mod store;

pub use content::{Attestation, Content};
pub use delete::DeleteError;
pub use edit::EditError;
pub use list::{ListMessages, ListMessagesError, SeqRange};
pub use react::ReactError;
pub(crate) use send::check_client_id;
pub use send::{SendError, SendMessage, Sent};
pub use store::{Appended, Edit, MessageStore, NewMessage, Removal, SetReaction};

use serde::{Serialize, ser::SerializeMap};

use crate::{
    caller::Caller,
    clock::Timestamp,
    id::{MessageId, Seq, ThreadId, UserId},
    messaging::Messaging,
    moderation::{Action, Finding, Verdict},
};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Names it.
    pub id: MessageId,
    /// Where it stands.
    pub thread_id: ThreadId,
    /// Its place there.
    pub seq: Seq,
    /// Who wrote it.
    pub sender_id: UserId,
    /// The sender's idempotency key; shown to the sender only.
    pub client_id: String,
    /// What it says; `None` once it is deleted.
    pub content: Option<Content>,
    /// The message it answers, in the same thread.
    pub reply_to: Option<MessageId>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// When it was deleted. It keeps its place.
    pub deleted_at: Option<Timestamp>,
    /// Who reacted how, in the order of each emoji's first reaction, then of each user's.
    pub reactions: Vec<Reaction>,
    /// What moderation says of its content, if that is worth keeping; shown to the sender and to
    /// admins only.
    pub moderation: Option<Verdict>,
}

/// One emoji and who put it on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// Who, in the order they did.
    pub user_ids: Vec<UserId>,
}

/// As what somebody sees a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// As its sender, who sees all of it.
    Sender,
    /// As an admin, who sees what moderation says of it.
    Admin,
    /// As anyone else.
    Other,
}

impl View {
    /// As what a user sees the messages of a sender.
    pub fn of(viewer: &UserId, is_admin: bool, sender: &UserId) -> Self {
        if viewer == sender {
            Self::Sender
        } else if is_admin {
            Self::Admin
        } else {
            Self::Other
        }
    }
}

impl Message {
    /// The message in its form on the wire, the same for all who see it as this.
    pub fn shown_as(&self, view: View) -> MessageOut<'_> {
        MessageOut {
            message: self,
            view,
        }
    }

    /// The message in its form on the wire for the caller.
    pub fn shown_to(&self, caller: &Caller) -> MessageOut<'_> {
        let view = View::of(&caller.user_id, caller.is_admin(), &self.sender_id);
        self.shown_as(view)
    }
}

/// A message's form on the wire: `client_id` is for its sender, `moderation` for its sender and for
/// admins.
#[derive(Debug, Clone, Copy)]
pub struct MessageOut<'a> {
    message: &'a Message,
    view: View,
}

impl Serialize for MessageOut<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let message = self.message;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &message.id)?;
        map.serialize_entry("thread_id", &message.thread_id)?;
        map.serialize_entry("seq", &message.seq)?;
        map.serialize_entry("sender_id", &message.sender_id)?;
        if self.view == View::Sender {
            map.serialize_entry("client_id", &message.client_id)?;
        }
        map.serialize_entry("content", &message.content)?;
        map.serialize_entry("reply_to", &message.reply_to)?;
        map.serialize_entry("created_at", &message.created_at)?;
        map.serialize_entry("edited_at", &message.edited_at)?;
        map.serialize_entry("deleted_at", &message.deleted_at)?;
        map.serialize_entry("reactions", &Reactions(&message.reactions))?;
        let moderation = message.moderation.as_ref();
        let moderation = moderation.filter(|_| self.view != View::Other);
        map.serialize_entry("moderation", &moderation.map(ModerationOut::of))?;
        map.end()
    }
}

/// What moderation says, without what it was that said so.
#[derive(Serialize)]
struct ModerationOut<'a> {
    action: Action,
    flags: &'a [Finding],
}

impl<'a> ModerationOut<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        Self {
            action: verdict.action,
            flags: &verdict.flags,
        }
    }
}

/// `{emoji: [user ids]}`.
struct Reactions<'a>(&'a [Reaction]);

impl Serialize for Reactions<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|r| (&r.emoji, &r.user_ids)))
    }
}

/// Operations on messages.
#[derive(Debug, Clone, Copy)]
pub struct Messages<'a> {
    messaging: &'a Messaging,
}

impl<'a> Messages<'a> {
    pub(crate) fn new(messaging: &'a Messaging) -> Self {
        Self { messaging }
    }
}
