//! How SQLite means to carry out a statement. (PostgreSQL chooses by the tables' sizes; its indexes
//! are the same.)

use sea_orm::{ConnectionTrait, Database, Value};

use crate::{
    Migrations, SeaOptions, TablePrefix, dialect::Dialect, schema::Schema, testkit::TestDatabase,
};

/// The steps of a statement's plan.
pub(crate) async fn plan(sql: &str, values: impl IntoIterator<Item = Value>) -> Vec<String> {
    let database = TestDatabase::sqlite();
    let options = SeaOptions::default();
    let migrations = Migrations::connect(database.url(), &options).await.unwrap();
    migrations.up().await.unwrap();
    let schema = Schema::new(Dialect::Sqlite, TablePrefix::default());
    let mut statement = schema.statement(sql, values);
    statement.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
    let connection = Database::connect(database.url()).await.unwrap();
    let rows = connection.query_all_raw(statement).await.unwrap();
    let steps = rows.iter().map(|row| row.try_get("", "detail").unwrap());
    steps.collect()
}

/// The steps that begin so, whatever follows.
pub(crate) fn steps<'a>(plan: &'a [String], beginning: &str) -> Vec<&'a str> {
    let steps = plan.iter().map(String::as_str);
    steps.filter(|step| step.starts_with(beginning)).collect()
}
