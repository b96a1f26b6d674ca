//! A user's threads.

use super::{Thread, ThreadFilter, ThreadKey, Threads};
use crate::{
    caller::Caller,
    error::{ErrorKind, Fault, StoreError},
    id::Position,
    page::{Cursor, InvalidCursor, Page, PageSize},
};

/// A wish to list the caller's threads.
#[derive(Debug, Clone, Default)]
pub struct ListThreads {
    /// Which of them.
    pub filter: ThreadFilter,
    /// Where to go on.
    pub cursor: Option<Cursor>,
    /// How many.
    pub size: PageSize,
}

/// Why threads were not listed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListThreadsError {
    /// The cursor is of another list.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for ListThreadsError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Cursor(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }
}

impl Threads<'_> {
    /// The caller's threads: pinned above, then newest activity first. While someone pages, a thread
    /// that moves up is not shown twice; it is found again from the start.
    pub async fn list(
        &self,
        caller: &Caller,
        wish: &ListThreads,
    ) -> Result<Page<Thread>, ListThreadsError> {
        let scope = format!("threads {} {:?}", caller.user_id, wish.filter);
        let cursor = wish.cursor.as_ref();
        let key: Option<(bool, Position)> = cursor.map(|c| c.decode(&scope)).transpose()?;
        let after = key.map(|(pinned, activity)| ThreadKey { pinned, activity });
        let store = self.messaging.store();
        let threads = store
            .list_threads(&caller.user_id, wish.filter, after, wish.size)
            .await?;
        let page = Page::cut(threads, wish.size, |thread| {
            Cursor::encode(&scope, &(thread.pinned, thread.activity))
        });
        Ok(page.map(|thread| self.shown(thread, &caller.user_id)))
    }
}
