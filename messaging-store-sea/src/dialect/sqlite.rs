//! SQLite: a set of rows is a list of `VALUES`, a parameter each.
//!
//! One JSON text for all of them is shorter to write, and costs three times as much: each value is
//! looked up in the text by a function, and since functions can fail, every page is copied before it
//! is changed.

use sea_orm::Value;

use crate::rows::{Columns, Rows};

pub(super) fn token(name: &str) -> Option<&'static str> {
    Some(match name {
        "uuid" | "bytes" => "BLOB",
        // Ordered by bytes unless told otherwise.
        "text" => "TEXT",
        "int" | "bool" => "INTEGER",
        "table_end" => "STRICT",
        // For each stay, the beginning of a range of the thread's index. CROSS JOIN keeps the order.
        "log_of_stay" => {
            "CROSS JOIN {log} AS l ON l.position IN (SELECT x.position FROM {log} x
                WHERE x.thread_id = s.thread_id AND x.audience_id IS NULL
                    AND x.position >= s.next AND x.position <= s.until
                ORDER BY x.position LIMIT +$4)"
        }
        "json_agg" => "json_group_array",
        "json_array" => "json_array",
        // A statement that fails takes the whole group with it, so that SQLite need not be able to
        // undo it alone: that would cost a copy of every page it touches.
        "or_fail" => "OR FAIL",
        // BEGIN IMMEDIATE has locked the whole database, and JSON is text already.
        "for_update" | "as_text" | "with_room" => "",
        "uuid_text" => "hex",
        _ => return None,
    })
}

/// The numbers of places that texts are made for: few, so that each text is prepared once and kept.
const PLACES: [usize; 5] = [1, 4, 16, 64, 256];

pub(super) fn places(rows: usize) -> usize {
    let [.., most] = PLACES;
    let enough = PLACES.into_iter().find(|places| *places >= rows);
    enough.unwrap_or(most)
}

/// Places without a row are filled up with nulls. The first column of a row is none. The limit tells
/// SQLite how few rows these are: it would rather read a whole index otherwise.
pub(super) fn source(columns: Columns, places: usize) -> String {
    let selected: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(index, (name, _))| format!("column{} AS {name}", index + 1))
        .collect();
    let row = format!("({})", vec!["?"; columns.len()].join(","));
    format!(
        "(SELECT {} FROM (VALUES {}) WHERE column1 IS NOT NULL LIMIT {places}) AS r",
        selected.join(", "),
        vec![row; places].join(",")
    )
}

pub(super) fn bind(rows: Rows, places: usize) -> Vec<Value> {
    let filled = rows.width() * places;
    let mut values = rows.into_values();
    values.resize(filled, Value::BigInt(None));
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Kind;

    #[test]
    fn rows_find_places_in_few_texts() {
        let found = [1, 2, 16, 17, 256, 1000].map(places);
        assert_eq!(found, [1, 4, 16, 64, 256, 256]);
    }

    #[test]
    fn a_set_has_a_parameter_for_every_place() {
        let text = source(&[("id", Kind::Uuid), ("seq", Kind::Int)], 2);
        let expected = "(SELECT column1 AS id, column2 AS seq FROM (VALUES (?,?),(?,?)) \
            WHERE column1 IS NOT NULL LIMIT 2) AS r";
        assert_eq!(text, expected);
        let rows = Rows::collect([[7_i64.into(), 8_i64.into()]]);
        let nothing = Value::BigInt(None);
        let values = [7_i64.into(), 8_i64.into(), nothing.clone(), nothing];
        assert_eq!(bind(rows, 2), values);
    }
}
