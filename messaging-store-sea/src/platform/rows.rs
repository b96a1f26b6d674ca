//! The platform's events as a unit of work has them: which have come, and the newest of each topic.

use messaging_core::{clock::Timestamp, platform::EventKey};
use sea_orm::FromQueryResult;

use crate::{
    convert,
    rows::{Kind, Rows, SetStatement},
    unit::{Needs, Table, Transaction, Writes},
    writer::GroupError,
};

const EVENTS: SetStatement = SetStatement {
    sql: "SELECT e.source, e.id, e.received_at
        FROM {rows} JOIN {received} e ON e.source = r.source AND e.id = r.id",
    columns: &[("source", Kind::Text), ("id", Kind::Text)],
};

const TOPICS: SetStatement = SetStatement {
    sql: "SELECT t.name, t.happened_at FROM {rows} JOIN {topic} t ON t.name = r.name",
    columns: &[("name", Kind::Text)],
};

const ADD_EVENTS: SetStatement = SetStatement {
    sql: "INSERT {or_fail} INTO {received} (source, id, received_at)
        SELECT source, id, received_at FROM {rows}",
    columns: &[
        ("source", Kind::Text),
        ("id", Kind::Text),
        ("received_at", Kind::Int),
    ],
};

const SET_TOPICS: SetStatement = SetStatement {
    // "WHERE TRUE" keeps SQLite from taking ON CONFLICT for a join's.
    sql: "INSERT INTO {topic} (name, happened_at) SELECT name, happened_at FROM {rows} WHERE TRUE
        ON CONFLICT (name) DO UPDATE SET happened_at = excluded.happened_at",
    columns: &[("name", Kind::Text), ("happened_at", Kind::Int)],
};

#[derive(Debug, FromQueryResult)]
struct Noted {
    source: String,
    id: String,
    received_at: i64,
}

#[derive(Debug, FromQueryResult)]
struct Topic {
    name: String,
    happened_at: i64,
}

/// Working copies of what is known of the platform's events.
#[derive(Debug, Default)]
pub(crate) struct PlatformRows {
    /// When they came.
    pub(super) events: Table<EventKey, Timestamp>,
    /// When the newest event of each topic happened.
    pub(super) topics: Table<String, Timestamp>,
}

impl PlatformRows {
    pub(crate) async fn load(
        &mut self,
        transaction: Transaction<'_>,
        needs: &Needs,
    ) -> Result<(), GroupError> {
        let keys = needs.events.iter();
        let keys = keys.map(|key| [key.source.as_str().into(), key.id.as_str().into()]);
        let events: Vec<Noted> = transaction.set(&EVENTS, Rows::collect(keys)).await?;
        for row in events {
            let at = convert::timestamp(row.received_at, "received.received_at", &row.id)?;
            let Noted { source, id, .. } = row;
            self.events.load(EventKey { source, id }, at);
        }
        let names = needs.topics.iter().map(|name| [name.as_str().into()]);
        let topics: Vec<Topic> = transaction.set(&TOPICS, Rows::collect(names)).await?;
        for Topic { name, happened_at } in topics {
            let at = convert::timestamp(happened_at, "topic.happened_at", &name)?;
            self.topics.load(name, at);
        }
        Ok(())
    }

    pub(crate) fn add_writes(&self, writes: &mut Writes) {
        let events = self.events.added().map(|(key, at)| {
            let (source, id) = (key.source.as_str(), key.id.as_str());
            [source.into(), id.into(), at.as_millis().into()]
        });
        writes.add(&ADD_EVENTS, events);
        let topics = self.topics.written();
        let topics = topics.filter_map(|(name, at)| Some((name, at?)));
        let topics = topics.map(|(name, at)| [name.as_str().into(), at.as_millis().into()]);
        writes.add(&SET_TOPICS, topics);
    }
}
