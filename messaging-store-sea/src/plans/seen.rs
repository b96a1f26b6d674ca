//! The statements that a test has seen the store make.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use sea_orm::{DbBackend, Statement};

/// By their texts: each once, with the values that it was first made with.
static SEEN: Mutex<BTreeMap<(String, String), Statement>> = Mutex::new(BTreeMap::new());

/// Takes note of a statement.
pub(crate) fn note(statement: &Statement) {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    seen.entry(key(statement))
        .or_insert_with(|| statement.clone());
}

/// All that were made for this database, in the order of their texts.
pub(super) fn all(backend: DbBackend) -> Vec<Statement> {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let statements = seen.values();
    statements
        .filter(|statement| statement.db_backend == backend)
        .cloned()
        .collect()
}

fn key(statement: &Statement) -> (String, String) {
    (format!("{:?}", statement.db_backend), statement.sql.clone())
}
