//! What is in a database before anything is measured: the store's own tables, filled by SQL, since
//! a million sends would take minutes.

mod words;

use std::time::Duration;

use messaging_core::clock::{Clock, SystemClock};
use messaging_store_sea::{Migrations, SeaStore};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};
use uuid::Uuid;

use words::Words;

/// Who writes in every thread.
pub(crate) const ANN: &str = "ann";

/// As long as a message between two people usually is.
pub(crate) const TEXT: &str = "Hello! I saw your class on Tuesday and would love to join the next \
                               one. Is there still a place, and what should I bring?";

/// Direct threads of [`ANN`] the client, number `k` with the creator `creator-k`, and how many
/// messages are in them. Both have read everything, and odd messages are Ann's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct World {
    pub(crate) threads: u64,
    /// In thread 0.
    pub(crate) first: u64,
    /// In each of the others.
    pub(crate) others: u64,
}

/// A power cut while a throw-away database is filled costs nothing.
fn unsynced(url: &str) -> sqlx::Result<SqliteConnectOptions> {
    let options: SqliteConnectOptions = url.parse()?;
    Ok(options
        .synchronous(SqliteSynchronous::Off)
        .busy_timeout(Duration::from_secs(10))
        .pragma("cache_size", "-200000"))
}

/// The id of thread number `thread`.
pub(crate) fn thread_id(thread: usize) -> Uuid {
    Uuid::from_u128(words::THREADS | thread as u128)
}

impl World {
    /// Threads without a message.
    pub(crate) fn empty(threads: usize) -> Self {
        Self {
            threads: threads as u64,
            ..Self::default()
        }
    }

    /// One thread.
    pub(crate) fn one(messages: u64) -> Self {
        Self {
            threads: 1,
            first: messages,
            others: 0,
        }
    }

    pub(crate) fn messages(self) -> u64 {
        self.first + self.threads.saturating_sub(1) * self.others
    }

    /// The newest position of the log: each thread and each message has one.
    pub(crate) fn head(self) -> u64 {
        self.threads + self.messages()
    }

    /// Makes the tables in an empty database, as the store makes them, and fills them.
    pub(crate) async fn make(self, url: &str) -> anyhow::Result<()> {
        let migrations = Box::pin(Migrations::connect(url, &SeaStore::options())).await?;
        migrations.up().await?;
        migrations.close().await?;
        let words = Words::of(url);
        let at = SystemClock.now().as_millis() - i64::try_from(self.messages())?;
        let statements = [
            self.add_threads(words, at),
            self.add_participants(words, at),
            self.add_messages(words, at),
            self.add_log(words, at),
            format!("UPDATE messaging_log_head SET position = {}", self.head()),
            // What the database would come to know of its tables by and by.
            words.analyze.to_owned(),
        ];
        if words.is_postgres {
            let mut connection = PgConnection::connect(url).await?;
            for sql in statements {
                sqlx::query(AssertSqlSafe(sql))
                    .execute(&mut connection)
                    .await?;
            }
            connection.close().await?;
        } else {
            let mut connection = unsynced(url)?.connect().await?;
            for sql in statements {
                sqlx::query(AssertSqlSafe(sql))
                    .execute(&mut connection)
                    .await?;
            }
            connection.close().await?;
        }
        Ok(())
    }

    fn add_threads(self, words: Words, at: i64) -> String {
        let Self {
            threads,
            first,
            others,
        } = self;
        let (id, threads) = (words.uuid(words::THREADS, "i"), words.series(threads));
        format!(
            "INSERT INTO messaging_thread (id, kind, pair_key, title, metadata, created_by,
                created_at, updated_at, last_seq)
            SELECT {id}, 'direct', '{ANN} creator-' || i, NULL, '{{}}', '{ANN}', {at}, {at},
                CASE i WHEN 0 THEN {first} ELSE {others} END
            FROM {threads}"
        )
    }

    fn add_participants(self, words: Words, at: i64) -> String {
        let Self {
            threads,
            first,
            others,
        } = self;
        let (id, series) = (words.uuid(words::THREADS, "i"), words.series(threads));
        // The last message's position, or the thread's own.
        let of_first = if first == 0 { 1 } else { threads + first };
        let of_others = match others {
            0 => "i + 1".to_owned(),
            _ => format!("i + {}", threads + first + (others - 1) * (threads - 1)),
        };
        format!(
            "INSERT INTO messaging_participant (thread_id, user_id, role, joined_at,
                joined_position, left_position, left_seq, delivered_seq, read_seq, deleted_unread,
                archived, muted, pinned, activity)
            SELECT {id}, CASE who WHEN 0 THEN '{ANN}' ELSE 'creator-' || i END,
                CASE who WHEN 0 THEN 'client' ELSE 'creator' END, {at}, i + 1, NULL, NULL,
                CASE i WHEN 0 THEN {first} ELSE {others} END,
                CASE i WHEN 0 THEN {first} ELSE {others} END,
                0, FALSE, FALSE, FALSE, CASE i WHEN 0 THEN {of_first} ELSE {of_others} END
            FROM {series} CROSS JOIN (SELECT 0 AS who UNION ALL SELECT 1) AS w"
        )
    }

    fn add_messages(self, words: Words, at: i64) -> String {
        let (id, thread) = (
            words.uuid(words::MESSAGES, "position"),
            words.uuid(words::THREADS, "thread"),
        );
        let (rows, fingerprint) = (self.rows(words), words.fingerprint);
        format!(
            "INSERT INTO messaging_message (id, thread_id, seq, sender_id, client_id, fingerprint,
                content, reply_to, created_at, edited_at, deleted_at)
            SELECT {id}, {thread}, seq,
                CASE seq % 2 WHEN 1 THEN '{ANN}' ELSE 'creator-' || thread END,
                'seed-' || position, {fingerprint}, '{{\"type\":\"text\",\"text\":\"{TEXT}\"}}',
                NULL, {at} + i, NULL, NULL
            FROM {rows} ORDER BY position"
        )
    }

    fn add_log(self, words: Words, at: i64) -> String {
        let (message, thread) = (
            words.uuid(words::MESSAGES, "position"),
            words.uuid(words::THREADS, "thread"),
        );
        let created = words.uuid(words::THREADS, "i");
        let (rows, threads) = (self.rows(words), words.series(self.threads));
        format!(
            "INSERT INTO messaging_log (position, at, kind, actor_id, thread_id, message_id,
                user_id, audience_id, seq)
            SELECT i + 1, {at}, 'thread.created', '{ANN}', {created}, NULL, NULL, NULL,
                    CAST(NULL AS BIGINT)
                FROM {threads}
            UNION ALL
            SELECT position, {at} + i, 'message.sent',
                CASE seq % 2 WHEN 1 THEN '{ANN}' ELSE 'creator-' || thread END,
                {thread}, {message}, NULL, NULL, NULL
                FROM {rows}"
        )
    }

    /// All messages: which thread, which place in it, which position of the log, and a number from
    /// zero. Those of the first thread come first, then one of each other thread after the other.
    fn rows(self, words: Words) -> String {
        let Self { threads, first, .. } = self;
        let others = threads.saturating_sub(1).max(1);
        let all = words.series(self.messages());
        format!(
            "(SELECT i, {threads} + i + 1 AS position,
                CASE WHEN i < {first} THEN 0 ELSE 1 + (i - {first}) % {others} END AS thread,
                CASE WHEN i < {first} THEN i + 1 ELSE 1 + (i - {first}) / {others} END AS seq
            FROM {all}) AS x"
        )
    }
}

#[cfg(test)]
mod tests {
    use messaging_core::{
        Messaging,
        caller::{Caller, Role},
        id::{Position, Seq, ThreadId},
        log::Change,
        message::{Content, ListMessages, SendMessage},
        page::PageSize,
        thread::ListThreads,
    };

    use super::*;
    use crate::target::Database;

    const WORLD: World = World {
        threads: 4,
        first: 7,
        others: 2,
    };

    async fn filled(database: Database) {
        let database = database.create().await;
        WORLD.make(database.url()).await.unwrap();
        let store = SeaStore::connect(database.url()).await.unwrap();
        let messaging = Messaging::builder(store).build();
        let ann = Caller::new(ANN.parse().unwrap(), Role::Client);
        the_log_agrees(&messaging).await;
        the_lists_agree(&messaging, &ann).await;
        the_next_message_follows(&messaging, &ann).await;
        messaging.shutdown().await;
    }

    async fn the_log_agrees(messaging: &Messaging) {
        let log = messaging.store().read_log(Position::ZERO, 100).await;
        let log = log.unwrap();
        let positions: Vec<i64> = log.iter().map(|entry| entry.position.get()).collect();
        let head = i64::try_from(WORLD.head()).unwrap();
        assert_eq!(positions, (1..=head).collect::<Vec<_>>());
        let messages = log.iter().filter_map(|entry| match &entry.change {
            Change::MessageSent { message } => Some((entry, message)),
            _ => None,
        });
        assert_eq!(messages.clone().count() as u64, WORLD.messages());
        for (entry, message) in messages {
            assert_eq!(entry.actor.as_ref(), Some(&message.sender_id));
            assert!(entry.audience.contains(&message.sender_id));
        }
    }

    async fn the_lists_agree(messaging: &Messaging, ann: &Caller) {
        let threads = messaging.threads().list(ann, &ListThreads::default()).await;
        let threads = threads.unwrap().items;
        let expected: Vec<_> = [3, 2, 1, 0]
            .map(|k| ThreadId::from_uuid(thread_id(k)))
            .into();
        assert_eq!(threads.iter().map(|t| t.id).collect::<Vec<_>>(), expected);
        for thread in threads {
            let messages = messages(messaging, ann, thread.id).await;
            let count = if thread.id == expected[3] { 7 } else { 2 };
            assert_eq!(messages, (1..=count).map(Seq::new).collect::<Vec<_>>());
            assert_eq!(thread.last_seq, Seq::new(count));
            assert_eq!(thread.last_message.unwrap().seq, Seq::new(count));
            assert_eq!(thread.unread_count, 0);
        }
    }

    async fn messages(messaging: &Messaging, ann: &Caller, thread_id: ThreadId) -> Vec<Seq> {
        let wish = ListMessages {
            thread_id,
            before_seq: None,
            after_seq: None,
            cursor: None,
            size: PageSize::default(),
        };
        let page = messaging.messages().list(ann, &wish).await.unwrap();
        page.items.iter().map(|message| message.seq).collect()
    }

    async fn the_next_message_follows(messaging: &Messaging, ann: &Caller) {
        let wish = SendMessage {
            thread_id: ThreadId::from_uuid(thread_id(2)),
            client_id: "next".to_owned(),
            content: Content::Text {
                text: TEXT.to_owned(),
            },
            reply_to: None,
        };
        let sent = messaging.messages().send(ann, wish).await.unwrap();
        assert_eq!(sent.message.seq, Seq::new(3));
        let bounds = messaging.store().log_bounds().await.unwrap();
        assert_eq!(bounds.head.get().cast_unsigned(), WORLD.head() + 1);
    }

    #[tokio::test]
    async fn a_filled_sqlite_database_is_the_stores_own() {
        filled(Database::Sqlite).await;
    }

    #[tokio::test]
    async fn a_filled_postgres_database_is_the_stores_own() {
        filled(Database::Postgres).await;
    }
}
