//! What is wrong with the way SQLite means to carry out a statement.
//!
//! SQLite chooses by the indexes alone. Its plans do not show limits: that a subquery is bounded when
//! it is sorted together with others is left to PostgreSQL's plan of the same statement.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::TablePrefix;

/// A step of a plan, and the step that it is a part of.
#[derive(Debug)]
struct Step {
    id: i64,
    parent: i64,
    detail: String,
}

/// The unique indexes by their names, and how many columns they have.
#[derive(Debug)]
pub(super) struct Keys(HashMap<String, i64>);

impl Keys {
    pub(super) async fn read(connection: &DatabaseConnection) -> Self {
        let sql = "SELECT i.name AS name, COUNT(*) AS columns
            FROM sqlite_master t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
            WHERE t.type = 'table' AND i.[unique] GROUP BY i.name";
        let statement = Statement::from_string(DbBackend::Sqlite, sql);
        let rows = connection.query_all_raw(statement).await.unwrap();
        let keys = rows.iter().map(|row| {
            let name = row.try_get("", "name").unwrap();
            (name, row.try_get("", "columns").unwrap())
        });
        Self(keys.collect())
    }

    /// Whether a search gives one row at most: every column of a key is given.
    fn hold(&self, search: &str) -> bool {
        let columns = self.0.get(index(search));
        let given = i64::try_from(search.matches("=?").count()).unwrap();
        search.contains("(rowid=?)") || columns.is_some_and(|columns| *columns == given)
    }
}

/// A line for each step that reads a whole table, or sorts more than a page or what one key has.
pub(super) async fn faults(
    connection: &DatabaseConnection,
    keys: &Keys,
    statement: &Statement,
) -> Vec<String> {
    let steps = explain(connection, statement).await;
    let mut faults = Vec::new();
    for step in &steps {
        if is_full_scan(statement, step) {
            faults.push(step.detail.replace("SCAN", "reads all of"));
        }
        if step.detail.starts_with("USE TEMP B-TREE") && !is_of_one_key(&steps, step) {
            let sorted = steps.iter().filter(|other| other.parent == step.parent);
            let searches = sorted.filter(|other| other.detail.starts_with("SEARCH"));
            let unbounded = searches.filter(|search| !keys.hold(&search.detail));
            faults.extend(unbounded.map(|search| {
                let index = index(&search.detail);
                format!("sorts what {index} gives")
            }));
        }
    }
    faults
}

/// Whether a step reads a stored table from end to end. Other scans are of subqueries, and of
/// `json_each`, which gives the sets of rows.
fn is_full_scan(statement: &Statement, step: &Step) -> bool {
    let scanned = step.detail.strip_prefix("SCAN ");
    let Some(name) = scanned.and_then(|scanned| scanned.split(' ').next()) else {
        return false;
    };
    let is_stored = |word: &str| word.starts_with(TablePrefix::default().as_str());
    let separators = |c: char| c.is_whitespace() || "(),\"".contains(c);
    let words = statement
        .sql
        .split(separators)
        .filter(|word| !word.is_empty());
    let mut words = words.filter(|word| *word != "AS").peekable();
    let mut is_alias = false;
    while let Some(word) = words.next() {
        is_alias |= is_stored(word) && words.peek() == Some(&name);
    }
    is_alias || is_stored(name)
}

/// Whether a step belongs to what is worked out anew for each row.
fn is_of_one_key(steps: &[Step], step: &Step) -> bool {
    let parent = steps.iter().find(|other| other.id == step.parent);
    parent.is_some_and(|parent| {
        parent.detail.starts_with("CORRELATED") || is_of_one_key(steps, parent)
    })
}

/// The index that a search uses.
fn index(search: &str) -> &str {
    let (_, index) = search.split_once("INDEX ").unwrap_or_default();
    index.split(' ').next().unwrap_or_default()
}

async fn explain(connection: &DatabaseConnection, statement: &Statement) -> Vec<Step> {
    let mut statement = statement.clone();
    statement.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
    let rows = connection.query_all_raw(statement).await.unwrap();
    let steps = rows.iter().map(|row| Step {
        id: row.try_get("", "id").unwrap(),
        parent: row.try_get("", "parent").unwrap(),
        detail: row.try_get("", "detail").unwrap(),
    });
    steps.collect()
}
