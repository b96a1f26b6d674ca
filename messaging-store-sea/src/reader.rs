//! The pool that reads: one statement at a time, each seeing one state of everything.

use std::{fmt, time::Duration};

use messaging_core::error::StoreError;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult, Statement};
use tokio::time::timeout;

use crate::{
    failure::{Trouble, store_error, trouble},
    rows::{Rows, SetStatement},
    schema::Schema,
};

/// Reads, on connections of its own.
pub(crate) struct Reader {
    pub(crate) schema: Schema,
    pub(crate) connection: DatabaseConnection,
    /// How long one read may take, the wait for a connection included.
    pub(crate) deadline: Duration,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

impl Reader {
    /// All rows of a query.
    pub(crate) async fn all<T: FromQueryResult>(
        &self,
        statement: Statement,
    ) -> Result<Vec<T>, StoreError> {
        let reading = async {
            match fetch(&self.connection, statement.clone()).await {
                // The connection was gone, which says nothing of the others: reading twice is safe.
                Err(error) if is_lost(&error) => fetch(&self.connection, statement).await,
                result => result,
            }
        };
        match timeout(self.deadline, reading).await {
            Ok(result) => result.map_err(store_error),
            Err(_) => Err(StoreError::Unavailable("a read took too long".to_owned())),
        }
    }

    /// All rows of a query over a set. A large set may be read in several steps.
    pub(crate) async fn set<T: FromQueryResult>(
        &self,
        statement: &SetStatement,
        rows: Rows,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        for statement in self.schema.set_statements(statement, rows) {
            found.append(&mut self.all(statement).await?);
        }
        Ok(found)
    }

    /// The first row of a query.
    pub(crate) async fn one<T: FromQueryResult>(
        &self,
        statement: Statement,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.all(statement).await?.into_iter().next())
    }
}

/// Waiting for a connection in vain is not repeated: the wait is over.
fn is_lost(error: &DbErr) -> bool {
    !matches!(error, DbErr::ConnectionAcquire(_)) && trouble(error) == Trouble::ConnectionLost
}

/// All rows of a query, on any connection.
pub(crate) async fn fetch<T: FromQueryResult>(
    connection: &impl ConnectionTrait,
    statement: Statement,
) -> Result<Vec<T>, DbErr> {
    let rows = connection.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| T::from_query_result(row, ""))
        .collect()
}
