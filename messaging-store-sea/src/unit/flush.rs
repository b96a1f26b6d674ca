//! Writing back what differs, in sets.

use messaging_core::{
    account::Account,
    clock::Timestamp,
    id::{MessageId, TagId, ThreadId, UserId},
};
use sea_orm::{ConnectionTrait, DbErr, Value};

use super::{
    FormerStay, Unit,
    load::Transaction,
    statements::{
        ADD_BLOCKS, ADD_FORMER_STAYS, ADD_MESSAGES, ADD_PARTICIPANTS, ADD_REACTIONS, ADD_TAGGED,
        ADD_TAGS, ADD_THREADS, DESCRIBE_THREADS, PRUNE, REMOVE_BLOCKS, REMOVE_REACTIONS,
        REMOVE_TAGGED, REMOVE_TAGS, SET_ACCOUNTS, SET_HEAD, SET_MESSAGES, SET_PARTICIPANTS,
        SET_TAGS, TOUCH_THREADS,
    },
};
use crate::{
    convert::to_json,
    log,
    message::MessageRow,
    rows::{Rows, SetStatement},
    thread::{ParticipantRow, ThreadRow},
    writer::GroupError,
};

impl Transaction<'_> {
    async fn write(self, statement: &SetStatement, rows: Rows) -> Result<(), DbErr> {
        if !rows.is_empty() {
            let statement = self.schema.set_statement(statement, rows);
            self.transaction.execute_raw(statement).await?;
        }
        Ok(())
    }

    async fn write_plain(self, sql: &str, values: Vec<Value>) -> Result<(), DbErr> {
        let statement = self.schema.statement(sql, values);
        self.transaction.execute_raw(statement).await?;
        Ok(())
    }
}

impl Unit {
    /// Writes back what differs from the database.
    pub(crate) async fn flush(&self, transaction: Transaction<'_>) -> Result<(), GroupError> {
        self.flush_threads(transaction).await?;
        self.flush_participants(transaction).await?;
        self.flush_messages(transaction).await?;
        self.flush_reactions(transaction).await?;
        self.flush_people(transaction).await?;
        self.flush_tags(transaction).await?;
        self.flush_log(transaction).await
    }

    async fn flush_threads(&self, transaction: Transaction<'_>) -> Result<(), GroupError> {
        let added = self.threads.added();
        let added = added.map(|(id, row)| thread_values(*id, row));
        transaction
            .write(&ADD_THREADS, Rows::collect(added))
            .await?;
        let touched = self.threads.changed();
        let touched = touched.map(|(id, _, row)| {
            let (updated_at, last_seq) = (row.updated_at.as_millis(), row.last_seq.get());
            [id.as_uuid().into(), updated_at.into(), last_seq.into()]
        });
        transaction
            .write(&TOUCH_THREADS, Rows::collect(touched))
            .await?;
        let described = self.threads.changed().filter(|(_, stored, row)| {
            (&stored.title, &stored.metadata) != (&row.title, &row.metadata)
        });
        let described = described.map(|(id, _, row)| {
            let (title, metadata) = (row.title.clone(), row.metadata.as_str());
            [id.as_uuid().into(), title.into(), metadata.into()]
        });
        transaction
            .write(&DESCRIBE_THREADS, Rows::collect(described))
            .await?;
        Ok(())
    }

    async fn flush_participants(&self, transaction: Transaction<'_>) -> Result<(), GroupError> {
        let threads = self.participants.iter();
        let added = threads.clone().flat_map(|(id, rows)| {
            let rows = rows.added();
            rows.map(|(user_id, row)| participant_values(*id, user_id, row))
        });
        transaction
            .write(&ADD_PARTICIPANTS, Rows::collect(added))
            .await?;
        let changed = threads.flat_map(|(id, rows)| {
            let rows = rows.changed();
            rows.map(|(user_id, _, row)| participant_values(*id, user_id, row))
        });
        transaction
            .write(&SET_PARTICIPANTS, Rows::collect(changed))
            .await?;
        let stays = self.former_stays.iter().map(stay_values);
        transaction
            .write(&ADD_FORMER_STAYS, Rows::collect(stays))
            .await?;
        Ok(())
    }

    async fn flush_messages(&self, transaction: Transaction<'_>) -> Result<(), GroupError> {
        let added = self.messages.added().map(|(_, row)| message_values(row));
        transaction
            .write(&ADD_MESSAGES, Rows::collect(added))
            .await?;
        let changed = self.messages.changed().map(|(id, _, row)| {
            [
                id.as_uuid().into(),
                row.fingerprint.clone().into(),
                row.message.content.as_ref().map(to_json).into(),
                row.message.edited_at.map(Timestamp::as_millis).into(),
                row.message.deleted_at.map(Timestamp::as_millis).into(),
            ]
        });
        transaction
            .write(&SET_MESSAGES, Rows::collect(changed))
            .await?;
        Ok(())
    }

    async fn flush_reactions(&self, transaction: Transaction<'_>) -> Result<(), GroupError> {
        let removed = self.messages.changed().flat_map(|(id, stored, row)| {
            let gone = stored.reactions.iter();
            let gone = gone.filter(|reaction| !row.reactions.contains(reaction));
            gone.map(|reaction| {
                let (emoji, user_id) = (reaction.emoji.as_str(), reaction.user_id.as_str());
                [id.as_uuid().into(), emoji.into(), user_id.into()]
            })
        });
        transaction
            .write(&REMOVE_REACTIONS, Rows::collect(removed))
            .await?;
        let of_new = self.messages.added();
        let of_new = of_new.flat_map(|(id, row)| row.reactions.iter().map(|new| (*id, new)));
        let of_old = self.messages.changed().flat_map(|(id, stored, row)| {
            let new = row.reactions.iter();
            let new = new.filter(|reaction| !stored.reactions.contains(reaction));
            new.map(|new| (*id, new))
        });
        let added = of_new.chain(of_old).map(|(id, reaction)| {
            let (emoji, user_id) = (reaction.emoji.as_str(), reaction.user_id.as_str());
            let position = reaction.position.get();
            [
                id.as_uuid().into(),
                emoji.into(),
                user_id.into(),
                position.into(),
            ]
        });
        transaction
            .write(&ADD_REACTIONS, Rows::collect(added))
            .await?;
        Ok(())
    }

    async fn flush_people(&self, transaction: Transaction<'_>) -> Result<(), GroupError> {
        let added = self.accounts.added().map(|(_, account)| account);
        let changed = self.accounts.changed().map(|(_, _, account)| account);
        let accounts = added.chain(changed).map(account_values);
        transaction
            .write(&SET_ACCOUNTS, Rows::collect(accounts))
            .await?;
        // One that was lifted and set again is another one.
        let renewed = self.blocks.changed().map(|(pair, _, at)| (pair, at));
        let removed = self.blocks.removed();
        let removed = removed.chain(renewed.clone().map(|(pair, _)| pair));
        let removed = removed.map(|(user, other)| [user.as_str().into(), other.as_str().into()]);
        transaction
            .write(&REMOVE_BLOCKS, Rows::collect(removed))
            .await?;
        let added = self
            .blocks
            .added()
            .chain(renewed)
            .map(|((user, other), at)| {
                let at = at.as_millis();
                [user.as_str().into(), other.as_str().into(), at.into()]
            });
        transaction.write(&ADD_BLOCKS, Rows::collect(added)).await?;
        Ok(())
    }

    async fn flush_tags(&self, transaction: Transaction<'_>) -> Result<(), GroupError> {
        let removed = self.tagged.removed().map(tagged_values);
        transaction
            .write(&REMOVE_TAGGED, Rows::collect(removed))
            .await?;
        let removed = self.tags.removed().map(|id| [id.as_uuid().into()]);
        transaction
            .write(&REMOVE_TAGS, Rows::collect(removed))
            .await?;
        let changed = self.tags.changed().map(|(id, _, row)| {
            let (name, color) = (row.tag.name.as_str(), row.tag.color.clone());
            [id.as_uuid().into(), name.into(), color.into()]
        });
        transaction.write(&SET_TAGS, Rows::collect(changed)).await?;
        let added = self.tags.added().map(|(id, row)| {
            let tag = &row.tag;
            [
                id.as_uuid().into(),
                row.owner.as_str().into(),
                tag.name.as_str().into(),
                tag.color.clone().into(),
                tag.created_at.as_millis().into(),
            ]
        });
        transaction.write(&ADD_TAGS, Rows::collect(added)).await?;
        let added = self.tagged.added().map(|(key, ())| tagged_values(key));
        transaction.write(&ADD_TAGGED, Rows::collect(added)).await?;
        Ok(())
    }

    async fn flush_log(&self, transaction: Transaction<'_>) -> Result<(), GroupError> {
        let rows = self.entries.iter().map(log::values);
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        transaction.write(&log::APPEND, Rows::collect(rows)).await?;
        if self.pruned != self.loaded_pruned {
            let pruned = self.pruned.get();
            transaction.write_plain(PRUNE, vec![pruned.into()]).await?;
        }
        if self.moves_head() {
            let (head, pruned) = (self.head.get(), self.pruned.get());
            let values = vec![head.into(), pruned.into()];
            transaction.write_plain(SET_HEAD, values).await?;
        }
        Ok(())
    }

    fn moves_head(&self) -> bool {
        !self.entries.is_empty() || self.pruned != self.loaded_pruned
    }
}

fn thread_values(id: ThreadId, row: &ThreadRow) -> [Value; 9] {
    [
        id.as_uuid().into(),
        row.kind.as_str().into(),
        row.pair_key.clone().into(),
        row.title.clone().into(),
        row.metadata.as_str().into(),
        row.created_by.as_str().into(),
        row.created_at.as_millis().into(),
        row.updated_at.as_millis().into(),
        row.last_seq.get().into(),
    ]
}

fn participant_values(id: ThreadId, user_id: &UserId, row: &ParticipantRow) -> [Value; 14] {
    [
        id.as_uuid().into(),
        user_id.as_str().into(),
        row.role.as_str().into(),
        row.joined_at.as_millis().into(),
        row.joined_position.get().into(),
        row.left.map(|(position, _)| position.get()).into(),
        row.left.map(|(_, seq)| seq.get()).into(),
        row.delivered.get().into(),
        row.read.get().into(),
        row.deleted_unread.into(),
        row.archived.into(),
        row.muted.into(),
        row.pinned.into(),
        row.activity.get().into(),
    ]
}

fn stay_values(stay: &FormerStay) -> [Value; 4] {
    [
        stay.user_id.as_str().into(),
        stay.thread_id.as_uuid().into(),
        stay.joined.get().into(),
        stay.left.get().into(),
    ]
}

fn message_values(row: &MessageRow) -> [Value; 11] {
    let message = &row.message;
    [
        message.id.as_uuid().into(),
        message.thread_id.as_uuid().into(),
        message.seq.get().into(),
        message.sender_id.as_str().into(),
        message.client_id.as_str().into(),
        row.fingerprint.clone().into(),
        message.content.as_ref().map(to_json).into(),
        message.reply_to.map(MessageId::as_uuid).into(),
        message.created_at.as_millis().into(),
        message.edited_at.map(Timestamp::as_millis).into(),
        message.deleted_at.map(Timestamp::as_millis).into(),
    ]
}

fn account_values(account: &Account) -> [Value; 4] {
    let ban = account.ban.as_ref();
    let until = ban.and_then(|ban| ban.until).map(Timestamp::as_millis);
    [
        account.user_id.as_str().into(),
        ban.map(|ban| ban.reason.clone()).into(),
        until.into(),
        account.deactivated.into(),
    ]
}

fn tagged_values((user_id, thread_id, tag_id): &(UserId, ThreadId, TagId)) -> [Value; 3] {
    [
        user_id.as_str().into(),
        thread_id.as_uuid().into(),
        tag_id.as_uuid().into(),
    ]
}
