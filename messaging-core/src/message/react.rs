//! Reacting to a message.

use super::{Message, Messages, SetReaction};
use crate::{
    caller::Caller,
    error::{ErrorKind, Fault, FieldError, Invalid, StoreError},
    id::MessageId,
    limits::{MAX_EMOJI, MAX_EMOJI_PER_MESSAGE},
    log::Committed,
};

/// Why a reaction was not set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReactError {
    /// Not an emoji that can be taken.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The caller sees no such message.
    #[error("no such message")]
    NoSuchMessage,
    /// The caller is banned or deactivated.
    #[error("the caller is banned or deactivated")]
    CallerDisabled,
    /// The message is a tombstone.
    #[error("the message is deleted")]
    Deleted,
    /// The message bears as many different emoji as one may.
    #[error("a message bears {MAX_EMOJI_PER_MESSAGE} different emoji at most")]
    TooMany,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for ReactError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(error) => error.kind(),
            Self::NoSuchMessage => ErrorKind::NotFound,
            Self::CallerDisabled => ErrorKind::UserDisabled,
            Self::Deleted | Self::TooMany => ErrorKind::Forbidden,
            Self::Store(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(error) => error.fields(),
            _ => &[],
        }
    }
}

impl Messages<'_> {
    /// Puts the caller's reaction on a message, or takes it off. Any short text without spaces and
    /// control characters serves as an emoji (`👍`, `:party:`).
    pub async fn react(
        &self,
        caller: &Caller,
        message_id: MessageId,
        emoji: String,
        on: bool,
    ) -> Result<Committed<Message>, ReactError> {
        let unfit = |c: char| c.is_control() || c.is_whitespace();
        if emoji.is_empty() || emoji.len() > MAX_EMOJI || emoji.contains(unfit) {
            let message = "must be 1 to 64 bytes without spaces and control characters";
            return Err(Invalid::field("emoji", message).into());
        }
        let reaction = SetReaction {
            message_id,
            user_id: caller.user_id.clone(),
            emoji,
            on,
            at: self.messaging.clock().now(),
        };
        self.messaging.store().set_reaction(reaction).await
    }
}
