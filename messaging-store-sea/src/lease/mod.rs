//! Leases: one row a job.

use std::collections::BTreeMap;

use async_trait::async_trait;
use messaging_core::{clock::Timestamp, error::StoreError, lease::LeaseStore};
use sea_orm::FromQueryResult;

use crate::{
    SeaStore, convert,
    rows::{Kind, Rows, SetStatement},
    unit::{Needs, Transaction, Unit, Writes},
    writer::{Command, GroupError},
};

const LEASES: SetStatement = SetStatement {
    sql: "SELECT l.name, l.holder, l.until FROM {rows} JOIN {lease} l ON l.name = r.name",
    columns: &[("name", Kind::Text)],
};

const SET_LEASES: SetStatement = SetStatement {
    // "WHERE TRUE" keeps SQLite from taking ON CONFLICT for a join's.
    sql:
        "INSERT INTO {lease} (name, holder, until) SELECT name, holder, until FROM {rows} WHERE TRUE
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until",
    columns: &[
        ("name", Kind::Text),
        ("holder", Kind::Text),
        ("until", Kind::Int),
    ],
};

#[derive(Debug, FromQueryResult)]
struct Row {
    name: String,
    holder: String,
    until: i64,
}

/// Working copies of leases. One that nobody has is one that is over.
#[derive(Debug, Default)]
pub(crate) struct LeaseRows {
    held: BTreeMap<String, (String, Timestamp)>,
    changed: bool,
}

impl LeaseRows {
    pub(crate) async fn load(
        &mut self,
        transaction: Transaction<'_>,
        needs: &Needs,
    ) -> Result<(), GroupError> {
        let names = needs.leases.iter().map(|name| [name.as_str().into()]);
        let rows: Vec<Row> = transaction.set(&LEASES, Rows::collect(names)).await?;
        for row in rows {
            let until = convert::timestamp(row.until, "lease.until", &row.name)?;
            self.held.insert(row.name, (row.holder, until));
        }
        Ok(())
    }

    pub(crate) fn add_writes(&self, writes: &mut Writes) {
        if self.changed {
            let held = self.held.iter().map(|(name, (holder, until))| {
                let until = until.as_millis();
                [name.as_str().into(), holder.as_str().into(), until.into()]
            });
            writes.add(&SET_LEASES, held);
        }
    }

    fn set(&mut self, name: &str, holder: &str, until: Timestamp) {
        let held = (holder.to_owned(), until);
        self.held.insert(name.to_owned(), held);
        self.changed = true;
    }
}

/// Takes a job, or prolongs it; gives it back without a moment.
#[derive(Debug)]
struct SetLease {
    name: String,
    holder: String,
    until: Option<Timestamp>,
    at: Timestamp,
}

impl Command for SetLease {
    type Output = bool;
    type Error = StoreError;

    fn needs(&self, needs: &mut Needs) {
        needs.leases.insert(self.name.clone());
    }

    fn apply(&self, unit: &mut Unit) -> Result<bool, StoreError> {
        let held = unit.leases.held.get(&self.name);
        let is_own = held.is_some_and(|(holder, _)| *holder == self.holder);
        let is_free = held.is_none_or(|(_, until)| *until <= self.at);
        match self.until {
            Some(until) if is_own || is_free => unit.leases.set(&self.name, &self.holder, until),
            // Over since long ago.
            None if is_own => unit.leases.set(&self.name, &self.holder, self.at),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

#[async_trait]
impl LeaseStore for SeaStore {
    async fn take_lease(
        &self,
        name: &str,
        holder: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let command = SetLease {
            name: name.to_owned(),
            holder: holder.to_owned(),
            until: Some(until),
            at,
        };
        self.writer.submit(command).await
    }

    async fn release_lease(&self, name: &str, holder: &str) -> Result<(), StoreError> {
        let Some(beginning) = Timestamp::from_millis(0) else {
            return Ok(());
        };
        let command = SetLease {
            name: name.to_owned(),
            holder: holder.to_owned(),
            until: None,
            at: beginning,
        };
        self.writer.submit(command).await.map(drop)
    }
}
