//! Rows enough that PostgreSQL, which chooses by the tables' sizes, would be slow to read them all.

use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::schema::Schema;

/// Ann, who took the tour, has every tenth thread; half of all messages are in her oldest one.
const FILL: &[&str] = &[
    "INSERT INTO {account} SELECT 'user-' || n, NULL, NULL, FALSE FROM generate_series(1, 20000) n",
    "INSERT INTO {block} SELECT CASE n % 10 WHEN 0 THEN 'ann' ELSE 'user-' || n % 1000 END,
            'user-' || n, n
        FROM generate_series(1, 20000) n",
    "INSERT INTO {thread} SELECT md5('t' || n)::uuid, 'direct', 'pair ' || n, NULL, '{}', 'ann', n,
            n, 5
        FROM generate_series(1, 20000) n",
    "INSERT INTO {participant} (thread_id, user_id, role, joined_at, joined_position,
            left_position, left_seq, delivered_seq, read_seq, deleted_unread, archived,
            archived_for, muted, pinned, activity)
        SELECT md5('t' || n)::uuid, who, 'client', n, n + 1000,
            CASE n % 20 WHEN 1 THEN n + 100000 END, CASE n % 20 WHEN 1 THEN 5 END, 3, 3, 0,
            n % 7 = 0, CASE n % 21 WHEN 0 THEN 'user-' || n % 100 END, FALSE, n % 50 = 0, n + 1000
        FROM generate_series(1, 20000) n, LATERAL (VALUES ('user-' || n % 1000),
            (CASE n % 10 WHEN 0 THEN 'ann' ELSE 'user-' || n % 777 + 1000 END)) AS w (who)",
    "INSERT INTO {former_stay} SELECT CASE n % 10 WHEN 0 THEN 'ann' ELSE 'user-' || n % 1000 END,
            md5('t' || n)::uuid, n, n + 1
        FROM generate_series(1, 20000) n",
    "INSERT INTO {message} SELECT md5('m' || n)::uuid,
            CASE n % 2 WHEN 0 THEN (SELECT id FROM {thread} WHERE created_by = 'ann'
                ORDER BY created_at DESC LIMIT 1) ELSE md5('t' || n % 20000)::uuid END,
            n + 10, 'ann', 'client ' || n, NULL, '\"text\"', NULL, n, NULL,
            CASE n % 100 WHEN 0 THEN n END, NULL
        FROM generate_series(1, 100000) n",
    "INSERT INTO {reaction} SELECT md5('m' || n)::uuid, emoji, 'ann', n
        FROM generate_series(1, 20000) n, LATERAL (VALUES ('+'), ('-')) AS e (emoji)",
    "INSERT INTO {tag} SELECT md5('g' || n)::uuid,
            CASE WHEN n <= 400 THEN 'ann' ELSE 'user-' || n % 2000 END, 'tag ' || n, NULL, n
        FROM generate_series(1, 40000) n",
    "INSERT INTO {thread_tag} SELECT CASE n % 10 WHEN 0 THEN 'ann' ELSE 'user-' || n % 1000 END,
            md5('t' || n)::uuid, md5('g' || n)::uuid
        FROM generate_series(1, 20000) n",
    "INSERT INTO {log} SELECT n + 1000, n, 'message.sent', 'ann',
            md5('t' || n % 20000)::uuid, md5('m' || n)::uuid, NULL,
            CASE n % 20 WHEN 0 THEN 'ann' WHEN 1 THEN 'user-' || n % 1000 END, NULL, NULL
        FROM generate_series(1, 100000) n",
    "INSERT INTO {received} SELECT '/safety', 'event ' || n, n FROM generate_series(1, 20000) n",
    "INSERT INTO {topic} SELECT 'ban user-' || n, n FROM generate_series(1, 20000) n",
    "INSERT INTO {quota_grant} SELECT 'grant ' || n,
            CASE n % 50 WHEN 0 THEN 'ann' ELSE 'user-' || n % 1000 END,
            CASE n % 3 WHEN 0 THEN 'user-' || n % 777 END, 9, n % 10, n % 10 = 9, n, n + 100
        FROM generate_series(1, 20000) n",
    "INSERT INTO {quota_price} SELECT 'user-' || n, n, 'EUR' FROM generate_series(1, 20000) n",
    "INSERT INTO {quota_halt} SELECT 'user-' || n % 2000, 'user-' || n, n, n
        FROM generate_series(1, 20000) n",
    "INSERT INTO {quota_charge} SELECT md5('m' || n)::uuid, 'ann', 'user-' || n, NULL, 20, 'EUR', n
        FROM generate_series(1, 20000) n",
    "INSERT INTO {ledger} SELECT 'message:' || n, who, amount, 'EUR', n, n
        FROM generate_series(1, 20000) n, LATERAL (VALUES
            (CASE n % 2 WHEN 0 THEN 'wallet:ann' ELSE 'wallet:user-' || n % 1000 END, -20),
            ('earnings:user-' || n % 777, 20)) AS w (who, amount)",
    "INSERT INTO {ledger_balance} SELECT 'wallet:user-' || n, 'EUR', n
        FROM generate_series(1, 20000) n",
    "INSERT INTO {sweep} SELECT 'user-' || n, n FROM generate_series(1, 20000) n",
    "INSERT INTO {webhook} SELECT md5('w' || n)::uuid, 'https://example.com', '', '[]', 'secret',
            NULL, NULL, NULL, NULL, n, NULL, 0, 0, n
        FROM generate_series(1, 50) n",
    "INSERT INTO {webhook_pending} SELECT md5('w' || n % 50)::uuid, n, NULL, 1, n, n
        FROM generate_series(1, 20000) n",
    "INSERT INTO {webhook_attempt} SELECT md5('w' || n % 50)::uuid, n, n, 'messaging.message.sent', n,
            9, 200, 'delivered', NULL
        FROM generate_series(1, 20000) n",
    "INSERT INTO {lease} SELECT 'job ' || n, 'one', n FROM generate_series(1, 20000) n",
    "ANALYZE",
];

/// Fills a database on which the tour was taken.
pub(super) async fn fill(connection: &DatabaseConnection, schema: &Schema) {
    for statement in FILL {
        // A pair of braces is an empty JSON object, and no token.
        let parts: Vec<String> = statement.split("{}").map(|part| schema.sql(part)).collect();
        let filled = connection.execute_unprepared(&parts.join("{}")).await;
        filled.unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
}
