//! Sweeps as a unit of work has them.

use std::ops::{Deref, DerefMut};

use messaging_core::id::{Position, UserId};
use sea_orm::FromQueryResult;

use crate::{
    convert,
    rows::{Kind, Rows, SetStatement},
    unit::{Needs, Table, Transaction, Writes},
    writer::GroupError,
};

const SWEEPS: SetStatement = SetStatement {
    sql: "SELECT s.user_id, s.position FROM {rows} JOIN {sweep} s ON s.user_id = r.user_id",
    columns: &[("user_id", Kind::Text)],
};

const SET_SWEEPS: SetStatement = SetStatement {
    // "WHERE TRUE" keeps SQLite from taking ON CONFLICT for a join's.
    sql: "INSERT INTO {sweep} (user_id, position) SELECT user_id, position FROM {rows} WHERE TRUE
        ON CONFLICT (user_id) DO UPDATE SET position = excluded.position",
    columns: &[("user_id", Kind::Text), ("position", Kind::Int)],
};

const REMOVE_SWEEPS: SetStatement = SetStatement {
    sql: "DELETE FROM {sweep} WHERE user_id IN (SELECT user_id FROM {rows})",
    columns: &[("user_id", Kind::Text)],
};

#[derive(Debug, FromQueryResult)]
struct Raw {
    user_id: String,
    position: i64,
}

/// Working copies of sweeps: before which activity the next step goes on.
#[derive(Debug, Default)]
pub(crate) struct SweepRows(Table<UserId, Position>);

impl Deref for SweepRows {
    type Target = Table<UserId, Position>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for SweepRows {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl SweepRows {
    pub(crate) async fn load(
        &mut self,
        transaction: Transaction<'_>,
        needs: &Needs,
    ) -> Result<(), GroupError> {
        let users = needs.sweeps.iter().map(|user| [user.as_str().into()]);
        let rows: Vec<Raw> = transaction.set(&SWEEPS, Rows::collect(users)).await?;
        for row in rows {
            let user_id = convert::user_id(&row.user_id, "sweep.user_id", &row.user_id)?;
            self.0.load(user_id, Position::new(row.position));
        }
        Ok(())
    }

    pub(crate) fn add_writes(&self, writes: &mut Writes) {
        let removed = self.0.removed().map(|user_id| [user_id.as_str().into()]);
        writes.add(&REMOVE_SWEEPS, removed);
        let set = self.0.written();
        let set = set.filter_map(|(user_id, position)| Some((user_id, position?)));
        let set = set.map(|(user_id, position)| [user_id.as_str().into(), position.get().into()]);
        writes.add(&SET_SWEEPS, set);
    }
}
