//! Who takes part in a group.

use super::{ThreadKind, Threads};
use crate::{
    caller::{Caller, Role},
    error::{ErrorKind, Fault, FieldError, Invalid, StoreError},
    id::{ThreadId, UserId},
    limits::MAX_PARTICIPANTS,
};

/// Why participants were not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParticipantError {
    /// A value that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The caller sees no such thread.
    #[error("no such thread")]
    NoSuchThread,
    /// The user does not take part.
    #[error("no such participant")]
    NoSuchParticipant,
    /// A direct thread's pair is for ever.
    #[error("the participants of a direct thread do not change")]
    NotAGroup,
    /// Only who opened the group, or an admin, may do this.
    #[error("only who opened the group may change who takes part")]
    NotTheOpener,
    /// The caller is banned or deactivated.
    #[error("the caller is banned or deactivated")]
    CallerDisabled,
    /// The user has blocked the caller, or is banned or deactivated.
    #[error("the user cannot be reached")]
    RecipientUnavailable,
    /// The group is full.
    #[error("a group has {MAX_PARTICIPANTS} participants at most")]
    TooMany,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for ParticipantError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(error) => error.kind(),
            Self::NoSuchThread | Self::NoSuchParticipant => ErrorKind::NotFound,
            Self::NotAGroup | Self::NotTheOpener | Self::TooMany => ErrorKind::Forbidden,
            Self::CallerDisabled => ErrorKind::UserDisabled,
            Self::RecipientUnavailable => ErrorKind::RecipientUnavailable,
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
    /// Adds a user to a group, as a client unless a `role` is given, or changes the role of one who
    /// takes part. For who opened it, and for admins. Their own role is that of their token: what a
    /// group's messages cost depends on it.
    pub async fn add_participant(
        &self,
        caller: &Caller,
        thread_id: ThreadId,
        user_id: &UserId,
        role: Option<Role>,
    ) -> Result<(), ParticipantError> {
        if role == Some(Role::Service) {
            let message = "a service takes no part in threads";
            return Err(Invalid::field("role", message).into());
        }
        self.check_may_manage(caller, thread_id).await?;
        if *user_id == caller.user_id && role.is_some_and(|role| role != caller.role) {
            let message = "must be your own, for yourself";
            return Err(Invalid::field("role", message).into());
        }
        let now = self.messaging.clock().now();
        let store = self.messaging.store();
        let by = &caller.user_id;
        if role.is_none() && store.lookup_thread(thread_id, user_id).await?.is_some() {
            return Ok(());
        }
        let role = role.unwrap_or(Role::Client);
        store
            .add_participant(thread_id, by, user_id, role, now)
            .await?;
        Ok(())
    }

    /// Takes a user out of a group: oneself always, others for who opened it and for admins.
    pub async fn remove_participant(
        &self,
        caller: &Caller,
        thread_id: ThreadId,
        user_id: &UserId,
    ) -> Result<(), ParticipantError> {
        if *user_id != caller.user_id {
            self.check_may_manage(caller, thread_id).await?;
        }
        let now = self.messaging.clock().now();
        let store = self.messaging.store();
        store
            .remove_participant(thread_id, &caller.user_id, user_id, now)
            .await?;
        Ok(())
    }

    /// An admin manages any group; others the groups that they opened and still take part in.
    async fn check_may_manage(
        &self,
        caller: &Caller,
        thread_id: ThreadId,
    ) -> Result<(), ParticipantError> {
        if caller.is_admin() {
            return Ok(());
        }
        let store = self.messaging.store();
        let thread = store.lookup_thread(thread_id, &caller.user_id).await?;
        let thread = thread.ok_or(ParticipantError::NoSuchThread)?;
        if thread.kind == ThreadKind::Direct {
            Err(ParticipantError::NotAGroup)
        } else if thread.created_by == caller.user_id {
            Ok(())
        } else {
            Err(ParticipantError::NotTheOpener)
        }
    }
}
