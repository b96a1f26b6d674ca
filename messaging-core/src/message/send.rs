//! Sending a message.

use super::{Content, Message, Messages, NewMessage};
use crate::{
    caller::Caller,
    error::{ErrorKind, Extensions, Fault, FieldError, Invalid, StoreError},
    id::{MessageId, Position, ThreadId},
    limits::MAX_CLIENT_ID,
    moderation::{Judgement, Refused},
    quota::QuotaExhausted,
};

/// A wish to send a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendMessage {
    /// Where.
    pub thread_id: ThreadId,
    /// The sender's idempotency key: 1 to 64 printable ASCII characters. The same key and content
    /// again is the same message.
    pub client_id: String,
    /// What.
    pub content: Content,
    /// A message of the same thread that this answers.
    pub reply_to: Option<MessageId>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The message as it is now.
    pub message: Message,
    /// Where the log holds it; `None` when it was sent before.
    pub position: Option<Position>,
    /// Whether it is new; `false` when it was sent before.
    pub created: bool,
}

/// Why a message was not sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// A value that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The `client_id` was used for another content.
    #[error("the client_id was used for another message")]
    Conflict,
    /// The sender takes part in no such thread.
    #[error("no such thread")]
    NoSuchThread,
    /// The sender is banned or deactivated.
    #[error("the sender is banned or deactivated")]
    CallerDisabled,
    /// The sender has blocked the recipient.
    #[error("the sender has blocked the recipient")]
    RecipientBlocked,
    /// The recipient has blocked the sender, or is banned or deactivated.
    #[error("the recipient cannot be reached")]
    RecipientUnavailable,
    /// `reply_to` is no message of the thread.
    #[error("reply_to is no message of the thread")]
    NoSuchReply,
    /// Moderation rejects the message, or cannot judge it.
    #[error(transparent)]
    Moderation(#[from] Refused),
    /// Nothing that the sender holds covers the message.
    #[error(transparent)]
    QuotaExhausted(#[from] QuotaExhausted),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for SendError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(error) => error.kind(),
            Self::Conflict => ErrorKind::Conflict,
            Self::NoSuchThread => ErrorKind::NotFound,
            Self::NoSuchReply => ErrorKind::InvalidRequest,
            Self::CallerDisabled => ErrorKind::UserDisabled,
            Self::RecipientBlocked => ErrorKind::Forbidden,
            Self::RecipientUnavailable => ErrorKind::RecipientUnavailable,
            Self::Moderation(refused) => refused.kind(),
            Self::QuotaExhausted(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        const REPLY: &[FieldError] = &[FieldError {
            field: std::borrow::Cow::Borrowed("reply_to"),
            message: std::borrow::Cow::Borrowed("must be a message of the same thread"),
        }];
        match self {
            Self::Invalid(error) => error.fields(),
            Self::NoSuchReply => REPLY,
            _ => &[],
        }
    }

    fn extensions(&self) -> Extensions {
        match self {
            Self::Moderation(refused) => refused.extensions(),
            Self::QuotaExhausted(error) => error.extensions(),
            _ => Extensions::new(),
        }
    }
}

impl Messages<'_> {
    /// Sends a message. When this returns, the message is durable. Dropped half-way, it may or may
    /// not be; the same call finds out.
    ///
    /// It is judged first, if messages are; what was sent before is answered however it is judged now.
    pub async fn send(&self, caller: &Caller, wish: SendMessage) -> Result<Sent, SendError> {
        let judgement = self.judge(&wish.content).await;
        self.send_judged(caller, wish, judgement).await
    }

    /// Judges what a message is to say. What a client may not send is not judged: it is refused
    /// anyway.
    pub(crate) async fn judge(&self, content: &Content) -> Judgement {
        match self.messaging.moderation() {
            Some(moderation) if content.is_valid() => moderation.judge(content).await,
            _ => Judgement::default(),
        }
    }

    /// Sends a message whose content was judged. Polled once, it stands in the store's queue.
    pub(crate) async fn send_judged(
        &self,
        caller: &Caller,
        wish: SendMessage,
        judgement: Judgement,
    ) -> Result<Sent, SendError> {
        let mut faults = Vec::new();
        check_client_id("client_id", &wish.client_id, &mut faults);
        wish.content.check("content", &mut faults);
        Invalid::check(faults)?;
        let message = NewMessage {
            id: MessageId::from_uuid(self.messaging.ids().next_uuid()),
            thread_id: wish.thread_id,
            sender_id: caller.user_id.clone(),
            sender_role: caller.role,
            client_id: wish.client_id,
            content: wish.content,
            reply_to: wish.reply_to,
            quota: self.messaging.quota_mode().clone(),
            judgement,
            at: self.messaging.clock().now(),
        };
        let committed = self.messaging.store().append(message).await?;
        Ok(Sent {
            message: committed.value.message,
            position: committed.position,
            created: committed.value.created,
        })
    }
}

/// Complains of a `client_id` that is not 1 to 64 printable ASCII characters.
pub(crate) fn check_client_id(field: &'static str, client_id: &str, faults: &mut Vec<FieldError>) {
    let printable = client_id.bytes().all(|b| b.is_ascii_graphic());
    if client_id.is_empty() || client_id.len() > MAX_CLIENT_ID || !printable {
        faults.push(FieldError {
            field: field.into(),
            message: format!("must be 1 to {MAX_CLIENT_ID} printable ASCII characters").into(),
        });
    }
}
