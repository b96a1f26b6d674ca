//! Calls of a store, with everything in them, and what they come to.

use std::fmt::Debug;

use crate::{
    Store,
    account::AccountChange,
    caller::Role,
    clock::Timestamp,
    id::{MessageId, Position, TagId, ThreadId, UserId},
    log::Committed,
    message::{Edit, NewMessage, Removal, SeqRange, SetReaction},
    page::PageSize,
    platform::PlatformEvent,
    quota::{LedgerAccount, QuotaChange, Scope},
    receipt::Advance,
    tag::{NewTag, TagUpdate},
    thread::{NewThread, ThreadChange, ThreadFilter, ThreadKey, ThreadSettings},
};

/// A call of one of the ports' methods.
#[derive(Debug, Clone)]
pub(super) enum Call {
    OpenThread(NewThread),
    UpdateThread(ThreadId, UserId, ThreadChange, Timestamp),
    SetThreadSettings(ThreadId, UserId, ThreadSettings, Timestamp),
    AddParticipant(ThreadId, UserId, UserId, Role, Timestamp),
    RemoveParticipant(ThreadId, UserId, UserId, Timestamp),
    Append(NewMessage),
    EditMessage(Edit),
    DeleteMessage(Removal),
    SetReaction(SetReaction),
    AdvanceMarker(Advance),
    CreateTag(NewTag),
    UpdateTag(UserId, TagId, TagUpdate),
    DeleteTag(UserId, TagId),
    ApplyTag(UserId, TagId, ThreadId, bool, Timestamp),
    AddBlock(UserId, UserId, Timestamp),
    RemoveBlock(UserId, UserId),
    SetAccount(UserId, AccountChange, Timestamp),
    ChangeQuota(QuotaChange, Timestamp, Timestamp),
    Receive(PlatformEvent, Timestamp),
    SweepThreads(UserId, usize, Timestamp),
    PruneLog(Timestamp, usize),
    LookupThread(ThreadId, UserId),
    LookupThreadFor(ThreadId, Vec<UserId>),
    ListThreads(UserId, ThreadFilter, Option<ThreadKey>, PageSize),
    LookupMessage(MessageId),
    LookupMessageFor(MessageId, UserId),
    ListMessages(ThreadId, UserId, SeqRange, PageSize),
    ListTags(UserId, Option<TagId>, PageSize),
    ListBlocks(UserId, Option<UserId>, PageSize),
    LookupAccount(UserId),
    LookupMeans(UserId, Scope, Timestamp),
    ListGrants(UserId, Option<(Timestamp, String)>, PageSize),
    ListBalances(LedgerAccount),
    ListLedger(LedgerAccount, Option<Position>, PageSize),
    ListSweeps(Option<UserId>, usize),
    LogBounds,
    ReadLog(Position, usize),
    ReadLogFor(UserId, Position, Position, usize),
}

/// What a call came to: everything that it answered, as text, since errors know no equality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) answer: String,
    /// Where the log holds it, for a change.
    pub(super) position: Option<Position>,
}

impl Outcome {
    /// Whether the call was carried out.
    pub(super) fn is_ok(&self) -> bool {
        self.answer.starts_with("Ok(")
    }

    fn of_read(answer: &impl Debug) -> Self {
        Self {
            answer: format!("{answer:?}"),
            position: None,
        }
    }

    fn of_change<T: Debug, E: Debug>(answer: &Result<Committed<T>, E>) -> Self {
        Self {
            position: answer
                .as_ref()
                .ok()
                .and_then(|committed| committed.position),
            ..Self::of_read(answer)
        }
    }
}

impl Call {
    /// Makes the call.
    pub(super) async fn perform(&self, store: &dyn Store) -> Outcome {
        match self {
            Self::LookupThread(..)
            | Self::LookupThreadFor(..)
            | Self::ListThreads(..)
            | Self::LookupMessage(..)
            | Self::LookupMessageFor(..)
            | Self::ListMessages(..)
            | Self::ListTags(..)
            | Self::ListBlocks(..)
            | Self::LookupAccount(..)
            | Self::LookupMeans(..)
            | Self::ListGrants(..)
            | Self::ListBalances(..)
            | Self::ListLedger(..)
            | Self::ListSweeps(..)
            | Self::LogBounds
            | Self::ReadLog(..)
            | Self::ReadLogFor(..) => self.read(store).await,
            _ => self.change(store).await,
        }
    }

    async fn change(&self, store: &dyn Store) -> Outcome {
        match self.clone() {
            Self::OpenThread(new) => Outcome::of_change(&store.open_thread(new).await),
            Self::UpdateThread(id, by, what, at) => {
                Outcome::of_change(&store.update_thread(id, &by, what, at).await)
            }
            Self::SetThreadSettings(id, by, settings, at) => {
                Outcome::of_change(&store.set_thread_settings(id, &by, settings, at).await)
            }
            Self::AddParticipant(id, by, who, role, at) => {
                Outcome::of_change(&store.add_participant(id, &by, &who, role, at).await)
            }
            Self::RemoveParticipant(id, by, who, at) => {
                Outcome::of_change(&store.remove_participant(id, &by, &who, at).await)
            }
            Self::Append(new) => Outcome::of_change(&store.append(new).await),
            Self::EditMessage(edit) => Outcome::of_change(&store.edit_message(edit).await),
            Self::DeleteMessage(removal) => {
                Outcome::of_change(&store.delete_message(removal).await)
            }
            Self::SetReaction(reaction) => Outcome::of_change(&store.set_reaction(reaction).await),
            Self::AdvanceMarker(advance) => {
                Outcome::of_change(&store.advance_marker(advance).await)
            }
            Self::ApplyTag(owner, tag, id, applied, at) => {
                Outcome::of_change(&store.apply_tag(&owner, tag, id, applied, at).await)
            }
            Self::SetAccount(who, what, at) => {
                Outcome::of_change(&store.set_account(&who, what, at).await)
            }
            Self::ChangeQuota(change, happened_at, at) => {
                Outcome::of_change(&store.change_quota(change, happened_at, at).await)
            }
            Self::Receive(event, at) => Outcome::of_change(&store.receive(event, at).await),
            Self::SweepThreads(who, limit, at) => {
                Outcome::of_change(&store.sweep_threads(&who, limit, at).await)
            }
            other => other.change_unlogged(store).await,
        }
    }

    /// The changes that the log does not hold.
    async fn change_unlogged(self, store: &dyn Store) -> Outcome {
        match self {
            Self::CreateTag(new) => Outcome::of_read(&store.create_tag(new).await),
            Self::UpdateTag(owner, tag, update) => {
                Outcome::of_read(&store.update_tag(&owner, tag, update).await)
            }
            Self::DeleteTag(owner, tag) => Outcome::of_read(&store.delete_tag(&owner, tag).await),
            Self::AddBlock(by, other, at) => {
                Outcome::of_read(&store.add_block(&by, &other, at).await)
            }
            Self::RemoveBlock(by, other) => {
                Outcome::of_read(&store.remove_block(&by, &other).await)
            }
            Self::PruneLog(before, limit) => {
                Outcome::of_read(&store.prune_log(before, limit).await)
            }
            other => unreachable!("{other:?} is no change"),
        }
    }

    async fn read(&self, store: &dyn Store) -> Outcome {
        match self {
            Self::LookupThread(id, viewer) => {
                Outcome::of_read(&store.lookup_thread(*id, viewer).await)
            }
            Self::LookupThreadFor(id, viewers) => {
                let mut seen = store.lookup_thread_for(*id, viewers).await;
                if let Ok(seen) = &mut seen {
                    seen.sort_by(|(one, _), (other, _)| one.cmp(other));
                }
                Outcome::of_read(&seen)
            }
            Self::ListThreads(viewer, filter, after, size) => {
                Outcome::of_read(&store.list_threads(viewer, *filter, *after, *size).await)
            }
            Self::LookupMessage(id) => Outcome::of_read(&store.lookup_message(*id).await),
            Self::LookupMessageFor(id, viewer) => {
                Outcome::of_read(&store.lookup_message_for(*id, viewer).await)
            }
            Self::ListMessages(id, viewer, range, size) => {
                Outcome::of_read(&store.list_messages(*id, viewer, *range, *size).await)
            }
            Self::ListTags(owner, after, size) => {
                Outcome::of_read(&store.list_tags(owner, *after, *size).await)
            }
            Self::ListBlocks(by, after, size) => {
                Outcome::of_read(&store.list_blocks(by, after.as_ref(), *size).await)
            }
            Self::LookupAccount(who) => Outcome::of_read(&store.lookup_account(who).await),
            Self::LookupMeans(who, scope, at) => {
                Outcome::of_read(&store.lookup_means(who, scope, *at).await)
            }
            Self::ListGrants(who, after, size) => {
                let after = after.as_ref().map(|(ends_at, id)| (*ends_at, id.as_str()));
                Outcome::of_read(&store.list_grants(who, after, *size).await)
            }
            Self::ListBalances(account) => Outcome::of_read(&store.list_balances(account).await),
            Self::ListLedger(account, before, size) => {
                Outcome::of_read(&store.list_ledger(account, *before, *size).await)
            }
            Self::ListSweeps(after, limit) => {
                Outcome::of_read(&store.list_sweeps(after.as_ref(), *limit).await)
            }
            Self::LogBounds => Outcome::of_read(&store.log_bounds().await),
            Self::ReadLog(after, limit) => Outcome::of_read(&store.read_log(*after, *limit).await),
            Self::ReadLogFor(viewer, after, until, limit) => {
                Outcome::of_read(&store.read_log_for(viewer, *after, *until, *limit).await)
            }
            other => unreachable!("{other:?} is no read"),
        }
    }
}
