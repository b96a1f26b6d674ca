//! Writing back what differs, in sets.

use messaging_core::{
    account::Account,
    clock::Timestamp,
    id::{MessageId, TagId, ThreadId, UserId},
};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use super::{
    FormerStay, Unit, Writes,
    load::Transaction,
    statements::{
        ADD_BLOCKS, ADD_FORMER_STAYS, ADD_MESSAGES, ADD_PARTICIPANTS, ADD_REACTIONS, ADD_TAGGED,
        ADD_TAGS, ADD_THREADS, DESCRIBE_THREADS, MOVE_PARTICIPANTS, PRUNE, REMOVE_BLOCKS,
        REMOVE_REACTIONS, REMOVE_TAGGED, REMOVE_TAGS, SET_ACCOUNTS, SET_HEAD, SET_MESSAGES,
        SET_PARTICIPANTS, SET_TAGS, TOUCH_THREADS,
    },
};
use crate::{
    convert::to_json,
    log,
    message::MessageRow,
    thread::{ParticipantRow, ThreadRow},
    writer::GroupError,
};

impl Transaction<'_> {
    async fn write(self, statement: Statement) -> Result<(), DbErr> {
        self.transaction.execute_raw(statement).await?;
        Ok(())
    }
}

impl Unit {
    /// Writes back what differs from the database. Answers the version that this makes.
    pub(crate) async fn flush(&self, transaction: Transaction<'_>) -> Result<i64, GroupError> {
        let schema = transaction.schema;
        let mut writes = Writes::default();
        self.add_threads(&mut writes);
        self.add_participants(&mut writes);
        self.add_messages(&mut writes);
        self.add_reactions(&mut writes);
        self.add_people(&mut writes);
        self.add_tags(&mut writes);
        self.platform.add_writes(&mut writes);
        self.quota.add_writes(&mut writes);
        self.webhooks.add_writes(&mut writes);
        self.leases.add_writes(&mut writes);
        self.sweeps.add_writes(&mut writes);
        writes.try_add(&log::APPEND, self.entries.iter().map(log::values))?;
        let is_pruning = self.pruned != self.loaded_pruned;
        if writes.is_empty() && !is_pruning {
            return Ok(self.version);
        }
        for (statement, rows) in writes.into_sets() {
            for statement in schema.set_statements(statement, rows) {
                transaction.write(statement).await?;
            }
        }
        let pruned = self.pruned.get();
        if is_pruning {
            transaction
                .write(schema.statement(PRUNE, [pruned.into()]))
                .await?;
        }
        let version = self.version + 1;
        let head = [self.head.get().into(), pruned.into(), version.into()];
        transaction.write(schema.statement(SET_HEAD, head)).await?;
        Ok(version)
    }

    fn add_threads(&self, writes: &mut Writes) {
        let added = self.threads.added();
        let added = added.map(|(id, row)| thread_values(*id, row));
        writes.add(&ADD_THREADS, added);
        let touched = self.threads.changed();
        let touched = touched.map(|(id, _, row)| {
            let (updated_at, last_seq) = (row.updated_at.as_millis(), row.last_seq.get());
            [id.as_uuid().into(), updated_at.into(), last_seq.into()]
        });
        writes.add(&TOUCH_THREADS, touched);
        let described = self.threads.changed().filter(|(_, stored, row)| {
            (&stored.title, &stored.metadata) != (&row.title, &row.metadata)
        });
        let described = described.map(|(id, _, row)| {
            let (title, metadata) = (row.title.clone(), row.metadata.as_str());
            [id.as_uuid().into(), title.into(), metadata.into()]
        });
        writes.add(&DESCRIBE_THREADS, described);
    }

    fn add_participants(&self, writes: &mut Writes) {
        let threads = self.participants.iter();
        let added = threads.clone().flat_map(|(id, rows)| {
            let rows = rows.added();
            rows.map(|(user_id, row)| participant_values(*id, user_id, row))
        });
        writes.add(&ADD_PARTICIPANTS, added);
        let changed = threads.flat_map(|(id, rows)| {
            let rows = rows.changed();
            rows.map(|(user_id, stored, row)| (*id, user_id, row, row.has_only_moved(stored)))
        });
        let moved = changed.clone().filter(|(.., only_moved)| *only_moved);
        let moved = moved.map(|(id, user_id, row, _)| place_values(id, user_id, row));
        writes.add(&MOVE_PARTICIPANTS, moved);
        let changed = changed.filter(|(.., only_moved)| !only_moved);
        let changed = changed.map(|(id, user_id, row, _)| participant_values(id, user_id, row));
        writes.add(&SET_PARTICIPANTS, changed);
        writes.add(&ADD_FORMER_STAYS, self.former_stays.iter().map(stay_values));
    }

    fn add_messages(&self, writes: &mut Writes) {
        let added = self.messages.added().map(|(_, row)| message_values(row));
        writes.add(&ADD_MESSAGES, added);
        let changed = self.messages.changed().map(|(id, _, row)| {
            [
                id.as_uuid().into(),
                row.fingerprint.clone().into(),
                row.message.content.as_ref().map(to_json).into(),
                row.message.edited_at.map(Timestamp::as_millis).into(),
                row.message.deleted_at.map(Timestamp::as_millis).into(),
                row.message.moderation.as_ref().map(to_json).into(),
            ]
        });
        writes.add(&SET_MESSAGES, changed);
    }

    fn add_reactions(&self, writes: &mut Writes) {
        let removed = self.messages.changed().flat_map(|(id, stored, row)| {
            let gone = stored.reactions.iter();
            let gone = gone.filter(|reaction| !row.reactions.contains(reaction));
            gone.map(|reaction| {
                let (emoji, user_id) = (reaction.emoji.as_str(), reaction.user_id.as_str());
                [id.as_uuid().into(), emoji.into(), user_id.into()]
            })
        });
        writes.add(&REMOVE_REACTIONS, removed);
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
        writes.add(&ADD_REACTIONS, added);
    }

    fn add_people(&self, writes: &mut Writes) {
        let added = self.accounts.added().map(|(_, account)| account);
        let changed = self.accounts.changed().map(|(_, _, account)| account);
        let accounts = added.chain(changed).map(account_values);
        writes.add(&SET_ACCOUNTS, accounts);
        // One that was lifted and set again is another one.
        let renewed = self.blocks.changed().map(|(pair, _, at)| (pair, at));
        let removed = self.blocks.removed();
        let removed = removed.chain(renewed.clone().map(|(pair, _)| pair));
        let removed = removed.map(|(user, other)| [user.as_str().into(), other.as_str().into()]);
        writes.add(&REMOVE_BLOCKS, removed);
        let added = self
            .blocks
            .added()
            .chain(renewed)
            .map(|((user, other), at)| {
                let at = at.as_millis();
                [user.as_str().into(), other.as_str().into(), at.into()]
            });
        writes.add(&ADD_BLOCKS, added);
    }

    fn add_tags(&self, writes: &mut Writes) {
        writes.add(&REMOVE_TAGGED, self.tagged.removed().map(tagged_values));
        let removed = self.tags.removed().map(|id| [id.as_uuid().into()]);
        writes.add(&REMOVE_TAGS, removed);
        let changed = self.tags.changed().map(|(id, _, row)| {
            let (name, color) = (row.tag.name.as_str(), row.tag.color.clone());
            [id.as_uuid().into(), name.into(), color.into()]
        });
        writes.add(&SET_TAGS, changed);
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
        writes.add(&ADD_TAGS, added);
        let added = self.tagged.added().map(|(key, ())| tagged_values(key));
        writes.add(&ADD_TAGGED, added);
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

fn participant_values(id: ThreadId, user_id: &UserId, row: &ParticipantRow) -> [Value; 15] {
    let archived_for = row.archived_for.as_ref();
    let archived_for = archived_for.map(|user_id| user_id.as_str().to_owned());
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
        archived_for.into(),
        row.muted.into(),
        row.pinned.into(),
        row.activity.get().into(),
    ]
}

fn place_values(id: ThreadId, user_id: &UserId, row: &ParticipantRow) -> [Value; 7] {
    [
        id.as_uuid().into(),
        user_id.as_str().into(),
        row.delivered.get().into(),
        row.read.get().into(),
        row.deleted_unread.into(),
        row.archived.into(),
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

fn message_values(row: &MessageRow) -> [Value; 12] {
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
        message.moderation.as_ref().map(to_json).into(),
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
