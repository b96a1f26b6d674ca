//! The queries that load what a group of changes needs, and the rows that no entity has.

use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::rows::{Kind, SetStatement};

/// Holds the lock that makes all writers, on every node, take turns.
pub(super) const HEAD: &str =
    "SELECT position, pruned, version FROM {log_head} WHERE id = 1 {for_update}";

pub(super) const THREADS: SetStatement = SetStatement {
    sql: "SELECT t.id, t.kind, t.pair_key, t.title, t.metadata, t.created_by, t.created_at,
            t.updated_at, t.last_seq
        FROM {rows} JOIN {thread} t ON t.id = r.id",
    columns: &[("id", Kind::Uuid)],
};

pub(super) const PAIRS: SetStatement = SetStatement {
    sql: "SELECT t.id, t.pair_key FROM {rows} JOIN {thread} t ON t.pair_key = r.pair_key",
    columns: &[("pair_key", Kind::Text)],
};

/// Those who take part, and those who are named.
pub(super) const PARTICIPANTS: SetStatement = SetStatement {
    sql: "SELECT p.thread_id, p.user_id, p.role, p.joined_at, p.joined_position, p.left_position,
            p.left_seq, p.delivered_seq, p.read_seq, p.deleted_unread, p.archived,
            p.archived_for, p.muted, p.pinned, p.activity
        FROM {rows} JOIN {participant} p ON p.thread_id = r.thread_id
        WHERE (r.user_id IS NULL AND p.left_position IS NULL) OR p.user_id = r.user_id",
    columns: &[("thread_id", Kind::Uuid), ("user_id", Kind::MaybeText)],
};

pub(super) const ACCOUNTS: SetStatement = SetStatement {
    sql: "SELECT a.user_id, a.ban_reason, a.ban_until, a.deactivated
        FROM {rows} JOIN {account} a ON a.user_id = r.user_id",
    columns: &[("user_id", Kind::Text)],
};

pub(super) const BLOCKS: SetStatement = SetStatement {
    sql: "SELECT b.user_id, b.blocked_id, b.created_at
        FROM {rows} JOIN {block} b ON b.user_id = r.user_id AND b.blocked_id = r.blocked_id",
    columns: &[("user_id", Kind::Text), ("blocked_id", Kind::Text)],
};

pub(super) const TOMBSTONES: SetStatement = SetStatement {
    sql: "SELECT r.thread_id, r.seq, (SELECT COUNT(*) FROM {message} m
            WHERE m.thread_id = r.thread_id AND m.seq > r.seq AND m.deleted_at IS NOT NULL) AS deleted
        FROM {rows}",
    columns: &[("thread_id", Kind::Uuid), ("seq", Kind::Int)],
};

pub(super) const TAGGED: SetStatement = SetStatement {
    sql: "SELECT x.user_id, x.thread_id, x.tag_id
        FROM {rows} JOIN {thread_tag} x ON x.user_id = r.user_id AND x.thread_id = r.thread_id",
    columns: &[("user_id", Kind::Text), ("thread_id", Kind::Uuid)],
};

/// Beginning behind what is gone: on PostgreSQL it may still lie there for a while.
pub(super) const OLDEST: &str =
    "SELECT position, at FROM {log} WHERE position > $1 ORDER BY position LIMIT +$2";

#[derive(Debug, FromQueryResult)]
pub(super) struct Head {
    pub(super) position: i64,
    pub(super) pruned: i64,
    pub(super) version: i64,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct Pair {
    pub(super) id: Uuid,
    pub(super) pair_key: String,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct Tombstones {
    pub(super) thread_id: Uuid,
    pub(super) seq: i64,
    pub(super) deleted: i64,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct Tagged {
    pub(super) user_id: String,
    pub(super) thread_id: Uuid,
    #[sea_orm(from_alias = "tag_id")]
    pub(super) tag: Uuid,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct Oldest {
    pub(super) position: i64,
    pub(super) at: i64,
}
