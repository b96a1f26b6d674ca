//! Sweeps of the threads of users who were deactivated, or are no longer.
//!
//! A step is read outside the writer, which then looks again at each row before it changes it.

mod bring_back;
mod put_away;
mod rows;

use async_trait::async_trait;
use messaging_core::{
    archive::ArchiveStore,
    clock::Timestamp,
    error::StoreError,
    id::{Position, UserId},
    log::Committed,
};
use sea_orm::FromQueryResult;

use crate::{SeaStore, convert, reader::Reader, unit::Unit};
use bring_back::BringBack;
use put_away::PutAway;
pub(crate) use rows::SweepRows;

const LIST: &str =
    "SELECT s.user_id FROM {sweep} s WHERE s.user_id > $1 ORDER BY s.user_id LIMIT +$2";

const LOOKUP: &str = "SELECT s.position, a.deactivated
    FROM {sweep} s JOIN {account} a ON a.user_id = s.user_id WHERE s.user_id = $1";

#[derive(Debug, FromQueryResult)]
struct Listed {
    user_id: String,
}

#[derive(Debug, FromQueryResult)]
struct RawSweep {
    position: i64,
    deactivated: bool,
}

/// A sweep as a step finds it: the writer takes the step only if it still stands there.
#[derive(Debug)]
struct Sweep {
    of: UserId,
    from: Position,
    deactivated: bool,
}

impl Sweep {
    /// Whether nobody has taken the step yet, and the account has not changed either.
    fn stands(&self, unit: &Unit) -> bool {
        let account = unit.accounts.get(&self.of);
        unit.sweeps.get(&self.of) == Some(&self.from)
            && account.is_some_and(|account| account.deactivated == self.deactivated)
    }

    /// Goes on at `next`, or ends there. Answers whether there is more to do.
    fn move_on(&self, unit: &mut Unit, next: Option<Position>) -> bool {
        match next {
            Some(next) => unit.sweeps.insert(self.of.clone(), next),
            None => unit.sweeps.remove(&self.of),
        }
        next.is_some()
    }
}

#[async_trait]
impl ArchiveStore for SeaStore {
    async fn list_sweeps(
        &self,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Vec<UserId>, StoreError> {
        // No id is empty.
        let after = after.map_or("", UserId::as_str);
        let values = [after.into(), places(limit).into()];
        let statement = self.reader.schema.statement(LIST, values);
        let rows: Vec<Listed> = self.reader.all(statement).await?;
        let users = rows.iter().map(|row| {
            let id = &row.user_id;
            convert::user_id(id, "sweep.user_id", id)
        });
        users.collect()
    }

    async fn sweep_threads(
        &self,
        user_id: &UserId,
        limit: usize,
        at: Timestamp,
    ) -> Result<Committed<bool>, StoreError> {
        match self.reader.sweep(user_id).await? {
            None => Ok(Committed::unchanged(false)),
            Some(sweep) if sweep.deactivated => {
                let found = self.reader.to_put_away(&sweep, limit).await?;
                let full = found.len() == limit;
                let command = PutAway {
                    sweep,
                    found,
                    full,
                    at,
                };
                self.writer.submit(command).await
            }
            Some(sweep) => {
                let found = self.reader.to_bring_back(&sweep, limit).await?;
                let full = found.len() == limit;
                let command = BringBack {
                    sweep,
                    found,
                    full,
                    at,
                };
                self.writer.submit(command).await
            }
        }
    }
}

impl Reader {
    async fn sweep(&self, user_id: &UserId) -> Result<Option<Sweep>, StoreError> {
        let statement = self.schema.statement(LOOKUP, [user_id.as_str().into()]);
        let found: Option<RawSweep> = self.one(statement).await?;
        Ok(found.map(|raw| Sweep {
            of: user_id.clone(),
            from: Position::new(raw.position),
            deactivated: raw.deactivated,
        }))
    }
}

/// A limit as the database takes it.
fn places(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
