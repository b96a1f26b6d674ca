//! Letting a user take part in a group.

use messaging_core::{
    caller::Role,
    clock::Timestamp,
    id::{ThreadId, UserId},
    limits::MAX_PARTICIPANTS,
    log::{Change, Committed},
    thread::{ParticipantError, ThreadKind},
};

use super::ParticipantRow;
use crate::{
    unit::{Needs, Unit},
    writer::Command,
};

/// Lets a user take part, or gives one who does another role.
#[derive(Debug)]
pub(super) struct AddParticipant {
    pub(super) thread_id: ThreadId,
    pub(super) by: UserId,
    pub(super) user_id: UserId,
    pub(super) role: Role,
    pub(super) at: Timestamp,
}

impl Command for AddParticipant {
    type Output = Committed<()>;
    type Error = ParticipantError;

    fn needs(&self, needs: &mut Needs) {
        let (user_id, by) = (&self.user_id, &self.by);
        needs.threads.insert(self.thread_id);
        needs.participants.insert((self.thread_id, user_id.clone()));
        needs.accounts.extend([user_id.clone(), by.clone()]);
        needs.blocks.insert((user_id.clone(), by.clone()));
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, ParticipantError> {
        self.check(unit)?;
        let (thread_id, user_id) = (self.thread_id, self.user_id.clone());
        let position = unit.next_position();
        let thread = unit.threads.get(&thread_id);
        let last_seq = thread.ok_or(ParticipantError::NoSuchThread)?.last_seq;
        let change = match unit.participant_mut(thread_id, &user_id) {
            Some(row) if row.role == self.role => return Ok(Committed::unchanged(())),
            Some(row) => {
                row.role = self.role;
                Change::ThreadUpdated { thread_id }
            }
            None => {
                let row = ParticipantRow::joining(self.role, self.at, position, last_seq);
                unit.join(thread_id, user_id.clone(), row);
                Change::ParticipantAdded { thread_id, user_id }
            }
        };
        if let Some(thread) = unit.threads.get_mut(&thread_id) {
            thread.updated_at = self.at;
        }
        let audience = unit.audience(thread_id);
        let position = unit.log(self.at, Some(&self.by), audience, change);
        Ok(Committed::at(position, ()))
    }
}

impl AddParticipant {
    fn check(&self, unit: &Unit) -> Result<(), ParticipantError> {
        let (user_id, by) = (&self.user_id, &self.by);
        let thread = unit.threads.get(&self.thread_id);
        let thread = thread.ok_or(ParticipantError::NoSuchThread)?;
        if thread.kind != ThreadKind::Group {
            return Err(ParticipantError::NotAGroup);
        }
        if !unit.is_active(user_id, self.at) || unit.has_blocked(user_id, by) {
            return Err(ParticipantError::RecipientUnavailable);
        }
        if !unit.is_active(by, self.at) {
            return Err(ParticipantError::CallerDisabled);
        }
        let comes_in = unit.participant(self.thread_id, user_id).is_none();
        if comes_in && unit.participants(self.thread_id).count() >= MAX_PARTICIPANTS {
            return Err(ParticipantError::TooMany);
        }
        Ok(())
    }
}
