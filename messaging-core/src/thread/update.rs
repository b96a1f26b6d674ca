//! Changing a thread, for everyone or for oneself.

use super::{Thread, ThreadChange, ThreadKind, ThreadSettings, Threads, create::check_metadata};
use crate::{
    caller::Caller,
    error::{ErrorKind, Fault, FieldError, Invalid, StoreError},
    id::ThreadId,
    limits::{MAX_TITLE, check_chars},
};

/// A wish to change a thread.
#[derive(Debug, Clone, Default)]
pub struct UpdateThread {
    /// For everyone.
    pub change: ThreadChange,
    /// For the caller alone.
    pub settings: ThreadSettings,
}

/// Why a thread was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateThreadError {
    /// A value that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The caller takes part in no such thread.
    #[error("no such thread")]
    NoSuchThread,
    /// Only who opened a group, or an admin, may change it for everyone.
    #[error("only who opened the group may change it")]
    NotTheOpener,
    /// The caller is banned or deactivated.
    #[error("the caller is banned or deactivated")]
    CallerDisabled,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for UpdateThreadError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(error) => error.kind(),
            Self::NoSuchThread => ErrorKind::NotFound,
            Self::NotTheOpener => ErrorKind::Forbidden,
            Self::CallerDisabled => ErrorKind::UserDisabled,
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

impl Threads<'_> {
    /// Changes a thread. What everyone sees is changed first; when that is refused, nothing is.
    pub async fn update(
        &self,
        caller: &Caller,
        thread_id: ThreadId,
        wish: UpdateThread,
    ) -> Result<Thread, UpdateThreadError> {
        check(&wish)?;
        let store = self.messaging.store();
        let user_id = &caller.user_id;
        let thread = store.lookup_thread(thread_id, user_id).await?;
        let thread = thread.ok_or(UpdateThreadError::NoSuchThread)?;
        let now = self.messaging.clock().now();
        if !wish.change.is_empty() {
            let opened = thread.created_by == *user_id || caller.is_admin();
            if thread.kind == ThreadKind::Group && !opened {
                return Err(UpdateThreadError::NotTheOpener);
            }
            store
                .update_thread(thread_id, user_id, wish.change, now)
                .await?;
        }
        if !wish.settings.is_empty() {
            store
                .set_thread_settings(thread_id, user_id, wish.settings, now)
                .await?;
        }
        let thread = store.lookup_thread(thread_id, user_id).await?;
        let thread = thread.ok_or(UpdateThreadError::NoSuchThread)?;
        Ok(self.shown(thread, user_id))
    }

    /// Puts a thread away for the caller.
    pub async fn archive(
        &self,
        caller: &Caller,
        thread_id: ThreadId,
    ) -> Result<(), UpdateThreadError> {
        let settings = ThreadSettings {
            archived: Some(true),
            ..ThreadSettings::default()
        };
        let now = self.messaging.clock().now();
        let store = self.messaging.store();
        store
            .set_thread_settings(thread_id, &caller.user_id, settings, now)
            .await?;
        Ok(())
    }
}

fn check(wish: &UpdateThread) -> Result<(), Invalid> {
    let mut faults: Vec<FieldError> = Vec::new();
    if wish.change.is_empty() && wish.settings.is_empty() {
        return Err(Invalid::field(
            "body",
            "must hold one of title, metadata, archived, muted, pinned",
        ));
    }
    if let Some(Some(title)) = &wish.change.title {
        check_chars("title", title, 1, MAX_TITLE, &mut faults);
    }
    if let Some(metadata) = &wish.change.metadata {
        check_metadata(metadata, &mut faults);
    }
    Invalid::check(faults)
}
