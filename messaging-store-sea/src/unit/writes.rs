//! What a unit writes back: statements over sets of rows.

use messaging_core::error::StoreError;
use sea_orm::Value;

use crate::rows::{Rows, SetStatement};

/// The statements of a unit, in order. Those without rows are left out.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    sets: Vec<(&'static SetStatement, Rows)>,
}

impl Writes {
    /// Carries out a statement on these rows.
    pub(crate) fn add<const N: usize>(
        &mut self,
        statement: &'static SetStatement,
        rows: impl IntoIterator<Item = [Value; N]>,
    ) {
        let rows = Rows::collect(rows);
        if !rows.is_empty() {
            self.sets.push((statement, rows));
        }
    }

    /// The same with rows that may not fit.
    pub(crate) fn try_add<const N: usize>(
        &mut self,
        statement: &'static SetStatement,
        rows: impl IntoIterator<Item = Result<[Value; N], StoreError>>,
    ) -> Result<(), StoreError> {
        let rows: Vec<[Value; N]> = rows.into_iter().collect::<Result<_, _>>()?;
        self.add(statement, rows);
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    pub(super) fn into_sets(self) -> impl Iterator<Item = (&'static SetStatement, Rows)> {
        self.sets.into_iter()
    }
}
