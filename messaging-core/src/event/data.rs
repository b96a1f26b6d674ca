//! What events say.

use serde::Serialize;

use crate::{
    clock::Timestamp,
    id::{MessageId, Seq, ThreadId, UserId},
    log::{Change, LogEntry},
    message::Content,
    moderation::{Action, Finding, Severity, four_places},
    quota::Payment,
    receipt::Marker,
    thread::ArchiveReason,
};

/// What an event says, by its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum EventData {
    /// `messaging.message.sent`
    MessageSent(MessageSent),
    /// `messaging.message.flagged`
    MessageFlagged(MessageFlagged),
    /// `messaging.message.read`
    MessageRead(MessageRead),
    /// `messaging.thread.created`
    ThreadCreated(ThreadCreated),
    /// `messaging.thread.archived`
    ThreadArchived(ThreadArchived),
    /// `messaging.quota.charged`
    QuotaCharged(QuotaCharged),
}

/// A message was sent. Its words are not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageSent {
    /// Which.
    pub message_id: MessageId,
    /// Where.
    pub thread_id: ThreadId,
    /// Its place there.
    pub seq: Seq,
    /// Who sent it.
    pub sender_id: UserId,
    /// Everyone else who took part in the thread at that moment.
    pub recipients: Vec<UserId>,
    /// What kind of content it has: `text`, `encrypted`, and so on; null when it was deleted before
    /// this event was made.
    #[serde(rename = "type")]
    pub kind: Option<&'static str>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
}

/// A message was flagged, as it was sent or edited. It was delivered; its words are not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageFlagged {
    /// Which.
    pub message_id: MessageId,
    /// Where.
    pub thread_id: ThreadId,
    /// Who sent it.
    pub sender_id: UserId,
    /// What was to be done with it.
    pub action: Action,
    /// What was found, at most 64 of it.
    pub flags: Vec<FlagFound>,
    /// What judged: `name@version`; `attested:` and a name for what the sender's own moderation found
    /// before encrypting.
    pub model: String,
}

/// One flag of a message.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FlagFound {
    /// Its name.
    pub flag: String,
    /// How sure the model is, from 0 to 1.
    #[serde(serialize_with = "four_places")]
    pub score: f32,
    /// How grave it is.
    pub severity: Severity,
}

impl From<&Finding> for FlagFound {
    fn from(finding: &Finding) -> Self {
        Self {
            flag: finding.flag.clone(),
            score: finding.score,
            severity: finding.severity,
        }
    }
}

impl PartialEq for FlagFound {
    fn eq(&self, other: &Self) -> bool {
        self.flag == other.flag
            && self.score.total_cmp(&other.score).is_eq()
            && self.severity == other.severity
    }
}

impl Eq for FlagFound {}

/// A participant has read a thread up to a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageRead {
    /// Who.
    pub reader_id: UserId,
    /// What.
    pub thread_id: ThreadId,
    /// Up to which message.
    pub seq: Seq,
    /// When.
    pub read_at: Timestamp,
}

/// A thread was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ThreadCreated {
    /// Which.
    pub thread_id: ThreadId,
    /// Who opened it.
    pub created_by: Option<UserId>,
    /// Everyone who took part at that moment, who opened it included.
    pub participants: Vec<UserId>,
}

/// A thread left a participant's inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ThreadArchived {
    /// Which.
    pub thread_id: ThreadId,
    /// Whose inbox it left.
    pub user_id: UserId,
    /// Why.
    pub reason: ArchiveReason,
}

/// A message was paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QuotaCharged {
    /// Which message.
    pub message_id: MessageId,
    /// Where it stands.
    pub thread_id: ThreadId,
    /// Who paid.
    pub user_id: UserId,
    /// For a message to whom; null when it had to be good for all creators.
    pub creator_id: Option<UserId>,
    /// With what.
    pub payment: Payment,
}

impl EventData {
    /// What an entry comes to; `None` for a change that is nobody else's concern.
    pub(super) fn of(entry: &LogEntry) -> Option<Self> {
        Some(match &entry.change {
            Change::MessageSent { message } => {
                let others = entry.audience.iter();
                let others = others.filter(|user_id| **user_id != message.sender_id);
                Self::MessageSent(MessageSent {
                    message_id: message.id,
                    thread_id: message.thread_id,
                    seq: message.seq,
                    sender_id: message.sender_id.clone(),
                    recipients: others.cloned().collect(),
                    kind: message.content.as_ref().map(Content::kind),
                    reply_to: message.reply_to,
                })
            }
            Change::MessageFlagged { flagged } => Self::MessageFlagged(MessageFlagged {
                message_id: flagged.message_id,
                thread_id: flagged.thread_id,
                sender_id: flagged.sender_id.clone(),
                action: flagged.verdict.action,
                flags: flagged.verdict.flags.iter().map(FlagFound::from).collect(),
                model: flagged.verdict.model.clone(),
            }),
            Change::MarkerAdvanced {
                thread_id,
                user_id,
                marker: Marker::Read,
                seq,
            } => Self::MessageRead(MessageRead {
                reader_id: user_id.clone(),
                thread_id: *thread_id,
                seq: *seq,
                read_at: entry.at,
            }),
            Change::ThreadCreated { thread_id } => Self::ThreadCreated(ThreadCreated {
                thread_id: *thread_id,
                created_by: entry.actor.clone(),
                participants: entry.audience.to_vec(),
            }),
            Change::ThreadArchived {
                thread_id,
                user_id,
                reason,
            } => Self::ThreadArchived(ThreadArchived {
                thread_id: *thread_id,
                user_id: user_id.clone(),
                reason: *reason,
            }),
            Change::QuotaCharged { charge, .. } => Self::QuotaCharged(QuotaCharged {
                message_id: charge.message_id,
                thread_id: charge.thread_id,
                user_id: charge.user_id.clone(),
                creator_id: charge.creator_id.clone(),
                payment: charge.payment.clone(),
            }),
            _ => return None,
        })
    }

    /// The name of the type.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MessageSent(_) => "messaging.message.sent",
            Self::MessageFlagged(_) => "messaging.message.flagged",
            Self::MessageRead(_) => "messaging.message.read",
            Self::ThreadCreated(_) => "messaging.thread.created",
            Self::ThreadArchived(_) => "messaging.thread.archived",
            Self::QuotaCharged(_) => "messaging.quota.charged",
        }
    }

    /// The names of all types.
    pub const KINDS: &'static [&'static str] = &[
        "messaging.message.sent",
        "messaging.message.flagged",
        "messaging.message.read",
        "messaging.thread.created",
        "messaging.thread.archived",
        "messaging.quota.charged",
    ];

    /// The thread within which it has its order. Types without one may come.
    #[expect(clippy::unnecessary_wraps, reason = "types without a thread may come")]
    pub(super) fn thread_id(&self) -> Option<ThreadId> {
        Some(match self {
            Self::MessageSent(data) => data.thread_id,
            Self::MessageFlagged(data) => data.thread_id,
            Self::MessageRead(data) => data.thread_id,
            Self::ThreadCreated(data) => data.thread_id,
            Self::ThreadArchived(data) => data.thread_id,
            Self::QuotaCharged(data) => data.thread_id,
        })
    }

    pub(super) fn user_id(&self) -> Option<&UserId> {
        match self {
            Self::MessageSent(data) => Some(&data.sender_id),
            Self::MessageFlagged(data) => Some(&data.sender_id),
            Self::MessageRead(data) => Some(&data.reader_id),
            Self::ThreadCreated(data) => data.created_by.as_ref(),
            Self::ThreadArchived(data) => Some(&data.user_id),
            Self::QuotaCharged(data) => Some(&data.user_id),
        }
    }
}
