//! Opening a thread.

use messaging_core::{
    id::{Position, Seq, ThreadId, UserId},
    log::{Change, Committed},
    thread::{CreateThreadError, NewThread, Participant, Thread, ThreadKind},
};

use super::{ParticipantRow, ThreadRow, row::pair_key};
use crate::{
    convert::to_json,
    unit::{Needs, Unit, check_new},
    writer::Command,
};

/// Opens a thread, or finds the pair's.
#[derive(Debug)]
pub(super) struct OpenThread(pub(super) NewThread);

/// What it came to. One that was found is read when the change is through: it may hold much.
#[derive(Debug)]
pub(super) enum Outcome {
    Created(Box<Thread>),
    Found(ThreadId),
}

impl Command for OpenThread {
    type Output = Committed<Outcome>;
    type Error = CreateThreadError;

    fn needs(&self, needs: &mut Needs) {
        let Self(new) = self;
        needs.pairs.extend(self.pair_key());
        for user_id in self.users() {
            needs.accounts.insert(user_id.clone());
            needs
                .blocks
                .insert((user_id.clone(), new.created_by.clone()));
        }
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, CreateThreadError> {
        let Self(new) = self;
        let pair_key = self.pair_key();
        let found = pair_key.as_ref().and_then(|key| unit.pairs.get(key));
        if let Some(thread_id) = found {
            return Ok(Committed::unchanged(Outcome::Found(*thread_id)));
        }
        self.check(unit)?;
        if let Some(key) = &pair_key {
            unit.pairs.insert(key.clone(), new.id);
        }
        unit.threads.insert(new.id, self.row(pair_key));
        let position = unit.next_position();
        for (user_id, role) in &new.participants {
            let row = ParticipantRow::joining(*role, new.at, position, Seq::ZERO);
            unit.join(new.id, user_id.clone(), row);
        }
        let audience = unit.audience(new.id);
        let change = Change::ThreadCreated { thread_id: new.id };
        let position = unit.log(new.at, Some(&new.created_by), audience, change);
        let thread = self.view(unit, position);
        Ok(Committed::at(position, Outcome::Created(Box::new(thread))))
    }
}

impl OpenThread {
    fn users(&self) -> impl Iterator<Item = &UserId> {
        self.0.participants.iter().map(|(user_id, _)| user_id)
    }

    fn pair_key(&self) -> Option<String> {
        let direct = self.0.kind == ThreadKind::Direct;
        direct.then(|| pair_key(self.users()))
    }

    fn check(&self, unit: &Unit) -> Result<(), CreateThreadError> {
        let Self(new) = self;
        check_new(unit.threads.get(&new.id))?;
        let opener = &new.created_by;
        if !unit.is_active(opener, new.at) {
            return Err(CreateThreadError::CallerDisabled);
        }
        let mut others = self.users().filter(|user_id| *user_id != opener);
        let reachable =
            others.all(|other| unit.is_active(other, new.at) && !unit.has_blocked(other, opener));
        if reachable {
            Ok(())
        } else {
            Err(CreateThreadError::RecipientUnavailable)
        }
    }

    fn row(&self, pair_key: Option<String>) -> ThreadRow {
        let Self(new) = self;
        ThreadRow {
            kind: new.kind,
            pair_key,
            title: new.title.clone(),
            metadata: to_json(&new.metadata),
            created_by: new.created_by.clone(),
            created_at: new.at,
            updated_at: new.at,
            last_seq: Seq::ZERO,
        }
    }

    /// The new thread as its opener sees it.
    fn view(&self, unit: &Unit, activity: Position) -> Thread {
        let Self(new) = self;
        let participants = unit.participants(new.id);
        let participants = participants.map(|(user_id, row)| Participant {
            user_id: user_id.clone(),
            role: row.role,
            joined_at: row.joined_at,
            delivered_seq: row.delivered,
            read_seq: row.read,
        });
        Thread {
            id: new.id,
            kind: new.kind,
            title: new.title.clone(),
            metadata: new.metadata.clone(),
            created_by: new.created_by.clone(),
            participants: participants.collect(),
            created_at: new.at,
            updated_at: new.at,
            last_seq: Seq::ZERO,
            last_message: None,
            unread_count: 0,
            archived: false,
            muted: false,
            pinned: false,
            tags: Vec::new(),
            activity,
        }
    }
}
