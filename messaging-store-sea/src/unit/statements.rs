//! The statements that write a group's changes, each over a set of rows.

use crate::rows::{Columns, Kind, SetStatement};

/// `version` counts the transactions that changed anything, so that other writers know.
pub(super) const SET_HEAD: &str = "UPDATE {log_head}
    SET position = $1, pruned = $2, version = $3 WHERE id = 1";

pub(super) const PRUNE: &str = "DELETE FROM {log} WHERE position <= $1";

pub(super) const ADD_THREADS: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {thread} (id, kind, pair_key, title, metadata, created_by, created_at,
            updated_at, last_seq)
        SELECT id, kind, pair_key, title, metadata, created_by, created_at, updated_at, last_seq
        FROM {rows}",
    columns: &[
        ("id", Kind::Uuid),
        ("kind", Kind::Text),
        ("pair_key", Kind::MaybeText),
        ("title", Kind::MaybeText),
        ("metadata", Kind::Text),
        ("created_by", Kind::Text),
        ("created_at", Kind::Int),
        ("updated_at", Kind::Int),
        ("last_seq", Kind::Int),
    ],
};

/// What a message changes of its thread.
pub(super) const TOUCH_THREADS: SetStatement = SetStatement {
    sql: "UPDATE {or_fail} {thread} AS t SET updated_at = r.updated_at, last_seq = r.last_seq
        FROM {rows} WHERE t.id = r.id",
    columns: &[
        ("id", Kind::Uuid),
        ("updated_at", Kind::Int),
        ("last_seq", Kind::Int),
    ],
};

pub(super) const DESCRIBE_THREADS: SetStatement = SetStatement {
    sql: "UPDATE {or_fail} {thread} AS t SET title = r.title, metadata = r.metadata
        FROM {rows} WHERE t.id = r.id",
    columns: &[
        ("id", Kind::Uuid),
        ("title", Kind::MaybeText),
        ("metadata", Kind::Text),
    ],
};

pub(super) const ADD_PARTICIPANTS: SetStatement = SetStatement {
    sql:
        "INSERT {or_fail} INTO {participant} (thread_id, user_id, role, joined_at, joined_position,
            left_position, left_seq, delivered_seq, read_seq, deleted_unread, archived,
            archived_for, muted, pinned, activity)
        SELECT thread_id, user_id, role, joined_at, joined_position, left_position, left_seq,
            delivered_seq, read_seq, deleted_unread, archived, archived_for, muted, pinned,
            activity
        FROM {rows}",
    columns: PARTICIPANT,
};

pub(super) const SET_PARTICIPANTS: SetStatement = SetStatement {
    sql: "UPDATE {or_fail} {participant} AS p SET role = r.role, joined_at = r.joined_at,
            joined_position = r.joined_position, left_position = r.left_position,
            left_seq = r.left_seq, delivered_seq = r.delivered_seq, read_seq = r.read_seq,
            deleted_unread = r.deleted_unread, archived = r.archived,
            archived_for = r.archived_for, muted = r.muted, pinned = r.pinned,
            activity = r.activity
        FROM {rows} WHERE p.thread_id = r.thread_id AND p.user_id = r.user_id",
    columns: PARTICIPANT,
};

/// What messages and markers change of a participant, but for one whose thread a deactivation had put
/// away.
pub(super) const MOVE_PARTICIPANTS: SetStatement = SetStatement {
    sql: "UPDATE {or_fail} {participant} AS p SET delivered_seq = r.delivered_seq,
            read_seq = r.read_seq, deleted_unread = r.deleted_unread, archived = r.archived,
            activity = r.activity
        FROM {rows} WHERE p.thread_id = r.thread_id AND p.user_id = r.user_id",
    columns: &[
        ("thread_id", Kind::Uuid),
        ("user_id", Kind::Text),
        ("delivered_seq", Kind::Int),
        ("read_seq", Kind::Int),
        ("deleted_unread", Kind::Int),
        ("archived", Kind::Bool),
        ("activity", Kind::Int),
    ],
};

const PARTICIPANT: Columns = &[
    ("thread_id", Kind::Uuid),
    ("user_id", Kind::Text),
    ("role", Kind::Text),
    ("joined_at", Kind::Int),
    ("joined_position", Kind::Int),
    ("left_position", Kind::MaybeInt),
    ("left_seq", Kind::MaybeInt),
    ("delivered_seq", Kind::Int),
    ("read_seq", Kind::Int),
    ("deleted_unread", Kind::Int),
    ("archived", Kind::Bool),
    ("archived_for", Kind::MaybeText),
    ("muted", Kind::Bool),
    ("pinned", Kind::Bool),
    ("activity", Kind::Int),
];

pub(super) const ADD_FORMER_STAYS: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {former_stay} (user_id, thread_id, joined_position, left_position)
        SELECT user_id, thread_id, joined_position, left_position FROM {rows}",
    columns: &[
        ("user_id", Kind::Text),
        ("thread_id", Kind::Uuid),
        ("joined_position", Kind::Int),
        ("left_position", Kind::Int),
    ],
};

pub(super) const ADD_MESSAGES: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {message} (id, thread_id, seq, sender_id, client_id, fingerprint, content,
            reply_to, created_at, edited_at, deleted_at, moderation)
        SELECT id, thread_id, seq, sender_id, client_id, fingerprint, content, reply_to,
            created_at, edited_at, deleted_at, moderation
        FROM {rows}",
    columns: &[
        ("id", Kind::Uuid),
        ("thread_id", Kind::Uuid),
        ("seq", Kind::Int),
        ("sender_id", Kind::Text),
        ("client_id", Kind::Text),
        ("fingerprint", Kind::MaybeBytes),
        ("content", Kind::MaybeText),
        ("reply_to", Kind::MaybeUuid),
        ("created_at", Kind::Int),
        ("edited_at", Kind::MaybeInt),
        ("deleted_at", Kind::MaybeInt),
        ("moderation", Kind::MaybeText),
    ],
};

pub(super) const SET_MESSAGES: SetStatement = SetStatement {
    sql: "UPDATE {or_fail} {message} AS m SET fingerprint = r.fingerprint, content = r.content,
            edited_at = r.edited_at, deleted_at = r.deleted_at, moderation = r.moderation
        FROM {rows} WHERE m.id = r.id",
    columns: &[
        ("id", Kind::Uuid),
        ("fingerprint", Kind::MaybeBytes),
        ("content", Kind::MaybeText),
        ("edited_at", Kind::MaybeInt),
        ("deleted_at", Kind::MaybeInt),
        ("moderation", Kind::MaybeText),
    ],
};

pub(super) const REMOVE_REACTIONS: SetStatement = SetStatement {
    sql: "DELETE FROM {reaction} WHERE (message_id, emoji, user_id) IN
            (SELECT message_id, emoji, user_id FROM {rows})",
    columns: &[
        ("message_id", Kind::Uuid),
        ("emoji", Kind::Text),
        ("user_id", Kind::Text),
    ],
};

pub(super) const ADD_REACTIONS: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {reaction} (message_id, emoji, user_id, position)
        SELECT message_id, emoji, user_id, position FROM {rows}",
    columns: &[
        ("message_id", Kind::Uuid),
        ("emoji", Kind::Text),
        ("user_id", Kind::Text),
        ("position", Kind::Int),
    ],
};

pub(super) const SET_ACCOUNTS: SetStatement = SetStatement {
    // "WHERE TRUE" keeps SQLite from taking ON CONFLICT for a join's.
    sql: "INSERT INTO {account} (user_id, ban_reason, ban_until, deactivated)
        SELECT user_id, ban_reason, ban_until, deactivated FROM {rows} WHERE TRUE
        ON CONFLICT (user_id) DO UPDATE SET ban_reason = excluded.ban_reason,
            ban_until = excluded.ban_until, deactivated = excluded.deactivated",
    columns: &[
        ("user_id", Kind::Text),
        ("ban_reason", Kind::MaybeText),
        ("ban_until", Kind::MaybeInt),
        ("deactivated", Kind::Bool),
    ],
};

pub(super) const ADD_BLOCKS: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {block} (user_id, blocked_id, created_at)
        SELECT user_id, blocked_id, created_at FROM {rows}",
    columns: &[
        ("user_id", Kind::Text),
        ("blocked_id", Kind::Text),
        ("created_at", Kind::Int),
    ],
};

pub(super) const REMOVE_BLOCKS: SetStatement = SetStatement {
    sql: "DELETE FROM {block} WHERE (user_id, blocked_id) IN
            (SELECT user_id, blocked_id FROM {rows})",
    columns: &[("user_id", Kind::Text), ("blocked_id", Kind::Text)],
};

pub(super) const ADD_TAGS: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {tag} (id, owner_id, name, color, created_at)
        SELECT id, owner_id, name, color, created_at FROM {rows}",
    columns: &[
        ("id", Kind::Uuid),
        ("owner_id", Kind::Text),
        ("name", Kind::Text),
        ("color", Kind::MaybeText),
        ("created_at", Kind::Int),
    ],
};

pub(super) const SET_TAGS: SetStatement = SetStatement {
    sql: "UPDATE {or_fail} {tag} AS t SET name = r.name, color = r.color FROM {rows} WHERE t.id = r.id",
    columns: &[
        ("id", Kind::Uuid),
        ("name", Kind::Text),
        ("color", Kind::MaybeText),
    ],
};

pub(super) const REMOVE_TAGS: SetStatement = SetStatement {
    sql: "DELETE FROM {tag} WHERE id IN (SELECT id FROM {rows})",
    columns: &[("id", Kind::Uuid)],
};

pub(super) const ADD_TAGGED: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {thread_tag} (user_id, thread_id, tag_id)
        SELECT user_id, thread_id, tag_id FROM {rows}",
    columns: TAGGED,
};

pub(super) const REMOVE_TAGGED: SetStatement = SetStatement {
    sql: "DELETE FROM {thread_tag} WHERE (user_id, thread_id, tag_id) IN
            (SELECT user_id, thread_id, tag_id FROM {rows})",
    columns: TAGGED,
};

const TAGGED: Columns = &[
    ("user_id", Kind::Text),
    ("thread_id", Kind::Uuid),
    ("tag_id", Kind::Uuid),
];
