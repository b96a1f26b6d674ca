//! PostgreSQL: sets of rows are arrays, a column each.

use sqlx::{Executor, PgConnection};

use super::{
    SET_HEAD, Tables,
    rows::{Member, New, Rows, members},
};
use crate::ceiling::stamp::Stamp;

const HEAD: &str = "SELECT position FROM messaging_log_head WHERE id = 1 FOR UPDATE";

const MEMBERS: &str = members!(
    "SELECT DISTINCT * FROM UNNEST($2::uuid[], $3::text[]) AS u (thread_id, sender_id)",
    "JOIN"
);

const REPEATED: &str = "SELECT COUNT(*)
    FROM UNNEST($1::uuid[], $2::text[], $3::text[]) AS r (thread_id, sender_id, client_id)
    JOIN messaging_message m ON m.thread_id = r.thread_id AND m.sender_id = r.sender_id
        AND m.client_id = r.client_id";

const MESSAGES: &str = "INSERT INTO messaging_message (id, thread_id, seq, sender_id, client_id,
        fingerprint, content, reply_to, created_at, edited_at, deleted_at)
    SELECT id, thread_id, seq, sender_id, client_id, fingerprint, content, NULL, at, NULL, NULL
    FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::bytea[],
        $7::text[], $8::bigint[])
        AS r (id, thread_id, seq, sender_id, client_id, fingerprint, content, at)";

const LOG: &str = "INSERT INTO messaging_log (position, at, kind, actor_id, thread_id, message_id,
        user_id, audience_id, seq)
    SELECT position, at, 'message.sent', sender_id, thread_id, id, NULL, NULL, NULL
    FROM UNNEST($1::bigint[], $2::bigint[], $3::text[], $4::uuid[], $5::uuid[])
        AS r (position, at, sender_id, thread_id, id)";

const THREADS: &str = "UPDATE messaging_thread AS t
    SET updated_at = r.updated_at, last_seq = r.last_seq
    FROM UNNEST($1::uuid[], $2::bigint[], $3::bigint[]) AS r (id, updated_at, last_seq)
    WHERE t.id = r.id";

const PARTICIPANTS: &str = "UPDATE messaging_participant AS p SET activity = r.activity,
        read_seq = COALESCE(r.read_seq, p.read_seq),
        delivered_seq = COALESCE(r.read_seq, p.delivered_seq),
        deleted_unread = CASE WHEN r.read_seq IS NULL THEN p.deleted_unread ELSE 0 END,
        archived = p.archived AND NOT r.received
    FROM UNNEST($1::uuid[], $2::text[], $3::bigint[], $4::boolean[], $5::bigint[])
        AS r (thread_id, user_id, read_seq, received, activity)
    WHERE p.thread_id = r.thread_id AND p.user_id = r.user_id";

/// One value of each row.
fn column<'a, R, V>(rows: &'a [R], value: impl Fn(&'a R) -> V) -> Vec<V> {
    rows.iter().map(value).collect()
}

impl Tables for PgConnection {
    async fn begin(&mut self) -> sqlx::Result<i64> {
        self.execute("BEGIN").await?;
        sqlx::query_scalar(HEAD).fetch_one(self).await
    }

    async fn members(&mut self, group: &[New]) -> sqlx::Result<Vec<Member>> {
        sqlx::query_as(MEMBERS)
            .bind(group.last().map(|new| new.stamp.at))
            .bind(column(group, |new| new.thread_id))
            .bind(column(group, |new| new.sender_id.as_str()))
            .fetch_all(self)
            .await
    }

    async fn repeated(&mut self, group: &[New]) -> sqlx::Result<i64> {
        sqlx::query_scalar(REPEATED)
            .bind(column(group, |new| new.thread_id))
            .bind(column(group, |new| new.sender_id.as_str()))
            .bind(column(group, |new| new.client_id.as_str()))
            .fetch_one(self)
            .await
    }

    async fn write(&mut self, rows: &Rows<'_>) -> sqlx::Result<()> {
        let Rows {
            messages,
            threads,
            participants,
            head,
        } = rows;
        let stamp = |value: fn(&Stamp) -> i64| column(messages, |row| value(&row.new.stamp));
        let (ids, at) = (
            column(messages, |row| row.new.stamp.id),
            stamp(|stamp| stamp.at),
        );
        let thread_ids = column(messages, |row| row.new.thread_id);
        let senders = column(messages, |row| row.new.sender_id.as_str());
        sqlx::query(MESSAGES)
            .bind(&ids)
            .bind(&thread_ids)
            .bind(column(messages, |row| row.seq))
            .bind(&senders)
            .bind(column(messages, |row| row.new.client_id.as_str()))
            .bind(column(messages, |row| row.new.stamp.fingerprint.as_slice()))
            .bind(column(messages, |row| row.new.content.as_str()))
            .bind(&at)
            .execute(&mut *self)
            .await?;
        sqlx::query(LOG)
            .bind(column(messages, |row| row.position))
            .bind(&at)
            .bind(&senders)
            .bind(&thread_ids)
            .bind(&ids)
            .execute(&mut *self)
            .await?;
        sqlx::query(THREADS)
            .bind(column(threads, |row| row.id))
            .bind(column(threads, |row| row.updated_at))
            .bind(column(threads, |row| row.last_seq))
            .execute(&mut *self)
            .await?;
        sqlx::query(PARTICIPANTS)
            .bind(column(participants, |row| row.thread_id))
            .bind(column(participants, |row| row.user_id.as_str()))
            .bind(column(participants, |row| row.read_seq))
            .bind(column(participants, |row| row.received))
            .bind(column(participants, |row| row.activity))
            .execute(&mut *self)
            .await?;
        sqlx::query(SET_HEAD).bind(head).execute(self).await?;
        Ok(())
    }

    async fn end(&mut self, with: &'static str) -> sqlx::Result<()> {
        self.execute(with).await?;
        Ok(())
    }
}
