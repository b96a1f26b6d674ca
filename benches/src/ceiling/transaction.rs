//! One transaction a message, by bare sqlx: what the usual service does. The rows, the checks and
//! the durability are the library's.

use std::time::Duration;

use sqlx::{
    PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

/// How many connections a pool has, on PostgreSQL. SQLite writes by one at a time.
const CONNECTIONS: u32 = 32;

const TABLES: &[&str] = &[
    "CREATE TABLE head (id INT PRIMARY KEY, position BIGINT NOT NULL)",
    "INSERT INTO head VALUES (1, 0)",
    "CREATE TABLE thread (id BIGINT PRIMARY KEY, last_seq BIGINT NOT NULL, updated_at BIGINT NOT NULL)",
    "CREATE TABLE participant (thread_id BIGINT NOT NULL, user_id TEXT NOT NULL, \
     read_seq BIGINT NOT NULL, archived BOOLEAN NOT NULL, activity BIGINT NOT NULL, \
     PRIMARY KEY (thread_id, user_id))",
    "CREATE INDEX participant_list ON participant (user_id, archived, activity)",
    "CREATE TABLE message (id BIGINT PRIMARY KEY, thread_id BIGINT NOT NULL, seq BIGINT NOT NULL, \
     sender_id TEXT NOT NULL, client_id TEXT NOT NULL, content TEXT NOT NULL, \
     created_at BIGINT NOT NULL, UNIQUE (thread_id, seq), UNIQUE (thread_id, sender_id, client_id))",
    "CREATE TABLE log (position BIGINT PRIMARY KEY, at BIGINT NOT NULL, kind TEXT NOT NULL, \
     actor_id TEXT, thread_id BIGINT, message_id BIGINT, seq BIGINT)",
    "CREATE INDEX log_thread ON log (thread_id, position)",
];

/// The statements of one send, in order. `$1` thread, `$2` number, `$3` text.
const MEMBER: &str = "SELECT user_id FROM participant WHERE thread_id = $1";
const REPEATED: &str =
    "SELECT id FROM message WHERE thread_id = $1 AND sender_id = 'ann' AND client_id = $2";
const HEAD: &str = "UPDATE head SET position = position + 1 WHERE id = 1 RETURNING position";
const THREAD: &str =
    "UPDATE thread SET last_seq = last_seq + 1, updated_at = $2 WHERE id = $1 RETURNING last_seq";
const MESSAGE: &str = "INSERT INTO message VALUES ($1, $2, $3, 'ann', $4, $5, $1)";
const SENDER: &str =
    "UPDATE participant SET read_seq = $2, activity = $3 WHERE thread_id = $1 AND user_id = 'ann'";
const OTHER: &str = "UPDATE participant SET archived = FALSE, activity = $2 \
                     WHERE thread_id = $1 AND user_id <> 'ann'";
const LOG: &str = "INSERT INTO log VALUES ($1, $2, 'message_sent', 'ann', $3, $2, $4)";

/// A database that takes one transaction a message.
#[derive(Debug)]
pub(crate) enum Transactions {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs one send in a transaction; the two databases' types have no common one.
macro_rules! send {
    ($transaction:expr, $thread:expr, $number:expr, $text:expr) => {{
        let transaction = $transaction;
        let client_id = $number.to_string();
        let position: i64 = sqlx::query_scalar(HEAD)
            .fetch_one(&mut *transaction)
            .await?;
        let members: Vec<String> = sqlx::query_scalar(MEMBER)
            .bind($thread)
            .fetch_all(&mut *transaction)
            .await?;
        anyhow::ensure!(members.len() == 2, "the thread has two participants");
        let repeated: Option<i64> = sqlx::query_scalar(REPEATED)
            .bind($thread)
            .bind(&client_id)
            .fetch_optional(&mut *transaction)
            .await?;
        anyhow::ensure!(repeated.is_none(), "the message is new");
        let seq: i64 = sqlx::query_scalar(THREAD)
            .bind($thread)
            .bind($number)
            .fetch_one(&mut *transaction)
            .await?;
        sqlx::query(MESSAGE)
            .bind($number)
            .bind($thread)
            .bind(seq)
            .bind(&client_id)
            .bind($text)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(SENDER)
            .bind($thread)
            .bind(seq)
            .bind(position)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(OTHER)
            .bind($thread)
            .bind(position)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(LOG)
            .bind(position)
            .bind($number)
            .bind($thread)
            .bind(seq)
            .execute(&mut *transaction)
            .await?;
    }};
}

impl Transactions {
    /// Opens an empty database and makes the threads.
    pub(crate) async fn open(url: &str, threads: usize) -> anyhow::Result<Self> {
        let this = if url.starts_with("sqlite") {
            let options: SqliteConnectOptions = url.parse()?;
            let options = options
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(Duration::from_secs(10));
            let pool = SqlitePoolOptions::new().max_connections(1);
            Self::Sqlite(pool.connect_with(options).await?)
        } else {
            let pool = PgPoolOptions::new().max_connections(CONNECTIONS);
            Self::Postgres(pool.connect(url).await?)
        };
        for sql in TABLES {
            this.execute(sql).await?;
        }
        for index in 0..threads {
            this.execute(&format!("INSERT INTO thread VALUES ({index}, 0, 0)"))
                .await?;
            this.execute(&format!(
                "INSERT INTO participant VALUES ({index}, 'ann', 0, FALSE, 0), \
                 ({index}, 'creator-{index}', 0, FALSE, 0)"
            ))
            .await?;
        }
        Ok(this)
    }

    async fn execute(&self, sql: &str) -> anyhow::Result<()> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(pool) => {
                sqlx::query(sql).execute(pool).await?;
            }
            Self::Postgres(pool) => {
                sqlx::query(sql).execute(pool).await?;
            }
        }
        Ok(())
    }

    /// Sends message `number` into `thread`.
    pub(crate) async fn send(&self, thread: usize, number: u64, text: &str) -> anyhow::Result<()> {
        let (thread, number) = (i64::try_from(thread)?, i64::try_from(number)?);
        match self {
            Self::Sqlite(pool) => {
                let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
                send!(&mut *transaction, thread, number, text);
                transaction.commit().await?;
            }
            Self::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                send!(&mut *transaction, thread, number, text);
                transaction.commit().await?;
            }
        }
        Ok(())
    }
}
