//! Messages between the tables and the core.

use messaging_core::{
    error::StoreError,
    id::{MessageId, Position, Seq, ThreadId, UserId},
    message::{Message, Reaction},
};
use sea_orm::FromQueryResult;

use crate::{convert, entity};

/// The columns of [`RawMessage`], of a message named `m`.
pub(crate) const COLUMNS: &str = "m.id, m.thread_id, m.seq, m.sender_id, m.client_id,
    m.fingerprint, m.content, m.reply_to, m.created_at, m.edited_at, m.deleted_at, m.moderation,
    (SELECT {json_agg}({json_array}(x.emoji, x.user_id, x.position) ORDER BY x.position){as_text}
        FROM {reaction} x WHERE x.message_id = m.id) AS reactions";

/// A message with its reactions, as one query gives them.
#[derive(Debug, FromQueryResult)]
pub(crate) struct RawMessage {
    #[sea_orm(nested)]
    message: entity::message::Model,
    /// `[[emoji, user id, position], …]` in the order they were put.
    reactions: Option<String>,
}

/// A message and what it takes to answer for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MessageRow {
    pub(crate) message: Message,
    pub(crate) fingerprint: Option<Vec<u8>>,
    /// The reactions that stand, in the order they were put.
    pub(crate) reactions: Vec<ReactionRow>,
}

/// One user's reaction, and the log position that put it there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReactionRow {
    pub(crate) emoji: String,
    pub(crate) user_id: UserId,
    pub(crate) position: Position,
}

impl MessageRow {
    /// Whether the user's reaction stands.
    pub(crate) fn bears(&self, emoji: &str, user_id: &UserId) -> bool {
        let mut reactions = self.reactions.iter();
        reactions.any(|reaction| reaction.emoji == emoji && reaction.user_id == *user_id)
    }

    /// Brings the message's reactions up to date: grouped by emoji, everything in the order of the
    /// first that stands.
    pub(crate) fn show_reactions(&mut self) {
        let mut shown: Vec<Reaction> = Vec::new();
        for ReactionRow { emoji, user_id, .. } in &self.reactions {
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

impl TryFrom<RawMessage> for MessageRow {
    type Error = StoreError;

    fn try_from(raw: RawMessage) -> Result<Self, StoreError> {
        let row = raw.message;
        let id = MessageId::from_uuid(row.id);
        let content = row.content.as_deref();
        let moderation = row.moderation.as_deref();
        let reactions: Vec<(String, UserId, i64)> = raw
            .reactions
            .as_deref()
            .map(|json| convert::json(json, "reaction", id))
            .transpose()?
            .unwrap_or_default();
        let mut converted = Self {
            message: Message {
                id,
                thread_id: ThreadId::from_uuid(row.thread_id),
                seq: Seq::new(row.seq),
                sender_id: convert::user_id(&row.sender_id, "message.sender_id", id)?,
                client_id: row.client_id,
                content: content
                    .map(|json| convert::json(json, "message.content", id))
                    .transpose()?,
                reply_to: row.reply_to.map(MessageId::from_uuid),
                created_at: convert::timestamp(row.created_at, "message.created_at", id)?,
                edited_at: convert::maybe_timestamp(row.edited_at, "message.edited_at", id)?,
                deleted_at: convert::maybe_timestamp(row.deleted_at, "message.deleted_at", id)?,
                reactions: Vec::new(),
                moderation: moderation
                    .map(|json| convert::json(json, "message.moderation", id))
                    .transpose()?,
            },
            fingerprint: row.fingerprint,
            reactions: reactions
                .into_iter()
                .map(|(emoji, user_id, position)| ReactionRow {
                    emoji,
                    user_id,
                    position: Position::new(position),
                })
                .collect(),
        };
        converted.show_reactions();
        Ok(converted)
    }
}
