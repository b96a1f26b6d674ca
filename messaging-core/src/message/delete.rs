//! Deleting a message.

use super::{Message, Messages, Removal};
use crate::{
    caller::Caller,
    error::{ErrorKind, Fault, StoreError},
    id::MessageId,
    log::Committed,
};

/// Why a message was not deleted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeleteError {
    /// The caller sees no such message.
    #[error("no such message")]
    NoSuchMessage,
    /// Only the author and admins delete.
    #[error("only the author or an admin may delete a message")]
    NotTheAuthor,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for DeleteError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSuchMessage => ErrorKind::NotFound,
            Self::NotTheAuthor => ErrorKind::Forbidden,
            Self::Store(error) => error.kind(),
        }
    }
}

impl Messages<'_> {
    /// Turns a message into a tombstone: the caller's own at any time, and any for an admin.
    pub async fn delete(
        &self,
        caller: &Caller,
        message_id: MessageId,
    ) -> Result<Committed<Message>, DeleteError> {
        let store = self.messaging.store();
        let message = if caller.is_admin() {
            store.lookup_message(message_id).await?
        } else {
            store
                .lookup_message_for(message_id, &caller.user_id)
                .await?
        };
        let message = message.ok_or(DeleteError::NoSuchMessage)?;
        if message.sender_id != caller.user_id && !caller.is_admin() {
            return Err(DeleteError::NotTheAuthor);
        }
        let removal = Removal {
            message_id,
            user_id: caller.user_id.clone(),
            at: self.messaging.clock().now(),
        };
        store.delete_message(removal).await
    }
}
