//! The statements about quotas over sets of rows.

use crate::rows::{Kind, SetStatement};

/// What users hold for messages to a scope: everything that decides, in one statement, so that it is
/// of one moment. `part` says what a row is: 1 a grant, 2 credits, 3 the price, 4 a halt.
pub(super) const MEANS: SetStatement = SetStatement {
    sql: "WITH wanted AS (SELECT r.n, r.user_id, r.creator_id, r.since FROM {rows})
        SELECT w.n, 1 AS part, g.id AS name, g.creator_id AS creator_id, g.granted AS granted,
                g.used AS amount, g.starts_at AS starts_at, g.ends_at AS ends_at
            FROM wanted w JOIN {quota_grant} g ON g.user_id = w.user_id
            WHERE NOT g.spent AND g.ends_at > w.since
                AND (g.creator_id IS NULL OR g.creator_id = w.creator_id)
        UNION ALL
        SELECT w.n, 2, b.currency, NULL, NULL, b.amount, NULL, NULL
            FROM wanted w JOIN {ledger_balance} b ON b.account = 'wallet:' || w.user_id
            WHERE b.amount <> 0
        UNION ALL
        SELECT w.n, 3, p.currency, NULL, NULL, p.amount, NULL, NULL
            FROM wanted w JOIN {quota_price} p ON p.creator_id = w.creator_id
        UNION ALL
        SELECT w.n, 4, h.creator_id, NULL, NULL, 0, h.halted_at, h.renewed_at
            FROM wanted w JOIN {quota_halt} h ON h.user_id = w.user_id
            WHERE h.creator_id = '' OR h.creator_id = w.creator_id",
    columns: &[
        ("n", Kind::Int),
        ("user_id", Kind::Text),
        ("creator_id", Kind::Text),
        ("since", Kind::Int),
    ],
};

/// All open grants of users, whatever they are good for.
pub(super) const GRANTS_OF: SetStatement = SetStatement {
    sql: "SELECT g.id, g.user_id, g.creator_id, g.granted, g.used, g.starts_at, g.ends_at
        FROM {rows} JOIN {quota_grant} g ON g.user_id = r.user_id
        WHERE NOT g.spent AND g.ends_at > r.since",
    columns: &[("user_id", Kind::Text), ("since", Kind::Int)],
};

pub(super) const GRANTS_BY_ID: SetStatement = SetStatement {
    sql: "SELECT g.id, g.user_id, g.creator_id, g.granted, g.used, g.starts_at, g.ends_at
        FROM {rows} JOIN {quota_grant} g ON g.id = r.id",
    columns: &[("id", Kind::Text)],
};

/// What transfers have brought to wallets.
pub(super) const BOUGHT: SetStatement = SetStatement {
    sql: "SELECT l.transfer, l.account, l.amount, l.currency
        FROM {rows} JOIN {ledger} l ON l.transfer = r.transfer WHERE l.amount > 0",
    columns: &[("transfer", Kind::Text)],
};

pub(super) const CHARGES: SetStatement = SetStatement {
    sql: "SELECT c.message_id, c.grant_id, c.amount, c.currency
        FROM {rows} JOIN {quota_charge} c ON c.message_id = r.message_id",
    columns: &[("message_id", Kind::Uuid)],
};

pub(super) const PRICES: SetStatement = SetStatement {
    sql: "SELECT p.creator_id, p.amount, p.currency
        FROM {rows} JOIN {quota_price} p ON p.creator_id = r.creator_id",
    columns: &[("creator_id", Kind::Text)],
};

pub(super) const ADD_GRANTS: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {quota_grant} (id, user_id, creator_id, granted, used, spent,
            starts_at, ends_at)
        SELECT id, user_id, creator_id, granted, used, spent, starts_at, ends_at FROM {rows}",
    columns: &[
        ("id", Kind::Text),
        ("user_id", Kind::Text),
        ("creator_id", Kind::MaybeText),
        ("granted", Kind::MaybeInt),
        ("used", Kind::Int),
        ("spent", Kind::Bool),
        ("starts_at", Kind::Int),
        ("ends_at", Kind::Int),
    ],
};

pub(super) const USE_GRANTS: SetStatement = SetStatement {
    sql: "UPDATE {or_fail} {quota_grant} AS g SET used = r.used, spent = r.spent
        FROM {rows} WHERE g.id = r.id",
    columns: &[
        ("id", Kind::Text),
        ("used", Kind::Int),
        ("spent", Kind::Bool),
    ],
};

pub(super) const SET_PRICES: SetStatement = SetStatement {
    // "WHERE TRUE" keeps SQLite from taking ON CONFLICT for a join's.
    sql: "INSERT INTO {quota_price} (creator_id, amount, currency)
        SELECT creator_id, amount, currency FROM {rows} WHERE TRUE
        ON CONFLICT (creator_id) DO UPDATE SET amount = excluded.amount,
            currency = excluded.currency",
    columns: &[
        ("creator_id", Kind::Text),
        ("amount", Kind::Int),
        ("currency", Kind::Text),
    ],
};

pub(super) const SET_HALTS: SetStatement = SetStatement {
    // As above.
    sql: "INSERT INTO {quota_halt} (user_id, creator_id, halted_at, renewed_at)
        SELECT user_id, creator_id, halted_at, renewed_at FROM {rows} WHERE TRUE
        ON CONFLICT (user_id, creator_id) DO UPDATE SET halted_at = excluded.halted_at,
            renewed_at = excluded.renewed_at",
    columns: &[
        ("user_id", Kind::Text),
        ("creator_id", Kind::Text),
        ("halted_at", Kind::MaybeInt),
        ("renewed_at", Kind::MaybeInt),
    ],
};

pub(super) const ADD_LINES: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {ledger} (transfer, account, amount, currency, position, at)
        SELECT transfer, account, amount, currency, position, at FROM {rows}",
    columns: &[
        ("transfer", Kind::Text),
        ("account", Kind::Text),
        ("amount", Kind::Int),
        ("currency", Kind::Text),
        ("position", Kind::Int),
        ("at", Kind::Int),
    ],
};

/// Balances move by what the lines say: what they were need not be known. Accounts that lose come
/// last to nobody: each account and currency stands in a set once.
pub(super) const MOVE_BALANCES: SetStatement = SetStatement {
    sql: "UPDATE {or_fail} {ledger_balance} AS b SET amount = b.amount + r.amount
        FROM {rows} WHERE b.account = r.account AND b.currency = r.currency",
    columns: BALANCE,
};

/// Goes before, so that there is a balance to move.
pub(super) const OPEN_BALANCES: SetStatement = SetStatement {
    // As above.
    sql: "INSERT INTO {ledger_balance} (account, currency, amount)
        SELECT account, currency, 0 FROM {rows} WHERE TRUE
        ON CONFLICT (account, currency) DO NOTHING",
    columns: BALANCE,
};

const BALANCE: crate::rows::Columns = &[
    ("account", Kind::Text),
    ("currency", Kind::Text),
    ("amount", Kind::Int),
];

pub(super) const ADD_CHARGES: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {quota_charge} (message_id, user_id, creator_id, grant_id, amount,
            currency, at)
        SELECT message_id, user_id, creator_id, grant_id, amount, currency, at FROM {rows}",
    columns: &[
        ("message_id", Kind::Uuid),
        ("user_id", Kind::Text),
        ("creator_id", Kind::MaybeText),
        ("grant_id", Kind::MaybeText),
        ("amount", Kind::MaybeInt),
        ("currency", Kind::MaybeText),
        ("at", Kind::Int),
    ],
};
