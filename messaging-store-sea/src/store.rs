//! The store itself.

use async_trait::async_trait;
use messaging_core::{Store, error::StoreError};
use sea_orm::FromQueryResult;

use crate::{
    Migrations, SeaOptions, connect, failure::store_error, reader::Reader, schema::Schema,
    writer::Writer,
};

/// Keeps everything in SQLite or PostgreSQL.
#[derive(Debug)]
pub struct SeaStore {
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
}

#[derive(FromQueryResult)]
struct Head {
    position: i64,
}

impl SeaStore {
    /// Opens the store at `sqlite://file.db?mode=rwc` or `postgres://…` with the default options,
    /// and applies pending migrations.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer, [`StoreError::Backend`] for
    /// an address that is neither or a migration that fails.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        SeaOptions::default().connect(url).await
    }

    /// Begins with the default options.
    pub fn options() -> SeaOptions {
        SeaOptions::default()
    }

    pub(crate) async fn open(url: &str, options: SeaOptions) -> Result<Self, StoreError> {
        let dialect = connect::dialect(url)?;
        if options.migrate {
            let migrations = Migrations::connect(url, &options).await?;
            migrations.up().await?;
            migrations.close().await?;
        }
        let prefix = options.prefix.clone();
        let schema = Schema::new(dialect, prefix);
        let writing = connect::writer(url, dialect, &options).await;
        let reading = connect::readers(url, dialect, &options).await;
        let reader = Reader {
            schema: schema.clone(),
            connection: reading.map_err(store_error)?,
            deadline: options.acquire_timeout + options.statement_timeout,
        };
        let writer = Writer::start(url, schema, options, writing.map_err(store_error)?);
        Ok(Self { reader, writer })
    }
}

#[async_trait]
impl Store for SeaStore {
    async fn check_health(&self) -> Result<(), StoreError> {
        let sql = "SELECT position FROM {log_head} WHERE id = 1";
        let head: Option<Head> = self
            .reader
            .one(self.reader.schema.statement(sql, []))
            .await?;
        match head {
            Some(head) if head.position >= 0 => Ok(()),
            _ => Err(crate::failure::corrupt("log_head.position", 1)),
        }
    }

    async fn close(&self) {
        self.writer.close().await;
        if let Err(error) = self.reader.connection.close_by_ref().await {
            tracing::warn!(%error, "the reading connections did not close well");
        }
    }
}
