//! Who took part in a thread at a position of the log.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use messaging_core::{
    error::StoreError,
    id::{Position, ThreadId, UserId},
};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{
    convert,
    reader::Reader,
    rows::{Kind, Rows, SetStatement},
};

/// Every stay in these threads, those that ended too. One statement, because a user who comes back
/// moves from the one table to the other.
const STAYS: SetStatement = SetStatement {
    sql: "WITH wanted AS (SELECT r.thread_id FROM {rows})
        SELECT p.thread_id, p.user_id, p.joined_position, p.left_position
            FROM wanted w JOIN {participant} p ON p.thread_id = w.thread_id
        UNION ALL
        SELECT f.thread_id, f.user_id, f.joined_position, f.left_position
            FROM wanted w JOIN {former_stay} f ON f.thread_id = w.thread_id",
    columns: &[("thread_id", Kind::Uuid)],
};

#[derive(Debug, FromQueryResult)]
struct RawStay {
    thread_id: Uuid,
    user_id: String,
    joined_position: i64,
    left_position: Option<i64>,
}

#[derive(Debug)]
struct Stay {
    user_id: UserId,
    joined: Position,
    left: Option<Position>,
}

/// The stays of some threads, and what was made of them last.
#[derive(Debug, Default)]
pub(super) struct Audiences {
    stays: HashMap<ThreadId, Vec<Stay>>,
    last: HashMap<ThreadId, Arc<[UserId]>>,
}

impl Reader {
    /// Reads the stays of these threads.
    pub(super) async fn audiences(
        &self,
        threads: impl Iterator<Item = ThreadId>,
    ) -> Result<Audiences, StoreError> {
        let mut audiences = Audiences::default();
        let threads: BTreeSet<ThreadId> = threads.collect();
        let rows = Rows::collect(threads.iter().map(|id| [id.as_uuid().into()]));
        if rows.is_empty() {
            return Ok(audiences);
        }
        let raw: Vec<RawStay> = self.set(&STAYS, rows).await?;
        for row in raw {
            let thread_id = ThreadId::from_uuid(row.thread_id);
            let stays = audiences.stays.entry(thread_id).or_default();
            stays.push(Stay {
                user_id: convert::user_id(&row.user_id, "participant.user_id", thread_id)?,
                joined: Position::new(row.joined_position),
                left: row.left_position.map(Position::new),
            });
        }
        for stays in audiences.stays.values_mut() {
            stays.sort_unstable_by(|a, b| a.user_id.cmp(&b.user_id));
        }
        Ok(audiences)
    }
}

impl Audiences {
    /// Who took part at a position, by user id. Who joins and who leaves hears of it. Equal
    /// audiences of one thread share their memory.
    pub(super) fn at(&mut self, thread_id: ThreadId, position: Position) -> Arc<[UserId]> {
        let stays = self.stays.get(&thread_id).map_or(&[][..], Vec::as_slice);
        let present = stays.iter().filter(|stay| {
            stay.joined <= position && stay.left.is_none_or(|left| position <= left)
        });
        let present = present.map(|stay| &stay.user_id);
        let last = self.last.get(&thread_id);
        match last {
            Some(last) if last.iter().eq(present.clone()) => last.clone(),
            _ => {
                let audience: Arc<[UserId]> = present.cloned().collect();
                self.last.insert(thread_id, audience.clone());
                audience
            }
        }
    }
}
