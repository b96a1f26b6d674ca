//! Migrations: what is applied, and the two directions.

mod create_tables;

use messaging_core::error::StoreError;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, DynIden,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
    sea_query::{Alias, IntoIden},
};
use sea_orm_migration::{MigrationStatus, MigrationTrait, MigratorTraitSelf};

use crate::{SeaOptions, connect, dialect::Dialect, failure::store_error, schema::Schema};
use create_tables::CreateTables;

/// Our migrations on one database.
///
/// What is applied is kept in a table of our own, `<prefix>migration`, so that migrations of the
/// host's own in the same database are never touched, whatever tool they are made with.
#[derive(Debug)]
pub struct Migrations {
    connection: DatabaseConnection,
    migrator: Migrator,
}

/// One migration and whether it is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationState {
    /// Its name, which sorts by time.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

impl Migrations {
    /// Opens a database to look at its migrations or to change them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer.
    pub async fn connect(url: &str, options: &SeaOptions) -> Result<Self, StoreError> {
        let dialect = connect::dialect(url)?;
        let connection = connect::migrator(url, dialect, options).await;
        let prefix = options.prefix.clone();
        Ok(Self {
            connection: connection.map_err(store_error)?,
            migrator: Migrator {
                schema: Schema::new(dialect, prefix),
            },
        })
    }

    /// Applies all that is pending, or nothing. Several processes may do it at once.
    ///
    /// # Errors
    /// Only the database's own.
    pub async fn up(&self) -> Result<(), StoreError> {
        let moving = async {
            let transaction = self.lock().await?;
            self.migrator.up(&transaction, None).await?;
            transaction.commit().await
        };
        moving.await.map_err(store_error)
    }

    /// Takes back the newest `steps` migrations, and what their tables hold.
    ///
    /// # Errors
    /// Only the database's own.
    pub async fn down(&self, steps: u32) -> Result<(), StoreError> {
        let moving = async {
            let transaction = self.lock().await?;
            self.migrator.down(&transaction, Some(steps)).await?;
            transaction.commit().await
        };
        moving.await.map_err(store_error)
    }

    /// A transaction that no other migration of ours runs beside.
    async fn lock(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.connection.begin_with_options(options).await?;
        let schema = &self.migrator.schema;
        if schema.dialect == Dialect::Postgres {
            let table = schema.prefix.name("migration");
            let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            let lock = schema.statement(lock, [table.into()]);
            transaction.execute_raw(lock).await?;
        }
        Ok(transaction)
    }

    /// Every migration in order, and whether it is applied. Changes nothing.
    ///
    /// # Errors
    /// Only the database's own.
    pub async fn status(&self) -> Result<Vec<MigrationState>, StoreError> {
        let known = self
            .migrator
            .get_migration_with_status_read_only(&self.connection)
            .await
            .map_err(store_error)?;
        let states = known.iter().map(|migration| MigrationState {
            name: migration.name().to_owned(),
            applied: migration.status() == MigrationStatus::Applied,
        });
        Ok(states.collect())
    }

    /// Lets go of the database.
    ///
    /// # Errors
    /// Only the database's own.
    pub async fn close(self) -> Result<(), StoreError> {
        self.connection.close().await.map_err(store_error)
    }
}

#[derive(Debug)]
struct Migrator {
    schema: Schema,
}

impl MigratorTraitSelf for Migrator {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        let schema = self.schema.clone();
        vec![Box::new(CreateTables { schema })]
    }

    fn migration_table_name(&self) -> DynIden {
        Alias::new(self.schema.prefix.name("migration")).into_iden()
    }
}
