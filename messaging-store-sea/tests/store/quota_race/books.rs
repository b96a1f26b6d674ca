//! A look into the tables that owes the store nothing but their names.

use messaging_core::id::{MessageId, ThreadId};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, FromQueryResult, Statement, Value};
use uuid::Uuid;

use crate::support::connection;

/// What a round has left in the tables.
#[derive(Debug, FromQueryResult)]
pub(super) struct Count {
    pub(super) messages: i64,
    /// Of these messages.
    pub(super) charges: i64,
    pub(super) by_grant: i64,
    /// The sum of the prices in the charges.
    pub(super) paid: i64,
    /// Of the client's grants.
    pub(super) used: i64,
    /// Balances, and the sums of the lines that make them.
    pub(super) wallet: i64,
    pub(super) wallet_lines: i64,
    pub(super) earnings: i64,
    pub(super) earnings_lines: i64,
    /// Transfers that touched either and are not two lines that add up to zero.
    pub(super) uneven: i64,
}

const COUNT: &str = "SELECT
    (SELECT count(*) FROM messaging_message WHERE thread_id = $1) AS messages,
    (SELECT count(*) FROM messaging_message m JOIN messaging_quota_charge c
        ON c.message_id = m.id WHERE m.thread_id = $1) AS charges,
    (SELECT count(c.grant_id) FROM messaging_message m JOIN messaging_quota_charge c
        ON c.message_id = m.id WHERE m.thread_id = $1) AS by_grant,
    (SELECT CAST(coalesce(sum(c.amount), 0) AS bigint)
        FROM messaging_message m JOIN messaging_quota_charge c
        ON c.message_id = m.id WHERE m.thread_id = $1) AS paid,
    (SELECT CAST(coalesce(sum(used), 0) AS bigint)
        FROM messaging_quota_grant WHERE user_id = $4) AS used,
    (SELECT CAST(coalesce(sum(amount), 0) AS bigint) FROM messaging_ledger_balance
        WHERE account = $2 AND currency = 'EUR') AS wallet,
    (SELECT CAST(coalesce(sum(amount), 0) AS bigint) FROM messaging_ledger
        WHERE account = $2 AND currency = 'EUR') AS wallet_lines,
    (SELECT CAST(coalesce(sum(amount), 0) AS bigint) FROM messaging_ledger_balance
        WHERE account = $3 AND currency = 'EUR') AS earnings,
    (SELECT CAST(coalesce(sum(amount), 0) AS bigint) FROM messaging_ledger
        WHERE account = $3 AND currency = 'EUR') AS earnings_lines,
    (SELECT count(*) FROM (SELECT transfer FROM messaging_ledger WHERE transfer IN
            (SELECT transfer FROM messaging_ledger WHERE account IN ($2, $3))
        GROUP BY transfer HAVING sum(amount) <> 0 OR count(*) <> 2) AS t) AS uneven";

/// What must not be there, in words, and how to find it in all of the tables.
const FAULTS: &[(&str, &str)] = &[
    (
        "a currency whose ledger is not at zero",
        "SELECT currency FROM messaging_ledger GROUP BY currency HAVING sum(amount) <> 0",
    ),
    (
        "a currency whose balances are not at zero",
        "SELECT currency FROM messaging_ledger_balance GROUP BY currency HAVING sum(amount) <> 0",
    ),
    (
        "a transfer that is not two lines that add up to zero",
        "SELECT transfer FROM messaging_ledger GROUP BY transfer
        HAVING sum(amount) <> 0 OR count(*) <> 2 OR count(DISTINCT currency) <> 1",
    ),
    (
        "a balance that its lines do not make",
        "SELECT account, currency, amount FROM messaging_ledger_balance EXCEPT
        SELECT account, currency, CAST(sum(amount) AS bigint)
        FROM messaging_ledger GROUP BY account, currency",
    ),
    (
        "lines that make no balance",
        "SELECT account, currency, CAST(sum(amount) AS bigint)
        FROM messaging_ledger GROUP BY account, currency EXCEPT
        SELECT account, currency, amount FROM messaging_ledger_balance",
    ),
    (
        "a balance below zero",
        "SELECT account FROM messaging_ledger_balance
        WHERE amount < 0 AND account <> 'purchases'",
    ),
    (
        "a grant that was not used as its charges say",
        "SELECT g.id FROM messaging_quota_grant g LEFT JOIN
            (SELECT grant_id, count(*) AS n FROM messaging_quota_charge GROUP BY grant_id) AS c
            ON c.grant_id = g.id
        WHERE g.used <> coalesce(c.n, 0) OR g.used > g.granted OR g.spent <> (g.used = g.granted)",
    ),
    (
        "a charge to a grant that is not there, or another's",
        "SELECT c.message_id FROM messaging_quota_charge c LEFT JOIN messaging_quota_grant g
            ON g.id = c.grant_id
        WHERE c.grant_id IS NOT NULL AND (g.id IS NULL OR g.user_id <> c.user_id)",
    ),
    (
        "a message without its charge",
        "SELECT m.id FROM messaging_message m LEFT JOIN messaging_quota_charge c
            ON c.message_id = m.id
        WHERE c.message_id IS NULL",
    ),
    (
        "a charge without its message, or another's",
        "SELECT c.message_id FROM messaging_quota_charge c LEFT JOIN messaging_message m
            ON m.id = c.message_id
        WHERE m.id IS NULL OR m.sender_id <> c.user_id",
    ),
    (
        "a charge that was not taken from the wallet",
        "SELECT c.message_id FROM messaging_quota_charge c LEFT JOIN messaging_ledger l
            ON l.transfer = {transfer} AND l.account = 'wallet:' || c.user_id
            AND l.amount = -c.amount AND l.currency = c.currency
        WHERE c.amount > 0 AND l.transfer IS NULL",
    ),
    (
        "a charge that was not given to the creator",
        "SELECT c.message_id FROM messaging_quota_charge c LEFT JOIN messaging_ledger l
            ON l.transfer = {transfer} AND l.account = 'earnings:' || c.creator_id
            AND l.amount = c.amount AND l.currency = c.currency
        WHERE c.amount > 0 AND l.transfer IS NULL",
    ),
    (
        "a transfer for a message without a charge",
        "SELECT l.transfer FROM messaging_ledger l WHERE l.transfer LIKE 'message:%'
        EXCEPT SELECT {transfer} FROM messaging_quota_charge c WHERE c.amount > 0",
    ),
];

/// A message's id as the ledger writes it.
const POSTGRES_TRANSFER: &str = "'message:' || c.message_id";
const SQLITE_TRANSFER: &str = "'message:' || lower(
    substr(hex(c.message_id), 1, 8) || '-' || substr(hex(c.message_id), 9, 4) || '-' ||
    substr(hex(c.message_id), 13, 4) || '-' || substr(hex(c.message_id), 17, 4) || '-' ||
    substr(hex(c.message_id), 21))";

/// A connection beside the stores' own.
#[derive(Debug)]
pub(super) struct Books {
    connection: DatabaseConnection,
}

impl Books {
    pub(super) async fn open(url: &str) -> Self {
        Self {
            connection: connection(url).await,
        }
    }

    /// The thread's messages, by their ids.
    pub(super) async fn messages(&self, thread: ThreadId) -> Vec<MessageId> {
        let sql = "SELECT id FROM messaging_message WHERE thread_id = $1 ORDER BY id";
        let rows = self
            .connection
            .query_all_raw(self.statement(sql, [thread.as_uuid().into()]));
        let rows = rows.await.expect("the messages are read");
        let ids = rows
            .iter()
            .map(|row| row.try_get::<Uuid>("", "id").unwrap());
        ids.map(MessageId::from_uuid).collect()
    }

    /// What a client and a creator have left.
    pub(super) async fn count(&self, thread: ThreadId, client: &str, creator: &str) -> Count {
        let (wallet, earnings) = (format!("wallet:{client}"), format!("earnings:{creator}"));
        let values = [
            thread.as_uuid().into(),
            wallet.into(),
            earnings.into(),
            client.into(),
        ];
        let row = self.connection.query_one_raw(self.statement(COUNT, values));
        let row = row.await.expect("the tables are counted").unwrap();
        Count::from_query_result(&row, "").unwrap()
    }

    /// Looks for faults in all there is.
    pub(super) async fn check_all(&self) {
        let transfer = match self.connection.get_database_backend() {
            DbBackend::Sqlite => SQLITE_TRANSFER,
            _ => POSTGRES_TRANSFER,
        };
        for (fault, sql) in FAULTS {
            let sql = sql.replace("{transfer}", transfer);
            let found = self.connection.query_all_raw(self.statement(&sql, []));
            let found = found
                .await
                .unwrap_or_else(|error| panic!("{fault}: {error}"));
            assert!(found.is_empty(), "{} times {fault}", found.len());
        }
    }

    fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        let backend = self.connection.get_database_backend();
        Statement::from_sql_and_values(backend, sql, values)
    }
}
