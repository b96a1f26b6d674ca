//! One transaction a message, by bare sqlx: what the usual service does. The tables, the rows, the
//! checks and the durability are the library's.

use std::sync::Arc;

use anyhow::ensure;
use sqlx::{PgPool, SqlitePool, postgres::PgPoolOptions, sqlite::SqlitePoolOptions};

use super::{
    Sender, sqlite_options,
    stamp::{Stamp, content},
};
use crate::seed::{ANN, TEXT, World, thread_id};

/// How many connections a pool has, on PostgreSQL. SQLite writes by one at a time.
const CONNECTIONS: u32 = 32;

/// Takes the place in the log, and with it the lock that all writers take turns at.
const HEAD: &str =
    "UPDATE messaging_log_head SET position = position + 1 WHERE id = 1 RETURNING position";

/// Who takes part: whether they may, and whether one has blocked the other.
const MEMBERS: &str = "SELECT p.user_id,
        a.user_id IS NULL OR NOT (a.deactivated OR (a.ban_reason IS NOT NULL
            AND (a.ban_until IS NULL OR a.ban_until > $3))),
        EXISTS (SELECT 1 FROM messaging_block b
            WHERE b.user_id = p.user_id AND b.blocked_id = $2)
        OR EXISTS (SELECT 1 FROM messaging_block b
            WHERE b.user_id = $2 AND b.blocked_id = p.user_id)
    FROM messaging_participant p LEFT JOIN messaging_account a ON a.user_id = p.user_id
    WHERE p.thread_id = $1 AND p.left_position IS NULL";

const REPEATED: &str = "SELECT 1 FROM messaging_message
    WHERE thread_id = $1 AND sender_id = $2 AND client_id = $3";

const THREAD: &str = "UPDATE messaging_thread SET last_seq = last_seq + 1, updated_at = $2
    WHERE id = $1 RETURNING last_seq";

const MESSAGE: &str = "INSERT INTO messaging_message (id, thread_id, seq, sender_id, client_id,
        fingerprint, content, reply_to, created_at, edited_at, deleted_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8, NULL, NULL)";

const PARTICIPANTS: &str = "UPDATE messaging_participant SET activity = $3,
        read_seq = CASE WHEN user_id = $2 THEN $4 ELSE read_seq END,
        delivered_seq = CASE WHEN user_id = $2 THEN $4 ELSE delivered_seq END,
        deleted_unread = CASE WHEN user_id = $2 THEN 0 ELSE deleted_unread END,
        archived = archived AND user_id = $2
    WHERE thread_id = $1 AND left_position IS NULL";

const LOG: &str = "INSERT INTO messaging_log (position, at, kind, actor_id, thread_id, message_id,
        user_id, audience_id, seq)
    VALUES ($1, $2, 'message.sent', $3, $4, $5, NULL, NULL, NULL)";

/// A database that takes one transaction a message.
#[derive(Debug, Clone)]
pub(crate) struct Transactions {
    pool: Pool,
}

#[derive(Debug, Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs one send in a transaction; the two databases' types have no common one.
macro_rules! send {
    ($transaction:expr, $thread:expr, $client_id:expr) => {{
        let transaction = $transaction;
        let (thread, client_id): (uuid::Uuid, String) = ($thread, $client_id);
        let content = content(TEXT);
        let stamp = Stamp::new(&content);
        let position: i64 = sqlx::query_scalar(HEAD)
            .fetch_one(&mut *transaction)
            .await?;
        let members: Vec<(String, bool, bool)> = sqlx::query_as(MEMBERS)
            .bind(thread)
            .bind(ANN)
            .bind(stamp.at)
            .fetch_all(&mut *transaction)
            .await?;
        let allowed = members
            .iter()
            .all(|(_, active, blocked)| *active && !blocked);
        let is_member = members.iter().any(|(user, ..)| user == ANN);
        ensure!(allowed && is_member, "nobody may send to thread {thread}");
        let repeated: Option<i32> = sqlx::query_scalar(REPEATED)
            .bind(thread)
            .bind(ANN)
            .bind(&client_id)
            .fetch_optional(&mut *transaction)
            .await?;
        ensure!(repeated.is_none(), "message {client_id} was sent before");
        let seq: i64 = sqlx::query_scalar(THREAD)
            .bind(thread)
            .bind(stamp.at)
            .fetch_one(&mut *transaction)
            .await?;
        sqlx::query(MESSAGE)
            .bind(stamp.id)
            .bind(thread)
            .bind(seq)
            .bind(ANN)
            .bind(&client_id)
            .bind(stamp.fingerprint)
            .bind(content)
            .bind(stamp.at)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(PARTICIPANTS)
            .bind(thread)
            .bind(ANN)
            .bind(position)
            .bind(seq)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(LOG)
            .bind(position)
            .bind(stamp.at)
            .bind(ANN)
            .bind(thread)
            .bind(stamp.id)
            .execute(&mut *transaction)
            .await?;
    }};
}

impl Transactions {
    /// Makes the tables and the threads in an empty database.
    pub(crate) async fn open(url: &str, threads: usize) -> anyhow::Result<Arc<Self>> {
        World::empty(threads).make(url).await?;
        let pool = if url.starts_with("sqlite") {
            let pool = SqlitePoolOptions::new().max_connections(1);
            Pool::Sqlite(pool.connect_with(sqlite_options(url)?).await?)
        } else {
            let pool = PgPoolOptions::new().max_connections(CONNECTIONS);
            Pool::Postgres(pool.connect(url).await?)
        };
        Ok(Arc::new(Self { pool }))
    }
}

impl Sender for Arc<Transactions> {
    async fn send(&self, thread: usize, number: u64) -> anyhow::Result<()> {
        let thread = thread_id(thread);
        match &self.pool {
            Pool::Sqlite(pool) => {
                let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
                send!(&mut *transaction, thread, number.to_string());
                transaction.commit().await?;
            }
            Pool::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                send!(&mut *transaction, thread, number.to_string());
                transaction.commit().await?;
            }
        }
        Ok(())
    }
}
