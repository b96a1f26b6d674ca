//! One thread with its newest messages.

use super::{Thread, Threads};
use crate::{
    caller::Caller,
    error::{ErrorKind, Fault, StoreError},
    id::ThreadId,
};

/// Why a thread was not shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GetThreadError {
    /// The caller takes part in no such thread.
    #[error("no such thread")]
    NoSuchThread,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for GetThreadError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSuchThread => ErrorKind::NotFound,
            Self::Store(error) => error.kind(),
        }
    }
}

impl Threads<'_> {
    /// The thread as the caller sees it.
    pub async fn get(
        &self,
        caller: &Caller,
        thread_id: ThreadId,
    ) -> Result<Thread, GetThreadError> {
        let store = self.messaging.store();
        let thread = store.lookup_thread(thread_id, &caller.user_id).await?;
        let thread = thread.ok_or(GetThreadError::NoSuchThread)?;
        Ok(self.shown(thread, &caller.user_id))
    }
}
