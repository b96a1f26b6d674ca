//! Reading what a group of changes needs, in sets.

use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, Seq, TagId, ThreadId, UserId},
    quota::Sending,
    thread::ThreadKind,
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult, Value};

use super::{
    Cache, Needs, Unit,
    queries::{
        ACCOUNTS, BLOCKS, HEAD, Head, OLDEST, Oldest, PAIRS, PARTICIPANTS, Pair, TAGGED, THREADS,
        TOMBSTONES, Tagged, Tombstones,
    },
};
use crate::{
    account, convert, entity,
    failure::corrupt,
    message::{self, MessageRow, RawMessage},
    reader::fetch,
    rows::{Rows, SetStatement},
    schema::Schema,
    tag::{self, RawTag, TagRow},
    thread::{ParticipantRow, ThreadRow},
    writer::GroupError,
};

/// A transaction and how its statements are written.
#[derive(Clone, Copy)]
pub(crate) struct Transaction<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) transaction: &'a DatabaseTransaction,
}

impl Transaction<'_> {
    /// The rows that a statement finds for a set of rows.
    pub(crate) async fn set<T: FromQueryResult>(
        self,
        statement: &SetStatement,
        rows: Rows,
    ) -> Result<Vec<T>, DbErr> {
        let mut found = Vec::new();
        for statement in self.schema.set_statements(statement, rows) {
            found.append(&mut fetch(self.transaction, statement).await?);
        }
        Ok(found)
    }

    /// The rows that a statement with single values finds.
    pub(crate) async fn plain<T: FromQueryResult>(
        self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, DbErr> {
        fetch(self.transaction, self.schema.statement(sql, values)).await
    }
}

impl Unit {
    /// Takes the writers' lock, then reads what the changes need and the cache does not have.
    pub(crate) async fn load(
        transaction: Transaction<'_>,
        cache: &mut Cache,
        mut needs: Needs,
    ) -> Result<Self, GroupError> {
        let mut unit = Self::default();
        unit.load_head(transaction).await?;
        cache.check(unit.version);
        unit.load_messages(transaction, &mut needs).await?;
        cache.lend_threads(&mut unit, &mut needs);
        unit.load_threads(transaction, &needs).await?;
        unit.load_participants(transaction, &needs).await?;
        unit.add_recipients(&mut needs);
        unit.add_payers(&mut needs);
        cache.lend_people(&mut unit, &mut needs);
        unit.load_people(transaction, &needs).await?;
        unit.load_tombstones(transaction, &needs).await?;
        unit.load_tags(transaction, &needs).await?;
        unit.platform.load(transaction, &needs).await?;
        unit.quota = cache.lend_quota();
        unit.quota.load(transaction, &needs.quota).await?;
        unit.webhooks.load(transaction, &needs).await?;
        unit.leases.load(transaction, &needs).await?;
        unit.sweeps.load(transaction, &needs).await?;
        unit.load_oldest(transaction, &needs).await?;
        unit.asked = needs;
        Ok(unit)
    }

    async fn load_head(&mut self, transaction: Transaction<'_>) -> Result<(), GroupError> {
        let rows: Vec<Head> = transaction.plain(HEAD, Vec::new()).await?;
        let head = rows.first().ok_or_else(|| corrupt("log_head", 1))?;
        self.version = head.version;
        self.head = Position::new(head.position);
        self.pruned = Position::new(head.pruned);
        self.loaded_pruned = self.pruned;
        Ok(())
    }

    async fn load_messages(
        &mut self,
        transaction: Transaction<'_>,
        needs: &mut Needs,
    ) -> Result<(), GroupError> {
        let ids = needs.messages.iter().map(|id| [id.as_uuid().into()]);
        let by_id: Vec<RawMessage> = transaction.set(&message::BY_ID, Rows::collect(ids)).await?;
        let client_ids = needs.client_ids.iter().map(|(thread, sender, client_id)| {
            let sender = sender.as_str();
            [
                thread.as_uuid().into(),
                sender.into(),
                client_id.as_str().into(),
            ]
        });
        let by_client_id: Vec<RawMessage> = transaction
            .set(&message::BY_CLIENT_ID, Rows::collect(client_ids))
            .await?;
        for raw in by_id.into_iter().chain(by_client_id) {
            let row = MessageRow::try_from(raw)?;
            let message = &row.message;
            let (thread, sender) = (message.thread_id, message.sender_id.clone());
            let key = (thread, sender, message.client_id.clone());
            self.client_ids.insert(key, message.id);
            if needs.messages.contains(&message.id) {
                needs.threads.insert(thread);
            }
            self.messages.load(message.id, row);
        }
        Ok(())
    }

    async fn load_threads(
        &mut self,
        transaction: Transaction<'_>,
        needs: &Needs,
    ) -> Result<(), GroupError> {
        let pairs = needs.pairs.iter().map(|pair| [pair.as_str().into()]);
        let pairs: Vec<Pair> = transaction.set(&PAIRS, Rows::collect(pairs)).await?;
        for Pair { id, pair_key } in pairs {
            self.pairs.insert(pair_key, ThreadId::from_uuid(id));
        }
        let ids = needs.threads.iter().map(|id| [id.as_uuid().into()]);
        let rows: Vec<entity::thread::Model> =
            transaction.set(&THREADS, Rows::collect(ids)).await?;
        for row in rows {
            self.threads
                .load(ThreadId::from_uuid(row.id), ThreadRow::try_from(row)?);
        }
        Ok(())
    }

    async fn load_participants(
        &mut self,
        transaction: Transaction<'_>,
        needs: &Needs,
    ) -> Result<(), GroupError> {
        let everyone = needs.threads.iter().map(|id| (*id, None));
        let named = needs.participants.iter();
        let named = named.map(|(id, user_id)| (*id, Some(user_id.as_str().to_owned())));
        let wanted = everyone.chain(named);
        let wanted = wanted.map(|(id, user_id)| [id.as_uuid().into(), user_id.into()]);
        let rows: Vec<entity::participant::Model> = transaction
            .set(&PARTICIPANTS, Rows::collect(wanted))
            .await?;
        for row in rows {
            let thread_id = ThreadId::from_uuid(row.thread_id);
            let user_id = convert::user_id(&row.user_id, "participant.user_id", thread_id)?;
            let rows = self.participants.entry(thread_id).or_default();
            rows.load(user_id, ParticipantRow::try_from(row)?);
        }
        Ok(())
    }

    /// Who is written to in a direct thread must be able to hear it.
    fn add_recipients(&self, needs: &mut Needs) {
        for thread_id in &needs.recipients {
            let thread = self.threads.get(thread_id);
            if thread.is_none_or(|thread| thread.kind != ThreadKind::Direct) {
                continue;
            }
            let users: Vec<&UserId> = self.participants(*thread_id).map(|(id, _)| id).collect();
            needs.accounts.extend(users.iter().copied().cloned());
            for one in &users {
                let others = users.iter().filter(|other| *other != one);
                let pairs = others.map(|other| ((*one).clone(), (*other).clone()));
                needs.blocks.extend(pairs);
            }
        }
    }

    /// Who pays for a message must hold something that is good for it.
    fn add_payers(&self, needs: &mut Needs) {
        for paying in std::mem::take(&mut needs.quota.paying) {
            let Some(thread) = self.threads.get(&paying.thread_id) else {
                continue;
            };
            let participants = self.participants(paying.thread_id);
            let sending = Sending::new(
                (&paying.sender_id, paying.sender_role),
                thread.kind,
                &thread.created_by,
                participants.map(|(user_id, row)| (user_id, row.role)),
            );
            if let Some(payee) = paying.mode.payee(&sending) {
                needs
                    .quota
                    .means(paying.sender_id.clone(), payee, paying.at);
            }
        }
    }

    async fn load_people(
        &mut self,
        transaction: Transaction<'_>,
        needs: &Needs,
    ) -> Result<(), GroupError> {
        let users = needs.accounts.iter().map(|user| [user.as_str().into()]);
        let accounts: Vec<entity::account::Model> =
            transaction.set(&ACCOUNTS, Rows::collect(users)).await?;
        for row in accounts {
            let account = account::account(row)?;
            self.accounts.load(account.user_id.clone(), account);
        }
        let pairs = needs.blocks.iter();
        let pairs = pairs.map(|(user, other)| [user.as_str().into(), other.as_str().into()]);
        let blocks: Vec<entity::block::Model> =
            transaction.set(&BLOCKS, Rows::collect(pairs)).await?;
        for row in blocks {
            let (user_id, blocked_id, since) = read_block(&row)?;
            self.blocks.load((user_id, blocked_id), since);
        }
        Ok(())
    }

    async fn load_tombstones(
        &mut self,
        transaction: Transaction<'_>,
        needs: &Needs,
    ) -> Result<(), GroupError> {
        let places = needs.tombstones.iter();
        let places = places.map(|(id, seq)| [id.as_uuid().into(), seq.get().into()]);
        let counts: Vec<Tombstones> = transaction.set(&TOMBSTONES, Rows::collect(places)).await?;
        for row in counts {
            let place = (ThreadId::from_uuid(row.thread_id), Seq::new(row.seq));
            self.tombstones.insert(place, row.deleted);
        }
        Ok(())
    }

    async fn load_tags(
        &mut self,
        transaction: Transaction<'_>,
        needs: &Needs,
    ) -> Result<(), GroupError> {
        let owners = needs.tag_owners.iter().map(|user| [user.as_str().into()]);
        let tags: Vec<RawTag> = transaction
            .set(&tag::BY_OWNER, Rows::collect(owners))
            .await?;
        for raw in tags {
            let row = TagRow::try_from(raw)?;
            self.tags.load(row.tag.id, row);
        }
        let places = needs.tagged.iter();
        let places = places.map(|(user, thread)| [user.as_str().into(), thread.as_uuid().into()]);
        let tagged: Vec<Tagged> = transaction.set(&TAGGED, Rows::collect(places)).await?;
        for row in tagged {
            let user_id = convert::user_id(&row.user_id, "thread_tag.user_id", row.tag)?;
            let thread_id = ThreadId::from_uuid(row.thread_id);
            let tag_id = TagId::from_uuid(row.tag);
            self.tagged.load((user_id, thread_id, tag_id), ());
        }
        Ok(())
    }

    async fn load_oldest(
        &mut self,
        transaction: Transaction<'_>,
        needs: &Needs,
    ) -> Result<(), GroupError> {
        let Some(limit) = needs.prunable else {
            return Ok(());
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<Oldest> = transaction
            .plain(OLDEST, vec![self.pruned.get().into(), limit.into()])
            .await?;
        for Oldest { position, at } in rows {
            let at = convert::timestamp(at, "log.at", position)?;
            self.oldest.push((Position::new(position), at));
        }
        Ok(())
    }
}

/// Reads a block: who, whom, since when.
pub(crate) fn read_block(
    row: &entity::block::Model,
) -> Result<(UserId, UserId, Timestamp), StoreError> {
    let id = format!("{} {}", row.user_id, row.blocked_id);
    Ok((
        convert::user_id(&row.user_id, "block.user_id", &id)?,
        convert::user_id(&row.blocked_id, "block.blocked_id", &id)?,
        convert::timestamp(row.created_at, "block.created_at", &id)?,
    ))
}
