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

/// The rows of a set, one after the other.
#[derive(Debug)]
pub(crate) struct Rows {
    width: usize,
    values: Vec<Value>,
}

impl Rows {
    /// Collects rows of `N` values each.
    pub(crate) fn collect<const N: usize>(rows: impl IntoIterator<Item = [Value; N]>) -> Self {
        Self {
            width: N,
            values: rows.into_iter().flatten().collect(),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    /// How many values one has.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Takes the first `count` rows off.
    pub(crate) fn split_off_first(&mut self, count: usize) -> Self {
        let at = self.values.len().min(count.saturating_mul(self.width));
        let rest = self.values.split_off(at);
        Self {
            width: self.width,
            values: std::mem::replace(&mut self.values, rest),
        }
    }

    /// All values, row by row.
    pub(crate) fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// All values, column by column.
    pub(crate) fn into_columns(self) -> Vec<Vec<Value>> {
        let len = self.len();
        let mut columns: Vec<Vec<Value>> = Vec::new();
        columns.resize_with(self.width, || Vec::with_capacity(len));
        for (index, value) in self.values.into_iter().enumerate() {
            columns[index % self.width].push(value);
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_split_and_turned() {
        let mut rows = Rows::collect((1..=3_i64).map(|n| [n.into(), (10 * n).into()]));
        let first = rows.split_off_first(2);
        let columns = [[1_i64, 2], [10, 20]].map(|column| column.map(Value::from).to_vec());
        assert_eq!(first.into_columns(), columns);
        assert_eq!(rows.len(), 1);
        assert_eq!(
            rows.split_off_first(5).into_values(),
            [3_i64, 30].map(Value::from)
        );
        assert!(rows.is_empty());
    }
}
