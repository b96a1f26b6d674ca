//! SQLite: a set of rows is one JSON text, an array of arrays; UUIDs and bytes are in hexadecimal.

use serde::Serialize;
use sqlx::{Executor, SqliteConnection};

use super::{
    SET_HEAD, Tables,
    rows::{Member, New, Rows, members},
};

const HEAD: &str = "SELECT position FROM messaging_log_head WHERE id = 1";

const MEMBERS: &str = members!(
    "SELECT DISTINCT unhex(value->>0) AS thread_id, value->>1 AS sender_id FROM json_each($2)",
    "CROSS JOIN"
);

const REPEATED: &str = "SELECT COUNT(*) FROM json_each($1) AS r
    CROSS JOIN messaging_message m ON m.thread_id = unhex(r.value->>0)
        AND m.sender_id = r.value->>1 AND m.client_id = r.value->>2";

/// `$1`, for this statement and the next: `[id, thread, seq, sender, client_id, fingerprint,
/// content, at, position]`.
const MESSAGES: &str = "INSERT INTO messaging_message (id, thread_id, seq, sender_id, client_id,
        fingerprint, content, reply_to, created_at, edited_at, deleted_at)
    SELECT unhex(value->>0), unhex(value->>1), value->>2, value->>3, value->>4, unhex(value->>5),
        value->>6, NULL, value->>7, NULL, NULL
    FROM json_each($1)";

const LOG: &str = "INSERT INTO messaging_log (position, at, kind, actor_id, thread_id, message_id,
        user_id, audience_id, seq)
    SELECT value->>8, value->>7, 'message.sent', value->>3, unhex(value->>1), unhex(value->>0),
        NULL, NULL, NULL
    FROM json_each($1)";

const THREADS: &str = "UPDATE messaging_thread AS t
    SET updated_at = r.value->>1, last_seq = r.value->>2
    FROM json_each($1) AS r WHERE t.id = unhex(r.value->>0)";

/// `$1`: `[thread, user, read_seq, received, activity]`.
const PARTICIPANTS: &str = "UPDATE messaging_participant AS p SET activity = r.value->>4,
        read_seq = COALESCE(r.value->>2, p.read_seq),
        delivered_seq = COALESCE(r.value->>2, p.delivered_seq),
        deleted_unread = CASE WHEN r.value->>2 IS NULL THEN p.deleted_unread ELSE 0 END,
        archived = p.archived AND NOT r.value->>3
    FROM json_each($1) AS r
    WHERE p.thread_id = unhex(r.value->>0) AND p.user_id = r.value->>1";

fn json<'a, R: 'a, V: Serialize>(rows: &'a [R], line: impl Fn(&'a R) -> V) -> String {
    let lines: Vec<V> = rows.iter().map(line).collect();
    serde_json::to_string(&lines).expect("texts and numbers are JSON")
}

/// What tells messages apart, and who sends them where.
fn keys(group: &[New]) -> String {
    json(group, |new| {
        (
            new.thread_id.simple().to_string(),
            &new.sender_id,
            &new.client_id,
        )
    })
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    let pairs = bytes.iter();
    pairs
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

impl Tables for SqliteConnection {
    async fn begin(&mut self) -> sqlx::Result<i64> {
        self.execute("BEGIN IMMEDIATE").await?;
        sqlx::query_scalar(HEAD).fetch_one(self).await
    }

    async fn members(&mut self, group: &[New]) -> sqlx::Result<Vec<Member>> {
        sqlx::query_as(MEMBERS)
            .bind(group.last().map(|new| new.stamp.at))
            .bind(keys(group))
            .fetch_all(self)
            .await
    }

    async fn repeated(&mut self, group: &[New]) -> sqlx::Result<i64> {
        sqlx::query_scalar(REPEATED)
            .bind(keys(group))
            .fetch_one(self)
            .await
    }

    async fn write(&mut self, rows: &Rows<'_>) -> sqlx::Result<()> {
        let messages = json(&rows.messages, |row| {
            let (new, stamp) = (row.new, &row.new.stamp);
            (
                stamp.id.simple().to_string(),
                new.thread_id.simple().to_string(),
                row.seq,
                &new.sender_id,
                &new.client_id,
                hex(&stamp.fingerprint),
                &new.content,
                stamp.at,
                row.position,
            )
        });
        let threads = json(&rows.threads, |row| {
            (row.id.simple().to_string(), row.updated_at, row.last_seq)
        });
        let participants = json(&rows.participants, |row| {
            let thread = row.thread_id.simple().to_string();
            (
                thread,
                &row.user_id,
                row.read_seq,
                row.received,
                row.activity,
            )
        });
        for (sql, set) in [
            (MESSAGES, &messages),
            (LOG, &messages),
            (THREADS, &threads),
            (PARTICIPANTS, &participants),
        ] {
            sqlx::query(sql).bind(set).execute(&mut *self).await?;
        }
        sqlx::query(SET_HEAD).bind(rows.head).execute(self).await?;
        Ok(())
    }

    async fn end(&mut self, with: &'static str) -> sqlx::Result<()> {
        self.execute(with).await?;
        Ok(())
    }
}
