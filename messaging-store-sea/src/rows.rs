//! Rows that one statement takes as a set.

use sea_orm::Value;

/// The type of a column in a set. What may be null says so: PostgreSQL's arrays are bound without
/// nulls and mark them otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Uuid,
    Text,
    Int,
    Bool,
    MaybeUuid,
    MaybeText,
    MaybeInt,
    MaybeBytes,
}

/// The columns of a set, in order.
pub(crate) type Columns = &'static [(&'static str, Kind)];

/// A statement over a set of rows: its text, where `{rows}` stands for the set (named `r`), and the
/// set's columns.
#[derive(Debug)]
pub(crate) struct SetStatement {
    pub(crate) sql: &'static str,
    pub(crate) columns: Columns,
}

/// The rows of a set, a column after the other.
#[derive(Debug)]
pub(crate) struct Rows {
    columns: Vec<Vec<Value>>,
}

impl Rows {
    /// Collects rows of `N` values each.
    pub(crate) fn collect<const N: usize>(rows: impl IntoIterator<Item = [Value; N]>) -> Self {
        let mut columns = vec![Vec::new(); N];
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        Self { columns }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.columns.first().is_none_or(Vec::is_empty)
    }

    pub(crate) fn into_columns(self) -> Vec<Vec<Value>> {
        self.columns
    }
}
