//! Log entries as rows.

use messaging_core::{
    error::StoreError,
    id::{MessageId, Seq, ThreadId, UserId},
    log::{Change, LogEntry},
    message::Message,
    moderation::Verdict,
    receipt::Marker,
    thread::ArchiveReason,
};
use sea_orm::Value;

use crate::{
    convert::to_json,
    rows::{Kind, SetStatement},
};

pub(crate) const APPEND: SetStatement = SetStatement {
    sql:
        "INSERT {or_fail} INTO {log} (position, at, kind, actor_id, thread_id, message_id, user_id,
            audience_id, seq, verdict)
        SELECT position, at, kind, actor_id, thread_id, message_id, user_id, audience_id, seq,
            verdict
        FROM {rows}",
    columns: &[
        ("position", Kind::Int),
        ("at", Kind::Int),
        ("kind", Kind::Text),
        ("actor_id", Kind::MaybeText),
        ("thread_id", Kind::MaybeUuid),
        ("message_id", Kind::MaybeUuid),
        ("user_id", Kind::MaybeText),
        ("audience_id", Kind::MaybeText),
        ("seq", Kind::MaybeInt),
        ("verdict", Kind::MaybeText),
    ],
};

/// What a row says of a change.
#[derive(Debug, Default)]
struct Facts<'a> {
    kind: &'static str,
    thread: Option<ThreadId>,
    message: Option<MessageId>,
    user: Option<&'a UserId>,
    /// The one user it is told to.
    only: Option<&'a UserId>,
    seq: Option<Seq>,
    verdict: Option<&'a Verdict>,
}

impl<'a> Facts<'a> {
    fn thread(kind: &'static str, thread: ThreadId) -> Self {
        Self {
            kind,
            thread: Some(thread),
            ..Self::default()
        }
    }

    fn message(kind: &'static str, message: &Message) -> Self {
        Self {
            message: Some(message.id),
            ..Self::thread(kind, message.thread_id)
        }
    }

    fn of(entry: &'a LogEntry) -> Option<Self> {
        Some(match &entry.change {
            Change::ThreadCreated { thread_id } => Self::thread("thread.created", *thread_id),
            Change::ThreadUpdated { thread_id } => Self::thread("thread.updated", *thread_id),
            Change::ThreadSettings { thread_id } => Self {
                only: entry.audience.first(),
                ..Self::thread("thread.settings", *thread_id)
            },
            Change::ThreadArchived {
                thread_id,
                user_id,
                reason,
            } => Self {
                user: Some(user_id),
                only: Some(user_id),
                ..Self::thread(archived_kind(*reason)?, *thread_id)
            },
            Change::ParticipantAdded { thread_id, user_id } => Self {
                user: Some(user_id),
                ..Self::thread("participant.added", *thread_id)
            },
            Change::ParticipantRemoved { thread_id, user_id } => Self {
                user: Some(user_id),
                ..Self::thread("participant.removed", *thread_id)
            },
            Change::MessageSent { message } => Self::message("message.sent", message),
            Change::MessageEdited { message } => Self::message("message.edited", message),
            Change::MessageDeleted { message } => Self::message("message.deleted", message),
            Change::MessageReacted { message } => Self::message("message.reacted", message),
            // Without a thread: it is nobody's there. The message tells where it stands.
            Change::MessageFlagged { flagged } => Self {
                kind: "message.flagged",
                message: Some(flagged.message_id),
                verdict: Some(&flagged.verdict),
                ..Self::default()
            },
            Change::MarkerAdvanced {
                thread_id,
                user_id,
                marker,
                seq,
            } => Self {
                user: Some(user_id),
                seq: Some(*seq),
                ..Self::thread(marker_kind(*marker), *thread_id)
            },
            Change::QuotaCharged { charge, .. } => Self {
                message: Some(charge.message_id),
                user: charge.creator_id.as_ref(),
                only: Some(&charge.user_id),
                ..Self::thread("quota.charged", charge.thread_id)
            },
            Change::QuotaChanged { means } => Self {
                kind: "quota.changed",
                user: means.scope.creator_id(),
                only: Some(&means.user_id),
                ..Self::default()
            },
            Change::PriceSet { creator_id, .. } => Self {
                kind: "price.set",
                user: Some(creator_id),
                ..Self::default()
            },
            Change::AccountChanged { account } => Self {
                kind: "account.changed",
                user: Some(&account.user_id),
                ..Self::default()
            },
            _ => return None,
        })
    }
}

fn archived_kind(reason: ArchiveReason) -> Option<&'static str> {
    match reason {
        ArchiveReason::User => Some("thread.archived.user"),
        ArchiveReason::Inactive => Some("thread.archived.inactive"),
        ArchiveReason::Deactivated => Some("thread.archived.deactivated"),
        _ => None,
    }
}

fn marker_kind(marker: Marker) -> &'static str {
    match marker {
        Marker::Delivered => "marker.delivered",
        Marker::Read => "marker.read",
    }
}

/// An entry's row. A change that the core has and this store has not learnt is refused.
pub(crate) fn values(entry: &LogEntry) -> Result<[Value; 10], StoreError> {
    let facts = Facts::of(entry);
    let facts = facts.ok_or_else(|| StoreError::backend("a change of a newer version"))?;
    let text = |user_id: Option<&UserId>| user_id.map(|id| id.as_str().to_owned());
    Ok([
        entry.position.get().into(),
        entry.at.as_millis().into(),
        facts.kind.into(),
        text(entry.actor.as_ref()).into(),
        facts.thread.map(ThreadId::as_uuid).into(),
        facts.message.map(MessageId::as_uuid).into(),
        text(facts.user).into(),
        text(facts.only).into(),
        facts.seq.map(Seq::get).into(),
        facts.verdict.map(to_json).into(),
    ])
}
