//! From nothing to a filled database.

use std::time::Duration;

use messaging_core::clock::{Clock, SystemClock};
use messaging_store_sea::{Migrations, SeaStore};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, PgConnection,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};

use super::{World, words::Words};

impl World {
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
}

/// A power cut while a throw-away database is filled costs nothing.
fn unsynced(url: &str) -> sqlx::Result<SqliteConnectOptions> {
    let options: SqliteConnectOptions = url.parse()?;
    Ok(options
        .synchronous(SqliteSynchronous::Off)
        .busy_timeout(Duration::from_secs(10))
        .pragma("cache_size", "-200000"))
}
