//! Putting away the threads of a user who was deactivated.

use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, ThreadId, UserId},
    log::{Change, Committed},
    thread::{ArchiveReason, ThreadKind},
};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::{Sweep, places};
use crate::{
    reader::Reader,
    thread,
    unit::{Needs, Unit},
    writer::Command,
};

/// A user's threads before a place, in one range of the index of their list.
const STRETCH: &str = "SELECT * FROM (SELECT p.thread_id, p.activity FROM {participant} p
    WHERE p.user_id = $1 AND p.archived = <archived> AND p.pinned = <pinned>
        AND p.left_position IS NULL AND p.activity < $2
    ORDER BY p.activity DESC LIMIT +$3) AS <name>";

/// All four ranges, since a thread may change from one to another on the way: its activity stays.
const NEXT: &str = "SELECT p.thread_id, p.activity, t.kind FROM (<stretches>) AS p
    JOIN {thread} t ON t.id = p.thread_id ORDER BY p.activity DESC LIMIT +$3";

#[derive(Debug, FromQueryResult)]
struct Raw {
    thread_id: Uuid,
    activity: i64,
    kind: String,
}

/// A thread to be put away.
#[derive(Debug)]
pub(super) struct Found {
    thread_id: ThreadId,
    activity: Position,
    kind: ThreadKind,
}

/// One step.
#[derive(Debug)]
pub(super) struct PutAway {
    pub(super) sweep: Sweep,
    pub(super) found: Vec<Found>,
    /// Whether there may be more.
    pub(super) full: bool,
    pub(super) at: Timestamp,
}

impl Reader {
    /// The threads of the next step.
    pub(super) async fn to_put_away(
        &self,
        sweep: &Sweep,
        limit: usize,
    ) -> Result<Vec<Found>, StoreError> {
        let values = [
            sweep.of.as_str().into(),
            sweep.from.get().into(),
            places(limit).into(),
        ];
        let statement = self.schema.statement(&next(), values);
        let rows: Vec<Raw> = self.all(statement).await?;
        let found = rows.into_iter().map(|raw| {
            let thread_id = ThreadId::from_uuid(raw.thread_id);
            Ok(Found {
                thread_id,
                activity: Position::new(raw.activity),
                kind: thread::kind(&raw.kind, thread_id)?,
            })
        });
        found.collect()
    }
}

fn next() -> String {
    let ranges = [
        ("FALSE", "FALSE", "here"),
        ("FALSE", "TRUE", "above"),
        ("TRUE", "FALSE", "away"),
        ("TRUE", "TRUE", "away_above"),
    ];
    let stretches = ranges.map(|(archived, pinned, name)| {
        let stretch = STRETCH.replace("<archived>", archived);
        stretch.replace("<pinned>", pinned).replace("<name>", name)
    });
    NEXT.replace("<stretches>", &stretches.join(" UNION ALL "))
}

impl Command for PutAway {
    type Output = Committed<bool>;
    type Error = StoreError;

    fn needs(&self, needs: &mut Needs) {
        let of = &self.sweep.of;
        needs.sweeps.insert(of.clone());
        needs.accounts.insert(of.clone());
        for found in &self.found {
            if found.kind == ThreadKind::Direct {
                needs.threads.insert(found.thread_id);
            } else {
                needs.participants.insert((found.thread_id, of.clone()));
            }
        }
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, StoreError> {
        if !self.sweep.stands(unit) {
            return Ok(Committed::unchanged(true));
        }
        let mut position = None;
        for found in &self.found {
            for user_id in self.inboxes(unit, found) {
                position = self.archive(unit, found.thread_id, &user_id).or(position);
            }
        }
        let last = self.found.last().filter(|_| self.full);
        let value = self.sweep.move_on(unit, last.map(|found| found.activity));
        Ok(Committed { value, position })
    }
}

impl PutAway {
    /// Whose inboxes a thread leaves: nobody's when the user has left it, or it has moved up since.
    fn inboxes(&self, unit: &Unit, found: &Found) -> Vec<UserId> {
        let of = &self.sweep.of;
        let own = unit.participant(found.thread_id, of);
        if own.is_none_or(|own| own.activity != found.activity) {
            return Vec::new();
        }
        match found.kind {
            ThreadKind::Direct => {
                let both = unit.participants(found.thread_id);
                both.map(|(user_id, _)| user_id.clone()).collect()
            }
            ThreadKind::Group => vec![of.clone()],
        }
    }

    fn archive(&self, unit: &mut Unit, thread_id: ThreadId, user_id: &UserId) -> Option<Position> {
        let row = unit.participant_mut(thread_id, user_id)?;
        if row.archived {
            return None;
        }
        row.archived = true;
        row.archived_for = Some(self.sweep.of.clone());
        let change = Change::ThreadArchived {
            thread_id,
            user_id: user_id.clone(),
            reason: ArchiveReason::Deactivated,
        };
        Some(unit.log(self.at, None, [user_id.clone()].into(), change))
    }
}
