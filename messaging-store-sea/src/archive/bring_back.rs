//! Bringing back what a deactivation that was undone had put away.

use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, ThreadId, UserId},
    log::{Change, Committed},
    thread::ThreadKind,
};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::{Sweep, places};
use crate::{
    convert,
    reader::Reader,
    thread,
    unit::{Needs, Unit},
    writer::Command,
};

/// The next inboxes that a user's deactivation archived.
const NEXT: &str = "SELECT p.thread_id, p.user_id, t.kind
    FROM (SELECT x.thread_id, x.user_id FROM {participant} x WHERE x.archived_for = $1
        ORDER BY x.thread_id, x.user_id LIMIT +$2) AS p
    JOIN {thread} t ON t.id = p.thread_id ORDER BY p.thread_id, p.user_id LIMIT +$2";

#[derive(Debug, FromQueryResult)]
struct Raw {
    thread_id: Uuid,
    user_id: String,
    kind: String,
}

/// An inbox that is to have a thread back.
#[derive(Debug)]
pub(super) struct Found {
    thread_id: ThreadId,
    user_id: UserId,
    kind: ThreadKind,
}

/// One step.
#[derive(Debug)]
pub(super) struct BringBack {
    pub(super) sweep: Sweep,
    pub(super) found: Vec<Found>,
    /// Whether there may be more.
    pub(super) full: bool,
    pub(super) at: Timestamp,
}

impl Reader {
    /// The inboxes of the next step.
    pub(super) async fn to_bring_back(
        &self,
        sweep: &Sweep,
        limit: usize,
    ) -> Result<Vec<Found>, StoreError> {
        let values = [sweep.of.as_str().into(), places(limit).into()];
        let rows: Vec<Raw> = self.all(self.schema.statement(NEXT, values)).await?;
        let found = rows.into_iter().map(|raw| {
            let thread_id = ThreadId::from_uuid(raw.thread_id);
            Ok(Found {
                thread_id,
                user_id: convert::user_id(&raw.user_id, "participant.user_id", thread_id)?,
                kind: thread::kind(&raw.kind, thread_id)?,
            })
        });
        found.collect()
    }
}

impl Command for BringBack {
    type Output = Committed<bool>;
    type Error = StoreError;

    fn needs(&self, needs: &mut Needs) {
        needs.sweeps.insert(self.sweep.of.clone());
        needs.accounts.insert(self.sweep.of.clone());
        for found in &self.found {
            if found.kind == ThreadKind::Direct {
                needs.threads.insert(found.thread_id);
                // The other side's standing.
                needs.recipients.insert(found.thread_id);
            } else {
                let inbox = (found.thread_id, found.user_id.clone());
                needs.participants.insert(inbox);
            }
        }
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, StoreError> {
        if !self.sweep.stands(unit) {
            return Ok(Committed::unchanged(true));
        }
        let mut position = None;
        for found in &self.found {
            position = self.bring_back(unit, found).or(position);
        }
        let next = self.full.then_some(self.sweep.from);
        let value = self.sweep.move_on(unit, next);
        Ok(Committed { value, position })
    }
}

impl BringBack {
    /// Leaves alone what its participant is through with by now.
    fn bring_back(&self, unit: &mut Unit, found: &Found) -> Option<Position> {
        let other = deactivated_side(unit, found);
        let row = unit.participant_mut(found.thread_id, &found.user_id)?;
        if row.archived_for.as_ref() != Some(&self.sweep.of) {
            return None;
        }
        row.archived = other.is_some();
        row.archived_for.clone_from(&other);
        if other.is_some() {
            return None;
        }
        let audience = [found.user_id.clone()].into();
        let change = Change::ThreadSettings {
            thread_id: found.thread_id,
        };
        Some(unit.log(self.at, None, audience, change))
    }
}

/// Who of a direct thread is deactivated.
fn deactivated_side(unit: &Unit, found: &Found) -> Option<UserId> {
    if found.kind != ThreadKind::Direct {
        return None;
    }
    let mut sides = unit.participants(found.thread_id);
    let deactivated = |user_id| {
        let account = unit.accounts.get(user_id);
        account.is_some_and(|account| account.deactivated)
    };
    let side = sides.find(|(user_id, _)| deactivated(user_id));
    side.map(|(user_id, _)| user_id.clone())
}
