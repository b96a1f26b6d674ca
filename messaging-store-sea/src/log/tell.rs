//! Rows of the log as entries, told with the rows they name as they are now.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use messaging_core::{
    account::Account,
    error::StoreError,
    id::{MessageId, Position, Seq, ThreadId, UserId},
    log::{Change, LogEntry},
    message::Message,
    moderation::Flagged,
    quota::{Charge, Means, Money, Payment, Scope},
    receipt::Marker,
    thread::ArchiveReason,
};

use crate::{convert, entity::log::Model, failure::corrupt, quota::Asked, reader::Reader};

/// What rows of the log refer to.
#[derive(Debug)]
struct Told {
    messages: HashMap<MessageId, Arc<Message>>,
    accounts: HashMap<UserId, Account>,
    payments: HashMap<MessageId, Payment>,
    means: BTreeMap<Asked, Arc<Means>>,
    prices: HashMap<UserId, Money>,
}

impl Reader {
    /// Rows as entries, in the same order, each with its whole audience.
    pub(super) async fn tell(&self, rows: Vec<Model>) -> Result<Vec<LogEntry>, StoreError> {
        let told = self.look_up(&rows).await?;
        let shared = rows.iter().filter(|row| row.audience_id.is_none());
        let threads = shared.filter_map(|row| row.thread_id.map(ThreadId::from_uuid));
        let mut audiences = self.audiences(threads).await?;
        let entries = rows.iter().map(|row| {
            let audience = match (row.audience_id.as_deref(), row.thread_id) {
                (Some(only), _) => {
                    [convert::user_id(only, "log.audience_id", row.position)?].into()
                }
                (None, Some(id)) => {
                    audiences.at(ThreadId::from_uuid(id), Position::new(row.position))
                }
                (None, None) => [].into(),
            };
            told.entry(row, audience)
        });
        entries.collect()
    }

    /// Rows as entries for one of their audience.
    pub(super) async fn tell_to(
        &self,
        user_id: &UserId,
        rows: Vec<Model>,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let told = self.look_up(&rows).await?;
        let audience: Arc<[UserId]> = [user_id.clone()].into();
        let entries = rows.iter().map(|row| told.entry(row, audience.clone()));
        entries.collect()
    }

    async fn look_up(&self, rows: &[Model]) -> Result<Told, StoreError> {
        let of_kind = |kind: &'static str| rows.iter().filter(move |row| row.kind == kind);
        let messages = rows.iter().filter(|row| row.kind != QUOTA_CHARGED);
        let mut ids: Vec<_> = messages.filter_map(|row| row.message_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let messages = self
            .messages_by_id(ids.into_iter().map(MessageId::from_uuid))
            .await?;
        let users = of_kind(ACCOUNT_CHANGED).map(user);
        let users: Vec<UserId> = users.collect::<Result<_, _>>()?;
        let accounts = if users.is_empty() {
            Vec::new()
        } else {
            self.accounts(&users).await?
        };
        let charged = of_kind(QUOTA_CHARGED).filter_map(|row| row.message_id);
        let payments = self.payments(charged.map(MessageId::from_uuid)).await?;
        let holders = of_kind(QUOTA_CHARGED).chain(of_kind(QUOTA_CHANGED));
        let asked: BTreeSet<Asked> = holders.map(asked).collect::<Result<_, _>>()?;
        let means = self.means(asked).await?.into_iter();
        let creators = of_kind(PRICE_SET).map(user);
        let creators: BTreeSet<UserId> = creators.collect::<Result<_, _>>()?;
        Ok(Told {
            payments,
            means: means
                .map(|(asked, means)| (asked, Arc::new(means)))
                .collect(),
            prices: self.prices(creators).await?,
            messages: messages
                .into_iter()
                .map(|message| (message.id, Arc::new(message)))
                .collect(),
            accounts: accounts
                .into_iter()
                .map(|account| (account.user_id.clone(), account))
                .collect(),
        })
    }
}

const ACCOUNT_CHANGED: &str = "account.changed";
const QUOTA_CHARGED: &str = "quota.charged";
const QUOTA_CHANGED: &str = "quota.changed";
const PRICE_SET: &str = "price.set";

impl Told {
    fn entry(&self, row: &Model, audience: Arc<[UserId]>) -> Result<LogEntry, StoreError> {
        let position = Position::new(row.position);
        let actor = row.actor_id.as_deref();
        Ok(LogEntry {
            position,
            at: convert::timestamp(row.at, "log.at", position)?,
            actor: actor
                .map(|actor| convert::user_id(actor, "log.actor_id", position))
                .transpose()?,
            audience,
            change: self.change(row)?,
        })
    }

    fn change(&self, row: &Model) -> Result<Change, StoreError> {
        Ok(match row.kind.as_str() {
            "thread.created" => Change::ThreadCreated {
                thread_id: thread(row)?,
            },
            "thread.updated" => Change::ThreadUpdated {
                thread_id: thread(row)?,
            },
            "thread.settings" => Change::ThreadSettings {
                thread_id: thread(row)?,
            },
            "thread.archived.user" => archived(row, ArchiveReason::User)?,
            "thread.archived.inactive" => archived(row, ArchiveReason::Inactive)?,
            "thread.archived.deactivated" => archived(row, ArchiveReason::Deactivated)?,
            "participant.added" => Change::ParticipantAdded {
                thread_id: thread(row)?,
                user_id: user(row)?,
            },
            "participant.removed" => Change::ParticipantRemoved {
                thread_id: thread(row)?,
                user_id: user(row)?,
            },
            "message.sent" => Change::MessageSent {
                message: self.message(row)?,
            },
            "message.edited" => Change::MessageEdited {
                message: self.message(row)?,
            },
            "message.deleted" => Change::MessageDeleted {
                message: self.message(row)?,
            },
            "message.reacted" => Change::MessageReacted {
                message: self.message(row)?,
            },
            "message.flagged" => Change::MessageFlagged {
                flagged: Arc::new(self.flagged(row)?),
            },
            "marker.delivered" => marker(row, Marker::Delivered)?,
            "marker.read" => marker(row, Marker::Read)?,
            ACCOUNT_CHANGED => Change::AccountChanged {
                account: self.account(row)?,
            },
            QUOTA_CHARGED => Change::QuotaCharged {
                charge: Arc::new(self.charge(row)?),
                means: self.means(row)?,
            },
            QUOTA_CHANGED => Change::QuotaChanged {
                means: self.means(row)?,
            },
            PRICE_SET => self.price(row)?,
            _ => return Err(corrupt("log.kind", row.position)),
        })
    }

    fn charge(&self, row: &Model) -> Result<Charge, StoreError> {
        let (user_id, scope, _) = asked(row)?;
        let faulty = || corrupt("log.message_id", row.position);
        let message_id = row
            .message_id
            .map(MessageId::from_uuid)
            .ok_or_else(faulty)?;
        Ok(Charge {
            message_id,
            thread_id: thread(row)?,
            user_id,
            creator_id: scope.creator_id().cloned(),
            payment: self.payments.get(&message_id).cloned().ok_or_else(faulty)?,
        })
    }

    fn means(&self, row: &Model) -> Result<Arc<Means>, StoreError> {
        let means = self.means.get(&asked(row)?).cloned();
        means.ok_or_else(|| corrupt("log.user_id", row.position))
    }

    fn price(&self, row: &Model) -> Result<Change, StoreError> {
        let creator_id = user(row)?;
        let price = self.prices.get(&creator_id).copied();
        Ok(Change::PriceSet {
            creator_id,
            price: price.ok_or_else(|| corrupt("log.user_id", row.position))?,
        })
    }

    fn message(&self, row: &Model) -> Result<Arc<Message>, StoreError> {
        let id = row.message_id.map(MessageId::from_uuid);
        let message = id.and_then(|id| self.messages.get(&id)).cloned();
        message.ok_or_else(|| corrupt("log.message_id", row.position))
    }

    /// The message says who wrote it, and where; that never changes.
    fn flagged(&self, row: &Model) -> Result<Flagged, StoreError> {
        let message = self.message(row)?;
        let verdict = row.verdict.as_deref().unwrap_or_default();
        Ok(Flagged {
            message_id: message.id,
            thread_id: message.thread_id,
            sender_id: message.sender_id.clone(),
            verdict: convert::json(verdict, "log.verdict", row.position)?,
        })
    }

    fn account(&self, row: &Model) -> Result<Account, StoreError> {
        let account = self.accounts.get(&user(row)?).cloned();
        account.ok_or_else(|| corrupt("log.user_id", row.position))
    }
}

/// Whose means an entry tells, for messages to whom.
fn asked(row: &Model) -> Result<Asked, StoreError> {
    let holder = row.audience_id.as_deref().unwrap_or_default();
    let holder = convert::user_id(holder, "log.audience_id", row.position)?;
    let creator = row.user_id.as_ref().map(|_| user(row)).transpose()?;
    let at = convert::timestamp(row.at, "log.at", row.position)?;
    Ok((holder, Scope::of(creator), at))
}

fn archived(row: &Model, reason: ArchiveReason) -> Result<Change, StoreError> {
    Ok(Change::ThreadArchived {
        thread_id: thread(row)?,
        user_id: user(row)?,
        reason,
    })
}

fn marker(row: &Model, marker: Marker) -> Result<Change, StoreError> {
    let seq = row.seq.ok_or_else(|| corrupt("log.seq", row.position))?;
    Ok(Change::MarkerAdvanced {
        thread_id: thread(row)?,
        user_id: user(row)?,
        marker,
        seq: Seq::new(seq),
    })
}

fn thread(row: &Model) -> Result<ThreadId, StoreError> {
    let thread = row.thread_id.map(ThreadId::from_uuid);
    thread.ok_or_else(|| corrupt("log.thread_id", row.position))
}

fn user(row: &Model) -> Result<UserId, StoreError> {
    let user = row.user_id.as_deref().unwrap_or_default();
    convert::user_id(user, "log.user_id", row.position)
}
