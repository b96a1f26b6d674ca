//! Editing a message.

use super::{Content, Edit, Message, Messages};
use crate::{
    caller::Caller,
    error::{ErrorKind, Extensions, Fault, FieldError, Invalid, StoreError},
    id::MessageId,
    log::Committed,
    moderation::{Judgement, Refused},
};

/// Why a message was not edited.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A value that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The caller sees no such message.
    #[error("no such message")]
    NoSuchMessage,
    /// The caller is banned or deactivated.
    #[error("the caller is banned or deactivated")]
    CallerDisabled,
    /// Only the author edits.
    #[error("only the author may edit a message")]
    NotTheAuthor,
    /// The message is a tombstone.
    #[error("the message is deleted")]
    Deleted,
    /// Moderation rejects the new content, or cannot judge it.
    #[error(transparent)]
    Moderation(#[from] Refused),
    /// It was written too long ago.
    #[error("the edit window is over")]
    WindowOver,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for EditError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(error) => error.kind(),
            Self::NoSuchMessage => ErrorKind::NotFound,
            Self::CallerDisabled => ErrorKind::UserDisabled,
            Self::NotTheAuthor | Self::Deleted | Self::WindowOver => ErrorKind::Forbidden,
            Self::Moderation(refused) => refused.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(error) => error.fields(),
            _ => &[],
        }
    }

    fn extensions(&self) -> Extensions {
        match self {
            Self::Moderation(refused) => refused.extensions(),
            _ => Extensions::new(),
        }
    }
}

impl Messages<'_> {
    /// Replaces what the caller's own message says, within the edit window. The new content is judged
    /// first, if messages are.
    pub async fn edit(
        &self,
        caller: &Caller,
        message_id: MessageId,
        content: Content,
    ) -> Result<Committed<Message>, EditError> {
        self.check_edit(caller, message_id, &content).await?;
        let judgement = self.judge(&content).await;
        self.store_edit(caller, message_id, content, judgement)
            .await
    }

    /// The same with content that was judged.
    pub(crate) async fn edit_judged(
        &self,
        caller: &Caller,
        message_id: MessageId,
        content: Content,
        judgement: Judgement,
    ) -> Result<Committed<Message>, EditError> {
        self.check_edit(caller, message_id, &content).await?;
        self.store_edit(caller, message_id, content, judgement)
            .await
    }

    async fn check_edit(
        &self,
        caller: &Caller,
        message_id: MessageId,
        content: &Content,
    ) -> Result<(), EditError> {
        let mut faults = Vec::new();
        content.check("content", &mut faults);
        Invalid::check(faults)?;
        let store = self.messaging.store();
        let message = store
            .lookup_message_for(message_id, &caller.user_id)
            .await?
            .ok_or(EditError::NoSuchMessage)?;
        if message.sender_id != caller.user_id {
            return Err(EditError::NotTheAuthor);
        }
        let now = self.messaging.clock().now();
        if now.since(message.created_at) > self.messaging.limits().edit_window {
            return Err(EditError::WindowOver);
        }
        Ok(())
    }

    async fn store_edit(
        &self,
        caller: &Caller,
        message_id: MessageId,
        content: Content,
        judgement: Judgement,
    ) -> Result<Committed<Message>, EditError> {
        let edit = Edit {
            message_id,
            user_id: caller.user_id.clone(),
            content,
            judgement,
            at: self.messaging.clock().now(),
        };
        self.messaging.store().edit_message(edit).await
    }
}
