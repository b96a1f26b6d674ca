//! A thread's history, page by page, and single messages.

use super::{Message, Messages};
use crate::{
    caller::Caller,
    error::{ErrorKind, Fault, FieldError, Invalid, StoreError},
    id::{MessageId, Seq, ThreadId},
    page::{Cursor, InvalidCursor, Page, PageSize},
};

/// Which side of which message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeqRange {
    /// Those with a smaller `seq`; `None` for the newest.
    Before(Option<Seq>),
    /// Those with a greater `seq`.
    After(Seq),
}

/// A wish to read a thread's history.
#[derive(Debug, Clone)]
pub struct ListMessages {
    /// Which thread.
    pub thread_id: ThreadId,
    /// Just before this place.
    pub before_seq: Option<Seq>,
    /// Just after this place; not together with `before_seq`.
    pub after_seq: Option<Seq>,
    /// Where to go on, in the direction of the page that gave it; not together with the others.
    pub cursor: Option<Cursor>,
    /// How many.
    pub size: PageSize,
}

impl ListMessages {
    /// The newest messages of a thread.
    pub fn newest(thread_id: ThreadId, size: PageSize) -> Self {
        Self {
            thread_id,
            before_seq: None,
            after_seq: None,
            cursor: None,
            size,
        }
    }

    fn range(&self, scope: &str) -> Result<SeqRange, ListMessagesError> {
        match (self.before_seq, self.after_seq, &self.cursor) {
            (None, None, Some(cursor)) => {
                let (forward, seq) = cursor.decode(scope)?;
                Ok(if forward {
                    SeqRange::After(seq)
                } else {
                    SeqRange::Before(Some(seq))
                })
            }
            (before, None, None) => Ok(SeqRange::Before(before)),
            (None, Some(after), None) => Ok(SeqRange::After(after)),
            _ => {
                let message = "only one of before_seq, after_seq and cursor";
                Err(Invalid::field("before_seq", message).into())
            }
        }
    }
}

/// Why messages were not listed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListMessagesError {
    /// Values that contradict each other.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The cursor is of another list.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// The caller never took part in such a thread.
    #[error("no such thread")]
    NoSuchThread,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for ListMessagesError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(error) => error.kind(),
            Self::Cursor(error) => error.kind(),
            Self::NoSuchThread => ErrorKind::NotFound,
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
    /// A page of a thread's history, always in `seq` order: the newest, or those just before or
    /// just after a place. The next page lies further in the same direction.
    pub async fn list(
        &self,
        caller: &Caller,
        wish: &ListMessages,
    ) -> Result<Page<Message>, ListMessagesError> {
        let scope = format!("messages {}", wish.thread_id);
        let range = wish.range(&scope)?;
        let store = self.messaging.store();
        let messages = store
            .list_messages(wish.thread_id, &caller.user_id, range, wish.size)
            .await?
            .ok_or(ListMessagesError::NoSuchThread)?;
        let forward = matches!(range, SeqRange::After(_));
        let mut page = Page::cut(messages, wish.size, |message| {
            Cursor::encode(&scope, &(forward, message.seq))
        });
        if !forward {
            page.items.reverse();
        }
        Ok(page)
    }

    /// One message that the caller sees.
    pub async fn lookup(
        &self,
        caller: &Caller,
        message_id: MessageId,
    ) -> Result<Option<Message>, StoreError> {
        let store = self.messaging.store();
        store.lookup_message_for(message_id, &caller.user_id).await
    }
}
