//! What is kept of threads, participants, messages and tags.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    caller::Role,
    clock::Timestamp,
    id::{MessageId, Position, Seq, TagId, UserId},
    message::{Content, Message, Reaction},
    thread::{Metadata, ThreadKind},
};

/// A thread and everyone who takes part, or once did.
#[derive(Debug, Clone)]
pub(super) struct ThreadRow {
    pub(super) kind: ThreadKind,
    pub(super) title: Option<String>,
    pub(super) metadata: Metadata,
    pub(super) created_by: UserId,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    /// In order of `seq`.
    pub(super) messages: Vec<MessageId>,
    pub(super) members: BTreeMap<UserId, Member>,
}

impl ThreadRow {
    pub(super) fn last_seq(&self) -> Seq {
        Seq::new(i64::try_from(self.messages.len()).unwrap_or(i64::MAX))
    }

    /// Those who take part now, by user id.
    pub(super) fn participants(&self) -> impl Iterator<Item = (&UserId, &Member)> {
        self.members
            .iter()
            .filter(|(_, member)| member.takes_part())
    }

    /// One who takes part now.
    pub(super) fn participant(&self, user_id: &UserId) -> Option<&Member> {
        self.members
            .get(user_id)
            .filter(|member| member.takes_part())
    }

    /// One who takes part now, to be changed.
    pub(super) fn participant_mut(&mut self, user_id: &UserId) -> Option<&mut Member> {
        self.members
            .get_mut(user_id)
            .filter(|member| member.takes_part())
    }

    /// Everyone who takes part now, as the audience of what happens now.
    pub(super) fn audience(&self) -> Arc<[UserId]> {
        self.participants()
            .map(|(user_id, _)| user_id.clone())
            .collect()
    }

    /// The newest message that the user sees; `None` for one who never took part.
    pub(super) fn visible_seq(&self, user_id: &UserId) -> Option<Seq> {
        let member = self.members.get(user_id)?;
        Some(member.left_after.unwrap_or_else(|| self.last_seq()))
    }
}

/// One user's part in a thread, and how they keep it.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) role: Role,
    pub(super) joined_at: Timestamp,
    /// For one who has left: the newest message at that moment.
    pub(super) left_after: Option<Seq>,
    pub(super) delivered: Seq,
    pub(super) read: Seq,
    pub(super) archived: bool,
    /// Whose deactivation archived it, if one did and nobody has been through with that.
    pub(super) archived_for: Option<UserId>,
    pub(super) muted: bool,
    pub(super) pinned: bool,
    pub(super) tags: BTreeSet<TagId>,
    pub(super) activity: Position,
}

impl Member {
    /// One who begins to take part, up to date with everything until `seq`.
    pub(super) fn new(role: Role, joined_at: Timestamp, seq: Seq) -> Self {
        Self {
            role,
            joined_at,
            left_after: None,
            delivered: seq,
            read: seq,
            archived: false,
            archived_for: None,
            muted: false,
            pinned: false,
            tags: BTreeSet::new(),
            activity: Position::ZERO,
        }
    }

    fn takes_part(&self) -> bool {
        self.left_after.is_none()
    }
}

/// A message and what it takes to answer for it.
#[derive(Debug, Clone)]
pub(super) struct MessageRow {
    pub(super) message: Message,
    /// What it was first sent with, for the same call again; gone once it is deleted.
    pub(super) original: Option<Content>,
    /// The reactions that stand, in the order they were put.
    pub(super) reactions: Vec<(String, UserId)>,
}

impl MessageRow {
    /// Whether the user's reaction stands.
    pub(super) fn bears(&self, emoji: &str, user_id: &UserId) -> bool {
        self.reactions
            .iter()
            .any(|(e, u)| e == emoji && u == user_id)
    }

    /// Brings the message's reactions up to date: grouped by emoji, everything in order of the
    /// first that stands.
    pub(super) fn show_reactions(&mut self) {
        let mut shown: Vec<Reaction> = Vec::new();
        for (emoji, user_id) in &self.reactions {
            match shown.iter_mut().find(|reaction| reaction.emoji == *emoji) {
                Some(reaction) => reaction.user_ids.push(user_id.clone()),
                None => shown.push(Reaction {
                    emoji: emoji.clone(),
                    user_ids: vec![user_id.clone()],
                }),
            }
        }
        self.message.reactions = shown;
    }
}

/// A tag; the participants hold which threads bear it.
#[derive(Debug, Clone)]
pub(super) struct TagRow {
    pub(super) owner: UserId,
    pub(super) name: String,
    pub(super) color: Option<String>,
    pub(super) created_at: Timestamp,
}
