//! What judging a message came to.

use super::{Action, Finding, Verdict};
use crate::{
    error::{ErrorKind, Extensions, Fault},
    id::{MessageId, ThreadId, UserId},
    message::Message,
};

/// What judging a message came to, as its store is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It may be delivered, and keeps this verdict, if there is one.
    Deliver(Option<Verdict>),
    /// It must not be stored.
    Refuse(Refused),
}

impl Default for Judgement {
    fn default() -> Self {
        Self::Deliver(None)
    }
}

impl Judgement {
    /// The verdict that the message keeps.
    ///
    /// # Errors
    /// The refusal of one that must not be stored.
    pub fn verdict(&self) -> Result<Option<&Verdict>, Refused> {
        match self {
            Self::Deliver(verdict) => Ok(verdict.as_ref()),
            Self::Refuse(refused) => Err(refused.clone()),
        }
    }
}

/// Why moderation keeps a message from being stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The verdict blocks it.
    #[error("moderation rejects the message")]
    Rejected {
        /// What was found.
        flags: Vec<Finding>,
    },
    /// It could not be judged, and must not be delivered without.
    #[error("the message cannot be judged now; try again")]
    Unavailable,
}

impl Fault for Refused {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Rejected { .. } => ErrorKind::MessageRejected,
            Self::Unavailable => ErrorKind::ModerationUnavailable,
        }
    }

    fn extensions(&self) -> Extensions {
        let mut extensions = Extensions::new();
        if let Self::Rejected { flags } = self {
            // Findings are strings and numbers: they always serialise.
            let flags = serde_json::to_value(flags).unwrap_or_default();
            extensions.insert("flags".to_owned(), flags);
        }
        extensions
    }
}

/// A message that was flagged, and the verdict at that moment: what becomes of the message later
/// does not change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flagged {
    /// Which.
    pub message_id: MessageId,
    /// Where it stands.
    pub thread_id: ThreadId,
    /// Who wrote it.
    pub sender_id: UserId,
    /// The verdict, without the places in the text.
    pub verdict: Verdict,
}

impl Flagged {
    /// What is told of a message that has just got its verdict; `None` when there is nothing to tell.
    pub fn of(message: &Message) -> Option<Self> {
        let verdict = message.moderation.as_ref();
        let verdict = verdict.filter(|verdict| verdict.action >= Action::Flag)?;
        Some(Self {
            message_id: message.id,
            thread_id: message.thread_id,
            sender_id: message.sender_id.clone(),
            verdict: verdict.clone().without_spans(),
        })
    }
}
