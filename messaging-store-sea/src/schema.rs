//! Statements in the database's own words, with the tables' own names.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use sea_orm::{
    QueryTrait, Select, Statement, Value,
    sea_query::{Alias, SelectStatement},
};

use crate::{
    dialect::Dialect,
    message,
    prefix::TablePrefix,
    rows::{Rows, SetStatement},
    tag, thread,
};

/// The filled-in texts of statements over sets, by template and places.
type Texts = HashMap<(&'static str, usize), Arc<str>>;

/// Which database, and what its tables are called.
#[derive(Debug, Clone)]
pub(crate) struct Schema {
    pub(crate) dialect: Dialect,
    pub(crate) prefix: TablePrefix,
    texts: Arc<Mutex<Texts>>,
}

impl Schema {
    pub(crate) fn new(dialect: Dialect, prefix: TablePrefix) -> Self {
        Self {
            dialect,
            prefix,
            texts: Arc::default(),
        }
    }

    /// Fills in a statement's tokens: `{int}` and its like by the dialect, `{message_columns}`
    /// and its like by the noun; every other one is the name of a table.
    pub(crate) fn sql(&self, template: &str) -> String {
        self.fill(template, "")
    }

    /// A statement with single values for `$1`, `$2`, ….
    ///
    /// A limit is written `LIMIT +$1`: SQLite looks at the value of a bare parameter there, and so
    /// prepares the statement anew for each, which takes longer than to carry it out.
    pub(crate) fn statement(
        &self,
        template: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Statement {
        let sql = self.sql(template);
        made(Statement::from_sql_and_values(
            self.dialect.backend(),
            sql,
            values,
        ))
    }

    /// The statements over a set of rows: one, or several of which each takes some of the rows.
    pub(crate) fn set_statements(
        &self,
        statement: &SetStatement,
        mut rows: Rows,
    ) -> impl Iterator<Item = Statement> {
        std::iter::from_fn(move || {
            if rows.is_empty() {
                return None;
            }
            let places = self.dialect.places(rows.len());
            let some = rows.split_off_first(places);
            let text = self.text(statement, places);
            #[cfg(test)]
            self.note_largest(statement, some.width());
            let values = self.dialect.bind(statement.columns, some, places);
            let backend = self.dialect.backend();
            Some(made(Statement::from_sql_and_values(
                backend, &*text, values,
            )))
        })
    }

    /// The same statement with as many places as it ever has is to be looked at, too.
    #[cfg(test)]
    fn note_largest(&self, statement: &SetStatement, width: usize) {
        let places = self.dialect.places(usize::MAX);
        if places < usize::MAX {
            let text = self.text(statement, places);
            let nothing = vec![Value::BigInt(None); width * places];
            let backend = self.dialect.backend();
            made(Statement::from_sql_and_values(backend, &*text, nothing));
        }
    }

    fn text(&self, statement: &SetStatement, places: usize) -> Arc<str> {
        let texts = self.texts.lock();
        let mut texts = texts.unwrap_or_else(PoisonError::into_inner);
        let text = texts.entry((statement.sql, places));
        let fill = || {
            let source = self.dialect.source(statement.columns, places);
            self.fill(statement.sql, &source).into()
        };
        text.or_insert_with(fill).clone()
    }

    /// A query of an entity, aimed at the table that bears our prefix.
    pub(crate) fn query<E: sea_orm::EntityTrait>(&self, select: Select<E>) -> Statement {
        let entity = E::default();
        let table = Alias::new(self.prefix.name(entity.table_name()));
        let mut query: SelectStatement = select.into_query();
        query.from_clear().from_as(table, entity);
        made(self.dialect.backend().build(&query))
    }

    fn fill(&self, template: &str, source: &str) -> String {
        let mut sql = String::with_capacity(template.len() + source.len() + 64);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (token, after) = after.split_once('}').unwrap_or((after, ""));
            sql.push_str(before);
            match token {
                "rows" => sql.push_str(source),
                "message_columns" => sql.push_str(&self.sql(message::COLUMNS)),
                "tag_columns" => sql.push_str(&self.sql(tag::COLUMNS)),
                "thread_columns" => sql.push_str(&self.sql(thread::COLUMNS)),
                token => match self.dialect.token(token) {
                    Some(text) => sql.push_str(&self.sql(text)),
                    None => sql.push_str(&self.prefix.name(token)),
                },
            }
            rest = after;
        }
        sql.push_str(rest);
        sql
    }
}

/// In unit tests every statement is seen, so that its plan can be looked at.
fn made(statement: Statement) -> Statement {
    #[cfg(test)]
    crate::plans::note(&statement);
    statement
}
