//! The first tables.
//!
//! Messages and log rows have no foreign keys: one writer makes them in the transaction that holds
//! their thread, nothing deletes a thread, and PostgreSQL would check each row with a query.

use sea_orm::ConnectionTrait;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::schema::Schema;

/// Makes all tables of the first release.
#[derive(Debug)]
pub(super) struct CreateTables {
    pub(super) schema: Schema,
}

impl MigrationName for CreateTables {
    fn name(&self) -> &'static str {
        "m20261123_000001_create_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), sea_orm::DbErr> {
        let connection = manager.get_connection();
        for statement in UP {
            let sql = self.schema.sql(statement);
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), sea_orm::DbErr> {
        let connection = manager.get_connection();
        for table in TABLES.iter().rev() {
            let sql = self.schema.sql(&format!("DROP TABLE {{{table}}}"));
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

/// In the order they are made.
const TABLES: &[&str] = &[
    "log_head",
    "log",
    "account",
    "block",
    "thread",
    "participant",
    "former_stay",
    "message",
    "reaction",
    "tag",
    "thread_tag",
    "received",
    "topic",
    "quota_grant",
    "quota_price",
    "quota_halt",
    "quota_charge",
    "ledger",
    "ledger_balance",
    "webhook",
    "webhook_pending",
    "webhook_attempt",
    "lease",
    "sweep",
];

const UP: &[&str] = &[
    // One row: the log's newest position, the newest one that is gone, and how many transactions have
    // changed anything. Who changes anything holds its lock to the end of the transaction.
    "CREATE TABLE {log_head} (
        id {int} NOT NULL PRIMARY KEY CHECK (id = 1),
        position {int} NOT NULL,
        pruned {int} NOT NULL,
        version {int} NOT NULL
    ) {table_end}",
    "INSERT INTO {log_head} (id, position, pruned, version) VALUES (1, 0, 0, 0)",
    "CREATE TABLE {log} (
        position {int} NOT NULL PRIMARY KEY,
        at {int} NOT NULL,
        kind {text} NOT NULL,
        actor_id {text},
        thread_id {uuid},
        message_id {uuid},
        user_id {text},
        audience_id {text},
        seq {int},
        verdict {text}
    ) {table_end}",
    "CREATE INDEX {log_thread} ON {log} (thread_id, position) WHERE audience_id IS NULL",
    "CREATE INDEX {log_audience} ON {log} (audience_id, position) WHERE audience_id IS NOT NULL",
    "CREATE TABLE {account} (
        user_id {text} NOT NULL PRIMARY KEY,
        ban_reason {text},
        ban_until {int},
        deactivated {bool} NOT NULL
    ) {table_end}",
    "CREATE TABLE {block} (
        user_id {text} NOT NULL,
        blocked_id {text} NOT NULL,
        created_at {int} NOT NULL,
        PRIMARY KEY (user_id, blocked_id)
    ) {table_end}",
    "CREATE TABLE {thread} (
        id {uuid} NOT NULL PRIMARY KEY,
        kind {text} NOT NULL,
        pair_key {text} UNIQUE,
        title {text},
        metadata {text} NOT NULL,
        created_by {text} NOT NULL,
        created_at {int} NOT NULL,
        updated_at {int} NOT NULL,
        last_seq {int} NOT NULL
    ) {table_end} {with_room}",
    "CREATE TABLE {participant} (
        thread_id {uuid} NOT NULL REFERENCES {thread} (id),
        user_id {text} NOT NULL,
        role {text} NOT NULL,
        joined_at {int} NOT NULL,
        joined_position {int} NOT NULL,
        left_position {int},
        left_seq {int},
        delivered_seq {int} NOT NULL,
        read_seq {int} NOT NULL,
        deleted_unread {int} NOT NULL,
        archived {bool} NOT NULL,
        archived_for {text},
        muted {bool} NOT NULL,
        pinned {bool} NOT NULL,
        activity {int} NOT NULL,
        PRIMARY KEY (thread_id, user_id)
    ) {table_end} {with_room}",
    // A user's list in its order, for either side of `archived`, and all stays of a user. Every
    // message moves its participants in here, so it is the only index of them all beside the key. Threads that
    // were left stay where they were, below those that go on.
    "CREATE INDEX {participant_list} ON {participant} (user_id, archived, pinned, activity)",
    // The few inboxes that a deactivation has archived, by whose it was.
    "CREATE INDEX {participant_archived_for} ON {participant} (archived_for, thread_id, user_id)
        WHERE archived_for IS NOT NULL",
    // Stays in a thread that ended before the user came back: who saw what, for the log.
    "CREATE TABLE {former_stay} (
        user_id {text} NOT NULL,
        thread_id {uuid} NOT NULL,
        joined_position {int} NOT NULL,
        left_position {int} NOT NULL,
        PRIMARY KEY (user_id, thread_id, joined_position)
    ) {table_end}",
    "CREATE INDEX {former_stay_thread} ON {former_stay} (thread_id)",
    "CREATE TABLE {message} (
        id {uuid} NOT NULL PRIMARY KEY,
        thread_id {uuid} NOT NULL,
        seq {int} NOT NULL,
        sender_id {text} NOT NULL,
        client_id {text} NOT NULL,
        fingerprint {bytes},
        content {text},
        reply_to {uuid},
        created_at {int} NOT NULL,
        edited_at {int},
        deleted_at {int},
        moderation {text},
        UNIQUE (thread_id, seq),
        UNIQUE (thread_id, sender_id, client_id)
    ) {table_end}",
    "CREATE INDEX {message_deleted} ON {message} (thread_id, seq) WHERE deleted_at IS NOT NULL",
    "CREATE TABLE {reaction} (
        message_id {uuid} NOT NULL REFERENCES {message} (id),
        emoji {text} NOT NULL,
        user_id {text} NOT NULL,
        position {int} NOT NULL,
        PRIMARY KEY (message_id, emoji, user_id)
    ) {table_end}",
    "CREATE TABLE {tag} (
        id {uuid} NOT NULL PRIMARY KEY,
        owner_id {text} NOT NULL,
        name {text} NOT NULL,
        color {text},
        created_at {int} NOT NULL,
        UNIQUE (owner_id, name)
    ) {table_end}",
    "CREATE INDEX {tag_owner} ON {tag} (owner_id, id)",
    "CREATE TABLE {thread_tag} (
        user_id {text} NOT NULL,
        thread_id {uuid} NOT NULL,
        tag_id {uuid} NOT NULL REFERENCES {tag} (id) ON DELETE CASCADE,
        PRIMARY KEY (user_id, thread_id, tag_id)
    ) {table_end}",
    "CREATE INDEX {thread_tag_tag} ON {thread_tag} (tag_id)",
    // The platform's events that have come: each counts once.
    "CREATE TABLE {received} (
        source {text} NOT NULL,
        id {text} NOT NULL,
        received_at {int} NOT NULL,
        PRIMARY KEY (source, id)
    ) {table_end}",
    // When the newest of them happened, of each topic.
    "CREATE TABLE {topic} (
        name {text} NOT NULL PRIMARY KEY,
        happened_at {int} NOT NULL
    ) {table_end}",
    // What lets users write: to one creator, or to all without one; so many messages, or as many as
    // they like without a number.
    "CREATE TABLE {quota_grant} (
        id {text} NOT NULL PRIMARY KEY,
        user_id {text} NOT NULL,
        creator_id {text},
        granted {int},
        used {int} NOT NULL,
        spent {bool} NOT NULL,
        starts_at {int} NOT NULL,
        ends_at {int} NOT NULL,
        CHECK (used >= 0 AND (granted IS NULL OR used <= granted))
    ) {table_end}",
    "CREATE INDEX {quota_grant_user} ON {quota_grant} (user_id, ends_at, id)",
    "CREATE INDEX {quota_grant_open} ON {quota_grant} (user_id, ends_at) WHERE NOT spent",
    "CREATE TABLE {quota_price} (
        creator_id {text} NOT NULL PRIMARY KEY,
        amount {int} NOT NULL CHECK (amount >= 0),
        currency {text} NOT NULL
    ) {table_end}",
    // The empty creator stands for all.
    "CREATE TABLE {quota_halt} (
        user_id {text} NOT NULL,
        creator_id {text} NOT NULL,
        halted_at {int},
        renewed_at {int},
        PRIMARY KEY (user_id, creator_id)
    ) {table_end}",
    // What messages were paid with: a grant, or credits.
    "CREATE TABLE {quota_charge} (
        message_id {uuid} NOT NULL PRIMARY KEY,
        user_id {text} NOT NULL,
        creator_id {text},
        grant_id {text},
        amount {int},
        currency {text},
        at {int} NOT NULL,
        CHECK ((grant_id IS NULL) <> (amount IS NULL))
    ) {table_end}",
    // Both sides of every transfer. A transfer touches an account once, so none is made twice.
    "CREATE TABLE {ledger} (
        transfer {text} NOT NULL,
        account {text} NOT NULL,
        amount {int} NOT NULL,
        currency {text} NOT NULL,
        position {int} NOT NULL,
        at {int} NOT NULL,
        PRIMARY KEY (transfer, account)
    ) {table_end}",
    "CREATE INDEX {ledger_account} ON {ledger} (account, position)",
    // The sums of the lines. Only the account that credits come from is below zero.
    "CREATE TABLE {ledger_balance} (
        account {text} NOT NULL,
        currency {text} NOT NULL,
        amount {int} NOT NULL CHECK (amount >= 0 OR account = 'purchases'),
        PRIMARY KEY (account, currency)
    ) {table_end}",
    "CREATE TABLE {webhook} (
        id {uuid} NOT NULL PRIMARY KEY,
        url {text} NOT NULL,
        description {text} NOT NULL,
        kinds {text} NOT NULL,
        secret {text} NOT NULL,
        former_secret {text},
        former_until {int},
        paused_since {int},
        paused_reason {text},
        position {int} NOT NULL,
        failing_since {int},
        epoch {int} NOT NULL,
        attempts {int} NOT NULL,
        created_at {int} NOT NULL
    ) {table_end}",
    "CREATE TABLE {webhook_pending} (
        webhook_id {uuid} NOT NULL,
        position {int} NOT NULL,
        thread_id {uuid},
        attempts {int} NOT NULL,
        first_at {int},
        next_at {int} NOT NULL,
        PRIMARY KEY (webhook_id, position)
    ) {table_end}",
    "CREATE TABLE {webhook_attempt} (
        webhook_id {uuid} NOT NULL,
        number {int} NOT NULL,
        position {int} NOT NULL,
        kind {text} NOT NULL,
        at {int} NOT NULL,
        duration_ms {int} NOT NULL,
        status {int},
        outcome {text} NOT NULL,
        error {text},
        PRIMARY KEY (webhook_id, number)
    ) {table_end}",
    "CREATE TABLE {lease} (
        name {text} NOT NULL PRIMARY KEY,
        holder {text} NOT NULL,
        until {int} NOT NULL
    ) {table_end}",
    // Users whose threads are still to be put away or brought back, and before which activity.
    "CREATE TABLE {sweep} (
        user_id {text} NOT NULL PRIMARY KEY,
        position {int} NOT NULL
    ) {table_end}",
];
