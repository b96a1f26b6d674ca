//! How the databases mean to carry out the store's statements.
//!
//! A tour calls everything that a store does and takes note of each statement; then each database is
//! asked for its plan. No statement may read a whole table, or sort more than a page or what one key
//! has: its cost would grow with what is stored. A statement in the sources that the tour has not
//! made fails the tests, too.

mod checker;
mod fill;
mod postgres;
mod seen;
mod sources;
mod sqlite;
mod tour;

pub(crate) use seen::note;

use checker::Checker;

use crate::{SeaStore, testkit::TestDatabase};

/// A sort of more than a page that has to be.
struct Exception {
    /// What the statement holds.
    statement: &'static str,
    fault: &'static str,
}

/// A user's next entry is in any of their threads: one row a stay is sorted. There are so few webhooks
/// that they are read together, and all that is pending of one, or was tried, is so large a part of its
/// table that PostgreSQL may rather read it all.
const EXCEPTIONS: &[Exception] = &[
    Exception {
        statement: "messaging_webhook ",
        fault: "reads all of messaging_webhook",
    },
    Exception {
        statement: "DELETE FROM messaging_webhook_pending WHERE webhook_id IN",
        fault: "reads all of messaging_webhook_pending",
    },
    Exception {
        statement: "messaging_webhook_pending AS p SET next_at",
        fault: "reads all of messaging_webhook_pending",
    },
    Exception {
        statement: "DELETE FROM messaging_webhook_attempt",
        fault: "reads all of messaging_webhook_attempt",
    },
    Exception {
        statement: "messaging_webhook w ORDER BY w.id LIMIT",
        fault: "reads all of w USING INDEX sqlite_autoindex_messaging_webhook_1",
    },
    Exception {
        statement: "messaging_webhook w ORDER BY w.id LIMIT",
        fault: "reads all of messaging_webhook_pkey",
    },
    Exception {
        statement: "messaging_webhook w ORDER BY w.id LIMIT",
        fault: "sorts what  gives",
    },
    Exception {
        statement: "), turn AS (",
        fault: "sorts what messaging_participant_list gives",
    },
    Exception {
        statement: "), turn AS (",
        fault: "sorts what messaging_former_stay_pkey gives",
    },
    Exception {
        statement: "), turn AS (",
        fault: "sorts what sqlite_autoindex_messaging_former_stay_1 gives",
    },
];

/// Takes the tour and looks at the plan of each of its statements.
async fn check(database: TestDatabase) {
    tour::take(database.url()).await;
    let checker = Checker::fill(&database).await;
    let statements = seen::all(checker.schema.dialect.backend());
    let mut report: Vec<String> = Vec::new();
    for statement in &statements {
        let excepted = EXCEPTIONS.iter();
        let excepted = excepted.filter(|exception| statement.sql.contains(exception.statement));
        let excepted: Vec<&str> = excepted.map(|exception| exception.fault).collect();
        let mut faults = checker.faults(statement).await;
        faults.retain(|fault| !excepted.contains(&fault.as_str()));
        // Those that SeaORM writes begin with a quoted column; they are rare.
        if statement.sql.contains("LIMIT $") && !statement.sql.starts_with("SELECT \"") {
            faults.push("SQLite would prepare it anew for each limit: LIMIT +$".to_owned());
        }
        if !faults.is_empty() {
            report.push(format!("{}\n  {}", statement.sql, faults.join("\n  ")));
        }
    }
    for (file, text) in sources::statements() {
        for piece in sources::pieces(&text) {
            let piece = checker.schema.sql(piece);
            if !statements.iter().any(|made| made.sql.contains(&piece)) {
                report.push(format!("the tour has not made this of {file}: {piece}"));
            }
        }
    }
    assert!(report.is_empty(), "{}", report.join("\n\n"));
}

/// Gives the checker statements that are as they must not be.
async fn check_the_checker(database: TestDatabase) {
    SeaStore::connect(database.url()).await.unwrap();
    let checker = Checker::fill(&database).await;
    for bad in [
        "SELECT * FROM {message} WHERE content = 'text'",
        "SELECT m.id FROM {message} AS m WHERE m.deleted_at > 5 LIMIT 50",
        "SELECT COUNT(*) FROM {log}",
        "UPDATE {participant} SET muted = FALSE WHERE role = 'client'",
        "DELETE FROM {reaction} WHERE user_id = 'ann'",
        "SELECT id FROM {message} WHERE thread_id = (SELECT x.thread_id FROM {message} x
            WHERE x.client_id = 'a') LIMIT 1",
        "SELECT * FROM {participant} WHERE user_id = 'ann' AND archived = FALSE
            AND left_position IS NULL ORDER BY joined_at LIMIT 50",
        "SELECT p.* FROM {participant} p JOIN {thread} t ON t.id = p.thread_id
            WHERE p.user_id = 'ann' ORDER BY t.updated_at LIMIT 50",
    ] {
        let faults = checker.faults(&checker.statement(bad)).await;
        assert!(!faults.is_empty(), "passed: {bad}");
    }
    let good = "SELECT t.* FROM {tag} t WHERE t.owner_id = 'ann' ORDER BY t.id LIMIT 50";
    let faults = checker.faults(&checker.statement(good)).await;
    assert!(faults.is_empty(), "{faults:?}");
}

#[tokio::test]
async fn sqlite_reads_no_whole_table_and_sorts_no_more_than_a_page() {
    check(TestDatabase::sqlite()).await;
}

#[tokio::test]
async fn postgres_reads_no_whole_table_and_sorts_no_more_than_a_page() {
    check(TestDatabase::postgres().await).await;
}

#[tokio::test]
async fn a_bad_plan_on_sqlite_is_found() {
    check_the_checker(TestDatabase::sqlite()).await;
}

#[tokio::test]
async fn a_bad_plan_on_postgres_is_found() {
    check_the_checker(TestDatabase::postgres().await).await;
}
