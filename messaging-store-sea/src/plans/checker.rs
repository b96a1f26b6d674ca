//! One database, ready to tell its plans.

use sea_orm::{ConnectOptions, Database, DatabaseConnection, Statement};

use super::{fill, postgres, sqlite};
use crate::{TablePrefix, connect, dialect::Dialect, schema::Schema, testkit::TestDatabase};

/// Finds what is wrong with the plans of one database.
pub(super) struct Checker {
    pub(super) schema: Schema,
    connection: DatabaseConnection,
    keys: Keys,
}

enum Keys {
    Sqlite(sqlite::Keys),
    Postgres(postgres::Keys),
}

impl Checker {
    /// Looks at a database that has the store's tables; fills them where that makes a difference.
    pub(super) async fn fill(database: &TestDatabase) -> Self {
        let dialect = connect::dialect(database.url()).unwrap();
        let prefix = TablePrefix::default();
        let schema = Schema::new(dialect, prefix);
        let mut options = ConnectOptions::new(database.url());
        options.max_connections(1).sqlx_logging(false);
        let connection = Database::connect(options).await.unwrap();
        let keys = match dialect {
            Dialect::Sqlite => Keys::Sqlite(sqlite::Keys::read(&connection).await),
            Dialect::Postgres => {
                fill::fill(&connection, &schema).await;
                Keys::Postgres(postgres::Keys::read(&connection).await)
            }
        };
        Self {
            schema,
            connection,
            keys,
        }
    }

    /// What is wrong with a statement's plan.
    pub(super) async fn faults(&self, statement: &Statement) -> Vec<String> {
        match &self.keys {
            Keys::Sqlite(keys) => sqlite::faults(&self.connection, keys, statement).await,
            Keys::Postgres(keys) => postgres::faults(&self.connection, keys, statement).await,
        }
    }

    /// A statement that the store does not make.
    pub(super) fn statement(&self, template: &str) -> Statement {
        let backend = self.schema.dialect.backend();
        Statement::from_string(backend, self.schema.sql(template))
    }
}
