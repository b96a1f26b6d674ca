//! What the two databases write differently. Statements are written once, with tokens where they
//! part ways; `sqlite.rs` and `postgres.rs` have the same shape.

mod postgres;
mod sqlite;

use sea_orm::{DbBackend, Value};

use crate::rows::{Columns, Rows};

/// One of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The name that SeaORM has for it.
    pub(crate) fn backend(self) -> DbBackend {
        match self {
            Self::Sqlite => DbBackend::Sqlite,
            Self::Postgres => DbBackend::Postgres,
        }
    }

    /// What a token stands for; `None` for one that is no matter of dialect.
    pub(crate) fn token(self, name: &str) -> Option<&'static str> {
        match self {
            Self::Sqlite => sqlite::token(name),
            Self::Postgres => postgres::token(name),
        }
    }

    /// How many places for rows the text of a statement has that is to take `rows` rows: at most
    /// [`usize::MAX`]. If there are fewer places than rows, the rest wants another statement.
    pub(crate) fn places(self, rows: usize) -> usize {
        match self {
            Self::Sqlite => sqlite::places(rows),
            Self::Postgres => usize::MAX,
        }
    }

    /// A set of rows as a table expression named `r`.
    pub(crate) fn source(self, columns: Columns, places: usize) -> String {
        match self {
            Self::Sqlite => sqlite::source(columns, places),
            Self::Postgres => postgres::source(columns),
        }
    }

    /// The values that fill in [`source`](Self::source)'s parameters, for no more rows than places.
    pub(crate) fn bind(self, columns: Columns, rows: Rows, places: usize) -> Vec<Value> {
        match self {
            Self::Sqlite => sqlite::bind(rows, places),
            Self::Postgres => postgres::bind(columns, rows),
        }
    }
}
