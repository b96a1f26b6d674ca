//! Ending a user's part in a group.

use messaging_core::{
    clock::Timestamp,
    id::{ThreadId, UserId},
    log::{Change, Committed},
    thread::{ParticipantError, ThreadKind},
};

use crate::{
    unit::{Needs, Unit},
    writer::Command,
};

/// Ends a user's part. What came before stays theirs to read.
#[derive(Debug)]
pub(super) struct RemoveParticipant {
    pub(super) thread_id: ThreadId,
    pub(super) by: UserId,
    pub(super) user_id: UserId,
    pub(super) at: Timestamp,
}

impl Command for RemoveParticipant {
    type Output = Committed<()>;
    type Error = ParticipantError;

    fn needs(&self, needs: &mut Needs) {
        needs.threads.insert(self.thread_id);
        let place = (self.user_id.clone(), self.thread_id);
        needs.tagged.insert(place);
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, ParticipantError> {
        let (thread_id, user_id) = (self.thread_id, self.user_id.clone());
        let position = unit.next_position();
        let audience = unit.audience(thread_id);
        let thread = unit.threads.get(&thread_id);
        let thread = thread.ok_or(ParticipantError::NoSuchThread)?;
        let (kind, last_seq) = (thread.kind, thread.last_seq);
        let Some(row) = unit.participant_mut(thread_id, &user_id) else {
            return Err(if self.by == user_id {
                ParticipantError::NoSuchThread
            } else {
                ParticipantError::NoSuchParticipant
            });
        };
        if kind == ThreadKind::Direct {
            return Err(ParticipantError::NotAGroup);
        }
        row.left = Some((position, last_seq));
        row.archived_for = None;
        unit.take_tags_off(&user_id, thread_id);
        if let Some(thread) = unit.threads.get_mut(&thread_id) {
            thread.updated_at = self.at;
        }
        let change = Change::ParticipantRemoved { thread_id, user_id };
        let position = unit.log(self.at, Some(&self.by), audience, change);
        Ok(Committed::at(position, ()))
    }
}
