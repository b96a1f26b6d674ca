//! What is wrong with the way PostgreSQL means to carry out a statement.
//!
//! A statement that is made often is planned once for whatever values it will have, so each is
//! looked at twice: planned so, and for the values that it was seen with.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, Value, sea_query::ArrayType};
use serde_json::Value as Json;

/// The unique indexes by their names, and their columns.
#[derive(Debug)]
pub(super) struct Keys(HashMap<String, Vec<String>>);

impl Keys {
    pub(super) async fn read(connection: &DatabaseConnection) -> Self {
        let sql = "SELECT c.relname::text AS name, ARRAY(SELECT a.attname::text
                FROM pg_attribute a WHERE a.attrelid = c.oid ORDER BY a.attnum) AS columns
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indisunique";
        let rows = connection.query_all_raw(plain(sql)).await.unwrap();
        let keys = rows.iter().map(|row| {
            let name = row.try_get("", "name").unwrap();
            (name, row.try_get("", "columns").unwrap())
        });
        Self(keys.collect())
    }

    /// Whether a scan gives one row at most: every column of a key is given.
    fn hold(&self, scan: &Json) -> bool {
        let columns = self.0.get(text(scan, "Index Name"));
        let condition = text(scan, "Index Cond");
        let is_given = |column: &String| condition.contains(&format!("({column} = "));
        columns.is_some_and(|columns| columns.iter().all(is_given))
    }
}

/// A line for each step that reads a whole table, or sorts more than a page or what one key has.
pub(super) async fn faults(
    connection: &DatabaseConnection,
    keys: &Keys,
    statement: &Statement,
) -> Vec<String> {
    let mut faults = Vec::new();
    for plan in [
        for_any_values(connection, statement).await,
        for_these_values(connection, statement).await,
    ] {
        let before = faults.len();
        let plan = &plan[0]["Plan"];
        Plan { keys, root: plan }.walk(plan, &mut faults);
        if faults.len() > before {
            eprintln!("{}\n{}", statement.sql, outline(plan, 1));
        }
    }
    faults
}

async fn for_any_values(connection: &DatabaseConnection, statement: &Statement) -> Json {
    let run = async |sql: String| connection.execute_unprepared(&sql).await.unwrap();
    run("SET plan_cache_mode = force_generic_plan".to_owned()).await;
    let values = statement.values.iter().flat_map(|values| &values.0);
    let types: Vec<&str> = values.map(type_of).collect();
    let (types, nulls) = match types.len() {
        0 => (String::new(), String::new()),
        n => (
            format!("({})", types.join(", ")),
            format!("({})", vec!["NULL"; n].join(", ")),
        ),
    };
    run(format!("PREPARE checked {types} AS {}", statement.sql)).await;
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE checked {nulls}");
    let plan = query(connection, plain(&explain)).await;
    run("DEALLOCATE checked".to_owned()).await;
    plan
}

async fn for_these_values(connection: &DatabaseConnection, statement: &Statement) -> Json {
    let mut statement = statement.clone();
    statement.sql.insert_str(0, "EXPLAIN (FORMAT JSON) ");
    query(connection, statement).await
}

async fn query(connection: &DatabaseConnection, statement: Statement) -> Json {
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get("", "QUERY PLAN").unwrap()
}

fn plain(sql: &str) -> Statement {
    Statement::from_string(sea_orm::DbBackend::Postgres, sql)
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "boolean",
        Value::BigInt(_) | Value::BigUnsigned(_) => "bigint",
        Value::String(_) => "text",
        Value::Uuid(_) => "uuid",
        Value::Array(ArrayType::Bool, _) => "boolean[]",
        Value::Array(ArrayType::BigInt, _) => "bigint[]",
        Value::Array(ArrayType::String, _) => "text[]",
        Value::Array(ArrayType::Uuid, _) => "uuid[]",
        Value::Array(ArrayType::Bytes, _) => "bytea[]",
        other => panic!("{other:?} is bound nowhere"),
    }
}

/// One plan.
struct Plan<'a> {
    keys: &'a Keys,
    root: &'a Json,
}

impl Plan<'_> {
    fn walk(&self, node: &Json, faults: &mut Vec<String>) {
        let kind = text(node, "Node Type");
        let relation = text(node, "Relation Name");
        if kind == "Seq Scan" && !relation.ends_with("log_head") {
            faults.push(format!("reads all of {relation}"));
        }
        if kind.contains("Index") && text(node, "Index Cond").is_empty() {
            faults.push(format!("reads all of {}", text(node, "Index Name")));
        }
        if kind.ends_with("Sort") {
            let mut scans = Vec::new();
            self.find_unbounded(node, &mut scans);
            faults.extend(scans.iter().map(|scan| format!("sorts what {scan} gives")));
        }
        for part in parts(node) {
            // What is worked out anew for each row is what one key has.
            if text(part, "Parent Relationship") == "SubPlan" {
                self.walk_one_key(part, faults);
            } else {
                self.walk(part, faults);
            }
        }
    }

    fn walk_one_key(&self, node: &Json, faults: &mut Vec<String>) {
        let mut found = Vec::new();
        self.walk(node, &mut found);
        faults.extend(
            found
                .into_iter()
                .filter(|fault| !fault.starts_with("sorts")),
        );
    }

    /// The scans that make a step give more rows than a limit, or the values that were bound, allow.
    fn find_unbounded(&self, node: &Json, scans: &mut Vec<String>) {
        let inputs: Vec<&Json> = parts(node).iter().filter(|part| is_input(part)).collect();
        match text(node, "Node Type") {
            "Limit" | "Function Scan" | "Values Scan" => {}
            "CTE Scan" => {
                let name = format!("CTE {}", text(node, "CTE Name"));
                match part_named(self.root, &name) {
                    Some(part) => self.find_unbounded(part, scans),
                    None => scans.push(name),
                }
            }
            kind if kind.ends_with("Scan") && inputs.is_empty() => {
                if !self.keys.hold(node) {
                    scans.push(text(node, "Index Name").to_owned());
                }
            }
            _ => inputs
                .into_iter()
                .for_each(|input| self.find_unbounded(input, scans)),
        }
    }
}

fn part_named<'a>(node: &'a Json, name: &str) -> Option<&'a Json> {
    if text(node, "Subplan Name") == name {
        return Some(node);
    }
    let mut parts = parts(node).iter();
    parts.find_map(|part| part_named(part, name))
}

fn is_input(part: &Json) -> bool {
    !["SubPlan", "InitPlan"].contains(&text(part, "Parent Relationship"))
}

fn parts(node: &Json) -> &[Json] {
    node["Plans"].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(node: &'a Json, name: &str) -> &'a str {
    node[name].as_str().unwrap_or_default()
}

/// The plan for a reader: a step a line.
fn outline(node: &Json, depth: usize) -> String {
    let words = [
        "Node Type",
        "Index Name",
        "Relation Name",
        "Index Cond",
        "Filter",
    ];
    let words: Vec<&str> = words.iter().map(|name| text(node, name)).collect();
    let mut lines = format!("\n{}{}", "  ".repeat(depth), words.join(" "));
    for part in parts(node) {
        lines.push_str(&outline(part, depth + 1));
    }
    lines
}
