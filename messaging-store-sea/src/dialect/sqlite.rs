//! SQLite: a set of rows is one JSON text, an array of arrays.

use sea_orm::Value;
use serde_json::Value as Json;

use crate::rows::{Columns, Kind, Rows};

pub(super) fn token(name: &str) -> Option<&'static str> {
    Some(match name {
        "uuid" | "bytes" => "BLOB",
        // Ordered by bytes unless told otherwise.
        "text" => "TEXT",
        "int" | "bool" => "INTEGER",
        "table_end" => "STRICT",
        // CROSS JOIN keeps the order: for each stay, a range of the thread's index.
        "log_of_stay" => {
            "CROSS JOIN {log} AS l ON l.thread_id = s.thread_id AND l.audience_id IS NULL
                AND l.position > $2 AND l.position <= $3
                AND l.position >= s.joined_position AND l.position <= s.left_position"
        }
        "json_agg" => "json_group_array",
        "json_array" => "json_array",
        // BEGIN IMMEDIATE has locked the whole database, and JSON is text already.
        "for_update" | "as_text" => "",
        "uuid_text" => "hex",
        _ => return None,
    })
}

pub(super) fn source(columns: Columns) -> String {
    let selected: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(index, (name, kind))| match kind {
            Kind::Uuid | Kind::MaybeUuid | Kind::MaybeBytes => {
                format!("unhex(value->>{index}) AS {name}")
            }
            Kind::Text | Kind::Int | Kind::Bool | Kind::MaybeText | Kind::MaybeInt => {
                format!("value->>{index} AS {name}")
            }
        })
        .collect();
    format!("(SELECT {} FROM json_each($1)) AS r", selected.join(", "))
}

pub(super) fn bind(_: Columns, rows: Rows) -> Vec<Value> {
    let mut lines: Vec<Vec<Json>> = Vec::new();
    for column in rows.into_columns() {
        lines.resize_with(column.len(), Vec::new);
        for (line, value) in lines.iter_mut().zip(column) {
            line.push(json(value));
        }
    }
    let lines = lines.into_iter().map(Json::Array).collect();
    vec![Json::Array(lines).to_string().into()]
}

fn json(value: Value) -> Json {
    match value {
        Value::Uuid(Some(uuid)) => hex(uuid.as_bytes()).into(),
        Value::Bytes(Some(bytes)) => hex(&bytes).into(),
        Value::String(Some(text)) => text.into(),
        Value::BigInt(Some(number)) => number.into(),
        Value::Bool(Some(flag)) => flag.into(),
        _ => Json::Null,
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
