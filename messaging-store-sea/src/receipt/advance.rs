//! Moving a marker.

use messaging_core::{
    id::Seq,
    log::{Change, Committed},
    receipt::{Advance, MarkError, Marker},
};

use crate::{
    unit::{Needs, Unit},
    writer::Command,
};

/// Moves a marker forward.
#[derive(Debug)]
pub(super) struct AdvanceMarker(pub(super) Advance);

impl Command for AdvanceMarker {
    type Output = Committed<Seq>;
    type Error = MarkError;

    fn needs(&self, needs: &mut Needs) {
        let Self(advance) = self;
        needs.threads.insert(advance.thread_id);
        if advance.marker == Marker::Read {
            needs.tombstones.insert((advance.thread_id, advance.seq));
        }
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, MarkError> {
        let Self(Advance {
            thread_id,
            user_id,
            marker,
            seq,
            at,
        }) = self;
        let (thread_id, seq) = (*thread_id, *seq);
        let thread = unit.threads.get(&thread_id);
        let last_seq = thread.ok_or(MarkError::NoSuchThread)?.last_seq;
        let deleted_after = unit.tombstones_after(thread_id, seq);
        let own = unit.participant_mut(thread_id, user_id);
        let own = own.ok_or(MarkError::NoSuchThread)?;
        if seq > last_seq {
            return Err(MarkError::BeyondTheEnd);
        }
        let stands = match marker {
            Marker::Delivered => &mut own.delivered,
            Marker::Read => &mut own.read,
        };
        if seq <= *stands {
            return Ok(Committed::unchanged(*stands));
        }
        *stands = seq;
        if *marker == Marker::Read {
            own.delivered = own.delivered.max(seq);
            // Nothing of the user's own lies after their marker: all of these are others'.
            own.deleted_unread = deleted_after;
        }
        let audience = unit.audience(thread_id);
        let change = Change::MarkerAdvanced {
            thread_id,
            user_id: user_id.clone(),
            marker: *marker,
            seq,
        };
        let position = unit.log(*at, Some(user_id), audience, change);
        Ok(Committed::at(position, seq))
    }
}
