//! The port for messages.

use async_trait::async_trait;

use super::{Content, DeleteError, EditError, Message, ReactError, SendError, SeqRange};
use crate::{
    caller::Role,
    clock::Timestamp,
    error::StoreError,
    id::{MessageId, ThreadId, UserId},
    log::Committed,
    moderation::Judgement,
    page::PageSize,
    quota::QuotaMode,
};

/// A message to be appended. Its values have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id, when it is new.
    pub id: MessageId,
    /// Where it goes.
    pub thread_id: ThreadId,
    /// Who writes it.
    pub sender_id: UserId,
    /// As what the application knows them.
    pub sender_role: Role,
    /// The sender's idempotency key.
    pub client_id: String,
    /// What it says.
    pub content: Content,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// Whether, and by which rule, it is to be paid for.
    pub quota: QuotaMode,
    /// What judging it came to.
    pub judgement: Judgement,
    /// Now.
    pub at: Timestamp,
}

/// What appending came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The message as it is now: the new one, or the first one of this `client_id`.
    pub message: Message,
    /// Whether it is new; `false` for a repeated call.
    pub created: bool,
}

/// New content for a message. Its values have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Which.
    pub message_id: MessageId,
    /// Who edits: its author.
    pub user_id: UserId,
    /// What it says from now on.
    pub content: Content,
    /// What judging that came to.
    pub judgement: Judgement,
    /// Now.
    pub at: Timestamp,
}

/// A message to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Which.
    pub message_id: MessageId,
    /// Who deletes: its author, or an admin.
    pub user_id: UserId,
    /// Now.
    pub at: Timestamp,
}

/// A reaction to be put on a message, or taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetReaction {
    /// Which message.
    pub message_id: MessageId,
    /// Whose reaction.
    pub user_id: UserId,
    /// The emoji.
    pub emoji: String,
    /// On, or off.
    pub on: bool,
    /// Now.
    pub at: Timestamp,
}

/// Keeps messages.
///
/// A viewer sees the messages of the threads they take part in, and of a group they have left those
/// up to the one that was newest when they left.
#[async_trait]
pub trait MessageStore: Send + Sync {
    /// Appends a message and [`Change::MessageSent`](crate::log::Change), atomically:
    ///
    /// 1. A message of the same thread, sender and `client_id` answers the call: with itself when
    ///    `content` and `reply_to` are what it was first sent with (or when it is deleted, and
    ///    nobody can tell any more), with [`SendError::Conflict`] otherwise. Nothing is written.
    ///    This goes before all that follows, and needs only that the sender once took part.
    /// 2. The sender takes part in the thread and in anything at `at`; in a direct thread the other
    ///    does too, and neither has blocked the other; `reply_to` is a message of the thread.
    /// 3. A message that was [judged](Judgement) to be refused is refused.
    /// 4. If the message is to be paid for (see [`QuotaMode::payee`]), what the sender holds at `at`
    ///    [covers](crate::quota::Means::cover) it, at the price that is in force in this transaction.
    ///    A counted grant is used once more; credits move from the sender's wallet to the creator's
    ///    earnings. Both append [`Change::QuotaCharged`](crate::log::Change), right after the
    ///    message's own entry. What an unlimited grant covers takes nothing and appends nothing.
    /// 5. The message gets the thread's next `seq`, and keeps its verdict. The sender's read and delivered markers move to
    ///    it. For the others an archived thread comes back. The thread's `updated_at` and every
    ///    participant's `activity` move on.
    /// 6. What there is to tell of the verdict (see [`Flagged::of`](crate::moderation::Flagged::of))
    ///    is appended as [`Change::MessageFlagged`](crate::log::Change), after all other entries of
    ///    the call, and stays as it is there whatever becomes of the message.
    ///
    /// A refusal writes nothing, charges nothing and uses up no `seq`. The position is the
    /// message's own. When the returned future is dropped, the
    /// message may or may not be appended; the same call finds out.
    ///
    /// # Errors
    /// [`SendError::Conflict`], [`SendError::NoSuchThread`], [`SendError::CallerDisabled`],
    /// [`SendError::RecipientBlocked`], [`SendError::RecipientUnavailable`],
    /// [`SendError::NoSuchReply`], [`SendError::Moderation`], [`SendError::QuotaExhausted`], in this
    /// order when several hold.
    async fn append(&self, message: NewMessage) -> Result<Committed<Appended>, SendError>;

    /// Replaces a message's content and its verdict, or takes the verdict away, sets `edited_at`, and
    /// appends [`Change::MessageEdited`](crate::log::Change), then
    /// [`Change::MessageFlagged`](crate::log::Change) as for a new message, atomically. The content
    /// that it has now changes nothing, however it was judged, and has no position.
    ///
    /// # Errors
    /// [`EditError::NoSuchMessage`] unless the editor takes part in its thread;
    /// [`EditError::CallerDisabled`]; [`EditError::NotTheAuthor`]; [`EditError::Deleted`];
    /// [`EditError::Moderation`] for other content that was judged to be refused.
    async fn edit_message(&self, edit: Edit) -> Result<Committed<Message>, EditError>;

    /// Turns a message into a tombstone and appends
    /// [`Change::MessageDeleted`](crate::log::Change), atomically: content, reactions, verdict and whatever
    /// else could tell the words are gone for good, and `deleted_at` is set; everything else stays
    /// as it was. It no longer counts as unread. Deleting again changes nothing and has no position.
    /// Who may do this is the core's rule: the user need not take part.
    ///
    /// # Errors
    /// [`DeleteError::NoSuchMessage`] when there never was one.
    async fn delete_message(&self, removal: Removal) -> Result<Committed<Message>, DeleteError>;

    /// Puts a reaction on a message or takes it off and appends
    /// [`Change::MessageReacted`](crate::log::Change), atomically. Repeating it changes nothing and
    /// has no position. Only reactions that stand count for their order: one that was taken off and
    /// put again is the newest.
    ///
    /// # Errors
    /// [`ReactError::NoSuchMessage`] unless the user takes part in its thread;
    /// [`ReactError::CallerDisabled`]; [`ReactError::Deleted`]; [`ReactError::TooMany`] for one
    /// more different emoji at
    /// [`MAX_EMOJI_PER_MESSAGE`](crate::limits::MAX_EMOJI_PER_MESSAGE) of them.
    async fn set_reaction(&self, reaction: SetReaction) -> Result<Committed<Message>, ReactError>;

    /// A message, whoever asks; who may see it is for the caller of this to check.
    ///
    /// # Errors
    /// Only the store's own.
    async fn lookup_message(&self, message_id: MessageId) -> Result<Option<Message>, StoreError>;

    /// A message that `viewer` sees; `None` otherwise.
    ///
    /// # Errors
    /// Only the store's own.
    async fn lookup_message_for(
        &self,
        message_id: MessageId,
        viewer: &UserId,
    ) -> Result<Option<Message>, StoreError>;

    /// Up to `size + 1` of the messages that `viewer` sees of a thread, nearest to the range's
    /// bound first: descending for [`SeqRange::Before`], ascending for [`SeqRange::After`].
    /// `None` when the viewer never took part in it.
    ///
    /// # Errors
    /// Only the store's own.
    async fn list_messages(
        &self,
        thread_id: ThreadId,
        viewer: &UserId,
        range: SeqRange,
        size: PageSize,
    ) -> Result<Option<Vec<Message>>, StoreError>;
}
