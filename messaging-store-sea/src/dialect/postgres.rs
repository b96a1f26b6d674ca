//! PostgreSQL: sets of rows are arrays, a column each.

use sea_orm::{Value, sea_query::ArrayType};
use uuid::Uuid;

use crate::rows::{Columns, Kind, Rows};

pub(super) fn token(name: &str) -> Option<&'static str> {
    Some(match name {
        "uuid" => "uuid",
        // Ordered by bytes, whatever the database's own order is.
        "text" => "text COLLATE \"C\"",
        "int" => "bigint",
        "bool" => "boolean",
        "bytes" => "bytea",
        "for_update" => "FOR UPDATE",
        // For each stay, the beginning of a range of the thread's index.
        "log_of_stay" => {
            "CROSS JOIN LATERAL (SELECT x.* FROM {log} x
                WHERE x.thread_id = s.thread_id AND x.audience_id IS NULL
                    AND x.position >= s.next AND x.position <= s.until
                ORDER BY x.position LIMIT +$4) AS l"
        }
        // Every message rewrites these rows: where a page has room, no index hears of it.
        "with_room" => "WITH (fillfactor = 70)",
        "json_agg" => "json_agg",
        "json_array" => "json_build_array",
        "as_text" => "::text",
        "table_end" | "uuid_text" | "or_fail" => "",
        _ => return None,
    })
}

pub(super) fn source(columns: Columns) -> String {
    let selected: Vec<String> = columns
        .iter()
        .map(|(name, kind)| select(name, *kind))
        .collect();
    let arrays: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(index, (_, kind))| format!("${}::{}[]", index + 1, element(*kind)))
        .collect();
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    format!(
        "(SELECT {} FROM UNNEST({}) AS a ({})) AS r",
        selected.join(", "),
        arrays.join(", "),
        names.join(", ")
    )
}

/// Gives back the nulls that [`mark`] replaced.
fn select(name: &str, kind: Kind) -> String {
    match kind {
        Kind::Uuid | Kind::Text | Kind::Int | Kind::Bool => format!("a.{name}"),
        Kind::MaybeUuid => {
            let nil = Uuid::nil();
            format!("NULLIF(a.{name}, '{nil}'::uuid) AS {name}")
        }
        Kind::MaybeText => {
            format!("CASE WHEN a.{name} <> '' THEN substr(a.{name}, 2) END AS {name}")
        }
        Kind::MaybeInt => format!("NULLIF(a.{name}, {NO_INT}::bigint) AS {name}"),
        Kind::MaybeBytes => format!("NULLIF(a.{name}, ''::bytea) AS {name}"),
    }
}

/// Stands for no number: no time, no position and no count reaches it.
const NO_INT: i64 = i64::MIN + 1;

fn element(kind: Kind) -> &'static str {
    match kind {
        Kind::Uuid | Kind::MaybeUuid => "uuid",
        Kind::Text | Kind::MaybeText => "text",
        Kind::Int | Kind::MaybeInt => "bigint",
        Kind::Bool => "boolean",
        Kind::MaybeBytes => "bytea",
    }
}

fn array_type(kind: Kind) -> ArrayType {
    match kind {
        Kind::Uuid | Kind::MaybeUuid => ArrayType::Uuid,
        Kind::Text | Kind::MaybeText => ArrayType::String,
        Kind::Int | Kind::MaybeInt => ArrayType::BigInt,
        Kind::Bool => ArrayType::Bool,
        Kind::MaybeBytes => ArrayType::Bytes,
    }
}

pub(super) fn bind(columns: Columns, rows: Rows) -> Vec<Value> {
    let kinds = columns.iter().map(|(_, kind)| *kind);
    kinds
        .zip(rows.into_columns())
        .map(|(kind, values)| {
            let values = values.into_iter().map(|value| mark(kind, value)).collect();
            Value::Array(array_type(kind), Some(Box::new(values)))
        })
        .collect()
}

/// Arrays are bound without nulls, so a null travels as a value that is none. Text that may be null
/// gets one character in front, which leaves the empty text for null.
fn mark(kind: Kind, value: Value) -> Value {
    match (kind, value) {
        (Kind::MaybeUuid, Value::Uuid(None)) => Uuid::nil().into(),
        (Kind::MaybeInt, Value::BigInt(None)) => NO_INT.into(),
        (Kind::MaybeBytes, Value::Bytes(None)) => Vec::<u8>::new().into(),
        (Kind::MaybeText, Value::String(text)) => text
            .map_or_else(String::new, |text| format!("={text}"))
            .into(),
        (_, value) => value,
    }
}
