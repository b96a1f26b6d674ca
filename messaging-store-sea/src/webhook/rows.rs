//! Webhooks as a unit of work has them.

use std::collections::BTreeMap;

use messaging_core::{
    clock::Timestamp,
    id::{Position, WebhookId},
    webhook::{Attempt, KEPT_ATTEMPTS, MAX_WEBHOOKS, Pending},
};

use super::row::{RawWebhook, WEBHOOK, WebhookRow, attempt_values, pending_values, webhook_values};
use crate::{
    rows::{Kind, SetStatement},
    unit::{Needs, Table, Transaction, Writes},
    writer::GroupError,
};

/// There are so few that they are read together.
pub(super) const ALL: &str =
    "SELECT w.id, w.url, w.description, w.kinds, w.secret, w.former_secret,
        w.former_until, w.paused_since, w.paused_reason, w.position, w.failing_since, w.epoch,
        w.attempts, w.created_at
    FROM {webhook} w ORDER BY w.id LIMIT +$1";

const ADD_WEBHOOKS: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {webhook} (id, url, description, kinds, secret, former_secret,
            former_until, paused_since, paused_reason, position, failing_since, epoch, attempts,
            created_at)
        SELECT id, url, description, kinds, secret, former_secret, former_until, paused_since,
            paused_reason, position, failing_since, epoch, attempts, created_at
        FROM {rows}",
    columns: WEBHOOK,
};

const SET_WEBHOOKS: SetStatement = SetStatement {
    sql: "UPDATE {or_fail} {webhook} AS w SET kinds = r.kinds, secret = r.secret,
            former_secret = r.former_secret, former_until = r.former_until,
            paused_since = r.paused_since, paused_reason = r.paused_reason, position = r.position,
            failing_since = r.failing_since, epoch = r.epoch, attempts = r.attempts
        FROM {rows} WHERE w.id = r.id",
    columns: WEBHOOK,
};

const REMOVE_WEBHOOKS: SetStatement = SetStatement {
    sql: "DELETE FROM {webhook} WHERE id IN (SELECT id FROM {rows})",
    columns: &[("id", Kind::Uuid)],
};

const REMOVE_ATTEMPTS: SetStatement = SetStatement {
    sql: "DELETE FROM {webhook_attempt} WHERE webhook_id IN (SELECT webhook_id FROM {rows})",
    columns: &[("webhook_id", Kind::Uuid)],
};

const CLEAR_PENDING: SetStatement = SetStatement {
    sql: "DELETE FROM {webhook_pending} WHERE webhook_id IN (SELECT webhook_id FROM {rows})",
    columns: &[("webhook_id", Kind::Uuid)],
};

const RUSH_PENDING: SetStatement = SetStatement {
    sql: "UPDATE {or_fail} {webhook_pending} AS p SET next_at = r.next_at, attempts = 0, first_at = NULL
        FROM {rows} WHERE p.webhook_id = r.webhook_id",
    columns: &[("webhook_id", Kind::Uuid), ("next_at", Kind::Int)],
};

const SETTLE_PENDING: SetStatement = SetStatement {
    sql: "DELETE FROM {webhook_pending} WHERE (webhook_id, position) IN
            (SELECT webhook_id, position FROM {rows})",
    columns: &[("webhook_id", Kind::Uuid), ("position", Kind::Int)],
};

const SET_PENDING: SetStatement = SetStatement {
    // "WHERE TRUE" keeps SQLite from taking ON CONFLICT for a join's.
    sql: "INSERT INTO {webhook_pending} (webhook_id, position, thread_id, attempts, first_at, next_at)
        SELECT webhook_id, position, thread_id, attempts, first_at, next_at FROM {rows} WHERE TRUE
        ON CONFLICT (webhook_id, position) DO UPDATE SET thread_id = excluded.thread_id,
            attempts = excluded.attempts, first_at = excluded.first_at, next_at = excluded.next_at",
    columns: &[
        ("webhook_id", Kind::Uuid),
        ("position", Kind::Int),
        ("thread_id", Kind::MaybeUuid),
        ("attempts", Kind::Int),
        ("first_at", Kind::MaybeInt),
        ("next_at", Kind::Int),
    ],
};

const ADD_ATTEMPTS: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {webhook_attempt} (webhook_id, number, position, kind, at,
            duration_ms, status, outcome, error)
        SELECT webhook_id, number, position, kind, at, duration_ms, status, outcome, error
        FROM {rows}",
    columns: &[
        ("webhook_id", Kind::Uuid),
        ("number", Kind::Int),
        ("position", Kind::Int),
        ("kind", Kind::Text),
        ("at", Kind::Int),
        ("duration_ms", Kind::Int),
        ("status", Kind::MaybeInt),
        ("outcome", Kind::Text),
        ("error", Kind::MaybeText),
    ],
};

const FORGET_ATTEMPTS: SetStatement = SetStatement {
    sql: "DELETE FROM {webhook_attempt} WHERE (webhook_id, number) IN
            (SELECT webhook_id, number FROM {rows})",
    columns: &[("webhook_id", Kind::Uuid), ("number", Kind::Int)],
};

/// What a unit does to the pending events of an endpoint, in this order.
#[derive(Debug, Default)]
struct PendingChanges {
    /// All that was there goes.
    clear: bool,
    /// What is there is due now, as if for the first time.
    rush: Option<Timestamp>,
    /// What comes in, is replaced, or goes.
    set: BTreeMap<Position, Option<Pending>>,
}

/// Working copies of webhooks.
#[derive(Debug, Default)]
pub(crate) struct WebhookRows {
    pub(super) webhooks: Table<WebhookId, WebhookRow>,
    pending: BTreeMap<WebhookId, PendingChanges>,
    attempts: Vec<(WebhookId, Attempt)>,
}

impl WebhookRows {
    pub(crate) async fn load(
        &mut self,
        transaction: Transaction<'_>,
        needs: &Needs,
    ) -> Result<(), GroupError> {
        if needs.webhooks {
            let rows: Vec<RawWebhook> = transaction.plain(ALL, vec![most()]).await?;
            for row in rows {
                let row = WebhookRow::try_from(row)?;
                self.webhooks.load(row.webhook.id, row);
            }
        }
        Ok(())
    }

    pub(super) fn clear_pending(&mut self, id: WebhookId) {
        let changes = PendingChanges {
            clear: true,
            ..PendingChanges::default()
        };
        self.pending.insert(id, changes);
    }

    pub(super) fn rush_pending(&mut self, id: WebhookId, at: Timestamp) {
        let changes = self.pending.entry(id).or_default();
        changes.rush = Some(at);
        for pending in changes.set.values_mut().flatten() {
            pending.next_at = at;
            pending.attempts = 0;
            pending.first_at = None;
        }
    }

    pub(super) fn set_pending(
        &mut self,
        id: WebhookId,
        position: Position,
        pending: Option<Pending>,
    ) {
        let changes = self.pending.entry(id).or_default();
        changes.set.insert(position, pending);
    }

    pub(super) fn add_attempt(&mut self, id: WebhookId, attempt: Attempt) {
        self.attempts.push((id, attempt));
    }

    /// What a unit noted of an endpoint that it removes.
    pub(super) fn forget(&mut self, id: WebhookId) {
        self.webhooks.remove(&id);
        self.attempts.retain(|(other, _)| *other != id);
        self.clear_pending(id);
    }

    pub(crate) fn add_writes(&self, writes: &mut Writes) {
        let removed = || self.webhooks.removed().map(|id| [id.as_uuid().into()]);
        writes.add(&REMOVE_WEBHOOKS, removed());
        writes.add(&REMOVE_ATTEMPTS, removed());
        let added = self.webhooks.added().map(|(_, row)| webhook_values(row));
        writes.add(&ADD_WEBHOOKS, added);
        let changed = self.webhooks.changed();
        writes.add(
            &SET_WEBHOOKS,
            changed.map(|(_, _, row)| webhook_values(row)),
        );
        self.add_pending(writes);
        let attempts = self.attempts.iter();
        writes.add(
            &ADD_ATTEMPTS,
            attempts.map(|(id, attempt)| attempt_values(*id, attempt)),
        );
        // As many as come in go out.
        let forgotten = self.webhooks.changed().flat_map(|(id, stored, now)| {
            let [before, newest] = [stored, now].map(|row| row.last_number - KEPT_ATTEMPTS);
            let numbers = before.max(0) + 1..=newest;
            numbers.map(|number| [id.as_uuid().into(), number.into()])
        });
        writes.add(&FORGET_ATTEMPTS, forgotten);
    }

    fn add_pending(&self, writes: &mut Writes) {
        let all = self.pending.iter();
        let cleared = all.clone().filter(|(_, changes)| changes.clear);
        writes.add(&CLEAR_PENDING, cleared.map(|(id, _)| [id.as_uuid().into()]));
        let rushed = all.clone().filter_map(|(id, changes)| {
            let at = changes.rush?.as_millis();
            Some([id.as_uuid().into(), at.into()])
        });
        writes.add(&RUSH_PENDING, rushed);
        let set = all.flat_map(|(id, changes)| {
            let set = changes.set.iter();
            set.map(move |(position, pending)| (*id, *position, pending.as_ref()))
        });
        let settled = set.clone().filter(|(_, _, pending)| pending.is_none());
        let settled = settled.map(|(id, position, _)| [id.as_uuid().into(), position.get().into()]);
        writes.add(&SETTLE_PENDING, settled);
        let pending = set.filter_map(|(id, _, pending)| Some(pending_values(id, pending?)));
        writes.add(&SET_PENDING, pending);
    }
}

/// The most endpoints there are.
pub(super) fn most() -> sea_orm::Value {
    i64::try_from(MAX_WEBHOOKS).unwrap_or(i64::MAX).into()
}
