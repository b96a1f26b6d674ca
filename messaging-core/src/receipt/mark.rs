//! Marking messages as delivered or read.

use super::{Advance, Marker};
use crate::{
    caller::Caller,
    error::{ErrorKind, Fault, FieldError, StoreError},
    id::{MessageId, Position, Seq, ThreadId},
    messaging::Messaging,
};

/// Up to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkUpTo {
    /// This message.
    Message(MessageId),
    /// This place in this thread.
    Seq(ThreadId, Seq),
}

/// Where the marker stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    /// In which thread.
    pub thread_id: ThreadId,
    /// Up to which message.
    pub seq: Seq,
    /// Where the log holds the move; `None` when the marker stood there, or further.
    pub position: Option<Position>,
}

/// Why a marker was not moved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MarkError {
    /// The caller takes part in no such thread.
    #[error("no such thread")]
    NoSuchThread,
    /// The caller sees no such message.
    #[error("no such message")]
    NoSuchMessage,
    /// The thread has no such message yet.
    #[error("the thread has no message of that seq")]
    BeyondTheEnd,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for MarkError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSuchThread | Self::NoSuchMessage => ErrorKind::NotFound,
            Self::BeyondTheEnd => ErrorKind::InvalidRequest,
            Self::Store(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        const SEQ: &[FieldError] = &[FieldError {
            field: std::borrow::Cow::Borrowed("seq"),
            message: std::borrow::Cow::Borrowed("must be the seq of a message of the thread"),
        }];
        match self {
            Self::BeyondTheEnd => SEQ,
            _ => &[],
        }
    }
}

/// Operations on the caller's markers.
#[derive(Debug, Clone, Copy)]
pub struct Receipts<'a> {
    messaging: &'a Messaging,
}

impl<'a> Receipts<'a> {
    pub(crate) fn new(messaging: &'a Messaging) -> Self {
        Self { messaging }
    }

    /// Moves one of the caller's markers, never back.
    pub async fn mark(
        &self,
        caller: &Caller,
        marker: Marker,
        up_to: MarkUpTo,
    ) -> Result<Marked, MarkError> {
        let store = self.messaging.store();
        let (thread_id, seq) = match up_to {
            MarkUpTo::Seq(thread_id, seq) => (thread_id, seq),
            MarkUpTo::Message(message_id) => {
                let message = store
                    .lookup_message_for(message_id, &caller.user_id)
                    .await?
                    .ok_or(MarkError::NoSuchMessage)?;
                (message.thread_id, message.seq)
            }
        };
        let advance = Advance {
            thread_id,
            user_id: caller.user_id.clone(),
            marker,
            seq,
            at: self.messaging.clock().now(),
        };
        let committed = store.advance_marker(advance).await?;
        Ok(Marked {
            thread_id,
            seq: committed.value,
            position: committed.position,
        })
    }
}
