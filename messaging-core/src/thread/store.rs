//! The port for threads.

use async_trait::async_trait;

use super::{CreateThreadError, Metadata, ParticipantError, Thread, ThreadKind, UpdateThreadError};
use crate::{
    caller::Role,
    clock::Timestamp,
    error::StoreError,
    id::{Position, TagId, ThreadId, UserId},
    log::Committed,
    page::PageSize,
};

/// A thread to be opened. Its values have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewThread {
    /// Its id, when it is new.
    pub id: ThreadId,
    /// Direct (exactly two participants) or group.
    pub kind: ThreadKind,
    /// Its title.
    pub title: Option<String>,
    /// The application's own facts.
    pub metadata: Metadata,
    /// Who opens it; one of the participants.
    pub created_by: UserId,
    /// Everyone in it, without doubles.
    pub participants: Vec<(UserId, Role)>,
    /// Now.
    pub at: Timestamp,
}

/// What opening a thread came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The thread as its opener sees it.
    pub thread: Thread,
    /// Whether it is new; `false` when the pair had one.
    pub created: bool,
}

/// One change of a thread that all participants see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThreadChange {
    /// A new title, or `Some(None)` for none.
    pub title: Option<Option<String>>,
    /// New metadata in place of the old.
    pub metadata: Option<Metadata>,
}

impl ThreadChange {
    /// Whether nothing is to change.
    pub fn is_empty(&self) -> bool {
        self.title.is_none() && self.metadata.is_none()
    }
}

/// How one participant keeps a thread; `None` leaves as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ThreadSettings {
    /// Put away. A new message of another brings it back.
    pub archived: Option<bool>,
    /// No notifications.
    pub muted: Option<bool>,
    /// Above the others.
    pub pinned: Option<bool>,
}

impl ThreadSettings {
    /// Whether nothing is to change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Which of a user's threads to list. `None` and `false` leave out the filter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ThreadFilter {
    /// Archived ones only, or the others only; `None` for both.
    pub archived: Option<bool>,
    /// Those that bear this tag of the user's. A tag of another user is borne by none.
    pub tag: Option<TagId>,
    /// Those with unread messages only.
    pub unread: bool,
}

/// A thread's place in a user's list: pinned ones first, then by activity, newest first.
/// No two threads share an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadKey {
    /// Whether it stands among the pinned.
    pub pinned: bool,
    /// The log position of its latest activity.
    pub activity: Position,
}

/// Keeps threads, and how each participant keeps them.
///
/// A participant who has left a group keeps reading its messages up to the one that was newest
/// then (see [`MessageStore`](crate::message::MessageStore)), but to this port the thread no longer
/// exists for them.
#[async_trait]
pub trait ThreadStore: Send + Sync {
    /// Opens a thread and appends [`Change::ThreadCreated`](crate::log::Change), atomically.
    ///
    /// A direct thread is unique for its pair of users, in whatever order and roles, also when both
    /// open it at the same moment: then one is created, the other call finds it, and nothing is
    /// appended for it. Finding is not refused because of accounts or blocks. The position of the
    /// creation is the thread's first `activity`.
    ///
    /// # Errors
    /// When it would be new: [`CreateThreadError::CallerDisabled`] when the opener does not take
    /// part at `at`; [`CreateThreadError::RecipientUnavailable`] when another participant does not,
    /// or has blocked the opener.
    async fn open_thread(&self, thread: NewThread) -> Result<Committed<Opened>, CreateThreadError>;

    /// The thread as `viewer` sees it; `None` unless they take part in it now.
    ///
    /// # Errors
    /// Only the store's own.
    async fn lookup_thread(
        &self,
        thread_id: ThreadId,
        viewer: &UserId,
    ) -> Result<Option<Thread>, StoreError>;

    /// The thread as each of `viewers` sees it, in no given order; those who do not take part in
    /// it are left out.
    ///
    /// # Errors
    /// Only the store's own.
    async fn lookup_thread_for(
        &self,
        thread_id: ThreadId,
        viewers: &[UserId],
    ) -> Result<Vec<(UserId, Thread)>, StoreError>;

    /// Up to `size + 1` of the threads that `viewer` takes part in, in the order of [`ThreadKey`],
    /// those after `after` only.
    ///
    /// # Errors
    /// Only the store's own.
    async fn list_threads(
        &self,
        viewer: &UserId,
        filter: ThreadFilter,
        after: Option<ThreadKey>,
        size: PageSize,
    ) -> Result<Vec<Thread>, StoreError>;

    /// Changes title or metadata, sets `updated_at`, and appends
    /// [`Change::ThreadUpdated`](crate::log::Change), atomically, also when the values are the old
    /// ones. Not an activity.
    ///
    /// # Errors
    /// [`UpdateThreadError::NoSuchThread`] unless `user_id` takes part;
    /// [`UpdateThreadError::CallerDisabled`].
    async fn update_thread(
        &self,
        thread_id: ThreadId,
        user_id: &UserId,
        change: ThreadChange,
        at: Timestamp,
    ) -> Result<Committed<()>, UpdateThreadError>;

    /// Changes how `user_id` keeps the thread and appends, atomically, one entry: when the thread is
    /// archived and was not, [`Change::ThreadArchived`](crate::log::Change) with
    /// [`ArchiveReason::User`](super::ArchiveReason), otherwise
    /// [`Change::ThreadSettings`](crate::log::Change). When nothing changes, nothing is appended and
    /// there is no position. Whatever `archived` is set to, also to what it is: a deactivation is no
    /// longer the reason (see [`ArchiveStore`](crate::archive::ArchiveStore)).
    ///
    /// # Errors
    /// [`UpdateThreadError::NoSuchThread`] unless `user_id` takes part.
    async fn set_thread_settings(
        &self,
        thread_id: ThreadId,
        user_id: &UserId,
        settings: ThreadSettings,
        at: Timestamp,
    ) -> Result<Committed<()>, UpdateThreadError>;
}

/// Keeps who takes part in groups.
#[async_trait]
pub trait ParticipantStore: Send + Sync {
    /// Lets a user take part in a group and appends
    /// [`Change::ParticipantAdded`](crate::log::Change), atomically. The user sees the whole
    /// history; their markers stand at the newest message (for one who comes back: at least
    /// there), so nothing is unread; `joined_at` is `at`, also for one who comes back; settings are
    /// as new and the position is their `activity`, and nobody else's. Adding one who takes part
    /// with the same role changes nothing; with another role it sets the role and appends
    /// [`Change::ThreadUpdated`](crate::log::Change). Every change sets `updated_at`. `by` need not
    /// take part: who may do this is the core's rule.
    ///
    /// # Errors
    /// [`ParticipantError::NoSuchThread`]; [`ParticipantError::NotAGroup`];
    /// [`ParticipantError::RecipientUnavailable`] when the user does not take part in anything at
    /// `at`, or has blocked `by`, also for one who is in the group already;
    /// [`ParticipantError::CallerDisabled`]; [`ParticipantError::TooMany`] when one more would come
    /// in at [`MAX_PARTICIPANTS`](crate::limits::MAX_PARTICIPANTS).
    async fn add_participant(
        &self,
        thread_id: ThreadId,
        by: &UserId,
        user_id: &UserId,
        role: Role,
        at: Timestamp,
    ) -> Result<Committed<()>, ParticipantError>;

    /// Ends a user's part in a group and appends
    /// [`Change::ParticipantRemoved`](crate::log::Change), atomically. The leaver's tags come off
    /// the thread, and `updated_at` is set. `by` need not take part; neither account is asked.
    ///
    /// # Errors
    /// [`ParticipantError::NoSuchThread`], also when `by` is the user and does not take part;
    /// [`ParticipantError::NoSuchParticipant`] when another user does not take part;
    /// [`ParticipantError::NotAGroup`] in a direct thread.
    async fn remove_participant(
        &self,
        thread_id: ThreadId,
        by: &UserId,
        user_id: &UserId,
        at: Timestamp,
    ) -> Result<Committed<()>, ParticipantError>;
}
