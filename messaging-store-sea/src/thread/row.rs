//! Threads and participants between the tables and the core.

use messaging_core::{
    caller::Role,
    clock::Timestamp,
    error::StoreError,
    id::{Position, Seq, ThreadId, UserId},
    thread::ThreadKind,
};

use crate::{convert, entity, failure::corrupt};

/// A thread, as everyone in it has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ThreadRow {
    pub(crate) kind: ThreadKind,
    pub(crate) pair_key: Option<String>,
    pub(crate) title: Option<String>,
    /// JSON, as it is stored: most changes do not look into it.
    pub(crate) metadata: String,
    pub(crate) created_by: UserId,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) last_seq: Seq,
}

/// Reads the two kinds' names.
pub(crate) fn kind(text: &str, id: ThreadId) -> Result<ThreadKind, StoreError> {
    [ThreadKind::Direct, ThreadKind::Group]
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or_else(|| corrupt("thread.kind", id))
}

impl TryFrom<entity::thread::Model> for ThreadRow {
    type Error = StoreError;

    fn try_from(row: entity::thread::Model) -> Result<Self, StoreError> {
        let id = ThreadId::from_uuid(row.id);
        Ok(Self {
            kind: kind(&row.kind, id)?,
            pair_key: row.pair_key,
            title: row.title,
            metadata: row.metadata,
            created_by: convert::user_id(&row.created_by, "thread.created_by", id)?,
            created_at: convert::timestamp(row.created_at, "thread.created_at", id)?,
            updated_at: convert::timestamp(row.updated_at, "thread.updated_at", id)?,
            last_seq: Seq::new(row.last_seq),
        })
    }
}

/// What names the direct thread of two users, in whatever order. Ids hold no space.
pub(crate) fn pair_key<'a>(users: impl IntoIterator<Item = &'a UserId>) -> String {
    let mut users: Vec<&str> = users.into_iter().map(UserId::as_str).collect();
    users.sort_unstable();
    users.join(" ")
}

/// One user's part in a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParticipantRow {
    pub(crate) role: Role,
    pub(crate) joined_at: Timestamp,
    pub(crate) joined_position: Position,
    /// When they left, and the newest message then; `None` while they take part.
    pub(crate) left: Option<(Position, Seq)>,
    pub(crate) delivered: Seq,
    pub(crate) read: Seq,
    /// How many messages after `read` are deleted: what makes unread counts without counting.
    pub(crate) deleted_unread: i64,
    pub(crate) archived: bool,
    /// Whose deactivation archived it, if one did and the user is not through with that.
    pub(crate) archived_for: Option<UserId>,
    pub(crate) muted: bool,
    pub(crate) pinned: bool,
    pub(crate) activity: Position,
}

impl ParticipantRow {
    /// One who takes part from `position` on, up to date with everything until `seq`.
    pub(crate) fn joining(role: Role, at: Timestamp, position: Position, seq: Seq) -> Self {
        Self {
            role,
            joined_at: at,
            joined_position: position,
            left: None,
            delivered: seq,
            read: seq,
            deleted_unread: 0,
            archived: false,
            archived_for: None,
            muted: false,
            pinned: false,
            activity: position,
        }
    }

    /// Whether this is `other` but for what messages and markers change.
    pub(crate) fn has_only_moved(&self, other: &Self) -> bool {
        let moved = Self {
            delivered: self.delivered,
            read: self.read,
            deleted_unread: self.deleted_unread,
            archived: self.archived,
            activity: self.activity,
            ..other.clone()
        };
        moved == *self
    }
}

impl TryFrom<entity::participant::Model> for ParticipantRow {
    type Error = StoreError;

    fn try_from(row: entity::participant::Model) -> Result<Self, StoreError> {
        let id = format!("{} {}", row.thread_id, row.user_id);
        let left = match (row.left_position, row.left_seq) {
            (None, None) => None,
            (Some(position), Some(seq)) => Some((Position::new(position), Seq::new(seq))),
            _ => return Err(corrupt("participant.left_seq", id)),
        };
        let archived_for = row.archived_for.as_deref();
        let archived_for = archived_for
            .map(|user_id| convert::user_id(user_id, "participant.archived_for", &id))
            .transpose()?;
        Ok(Self {
            role: convert::role(&row.role, "participant.role", &id)?,
            joined_at: convert::timestamp(row.joined_at, "participant.joined_at", &id)?,
            joined_position: Position::new(row.joined_position),
            left,
            delivered: Seq::new(row.delivered_seq),
            read: Seq::new(row.read_seq),
            deleted_unread: row.deleted_unread,
            archived: row.archived,
            archived_for,
            muted: row.muted,
            pinned: row.pinned,
            activity: Position::new(row.activity),
        })
    }
}
