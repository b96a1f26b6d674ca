//! The public contract's objects: every field it names is there, and of its type.

use serde_json::Value;

type Check = fn(&Value) -> bool;

/// A thread, as a participant sees it.
pub(crate) fn assert_thread(thread: &Value) {
    assert_fields(
        thread,
        &[
            ("id", is_uuid_v7),
            ("kind", |v| v == "direct" || v == "group"),
            ("title", is_text_or_null),
            ("metadata", Value::is_object),
            ("participants", Value::is_array),
            ("created_at", is_time),
            ("updated_at", is_time),
            ("last_seq", Value::is_u64),
            ("last_message", |v| v.is_object() || v.is_null()),
            ("unread_count", Value::is_u64),
            ("archived", Value::is_boolean),
            ("muted", Value::is_boolean),
            ("pinned", Value::is_boolean),
            ("tags", Value::is_array),
        ],
    );
    for participant in thread["participants"].as_array().unwrap() {
        assert_fields(
            participant,
            &[
                ("user_id", Value::is_string),
                ("role", Value::is_string),
                ("joined_at", is_time),
                ("delivered_seq", Value::is_u64),
                ("read_seq", Value::is_u64),
            ],
        );
    }
    if !thread["last_message"].is_null() {
        assert_fields(
            &thread["last_message"],
            &[
                ("id", is_uuid_v7),
                ("seq", Value::is_u64),
                ("sender_id", Value::is_string),
                ("type", Value::is_string),
                ("text", is_text_or_null),
                ("created_at", is_time),
            ],
        );
    }
}

/// A message, as others than its sender see it.
pub(crate) fn assert_message(message: &Value) {
    assert_fields(
        message,
        &[
            ("id", is_uuid_v7),
            ("thread_id", is_uuid_v7),
            ("seq", Value::is_u64),
            ("sender_id", Value::is_string),
            ("content", |v| v.is_null() || v["type"].is_string()),
            ("reply_to", |v| v.is_null() || is_uuid_v7(v)),
            ("created_at", is_time),
            ("edited_at", is_time_or_null),
            ("deleted_at", is_time_or_null),
            ("reactions", Value::is_object),
            ("moderation", |v| v.is_null() || v.is_object()),
        ],
    );
}

/// A tag.
pub(crate) fn assert_tag(tag: &Value) {
    assert_fields(
        tag,
        &[
            ("id", is_uuid_v7),
            ("name", Value::is_string),
            ("color", is_text_or_null),
            ("thread_count", Value::is_u64),
            ("created_at", is_time),
        ],
    );
}

/// An RFC 9457 problem document.
pub(crate) fn assert_problem(problem: &Value, status: u16, code: &str) {
    assert_eq!(problem["code"], code, "{problem}");
    assert_eq!(problem["status"], status, "{problem}");
    assert_eq!(
        problem["type"],
        format!("urn:messaging:{code}"),
        "{problem}"
    );
    assert_fields(
        problem,
        &[("title", Value::is_string), ("detail", Value::is_string)],
    );
    for word in ["sqlx", "SQL", "panicked", "src/", "0x"] {
        assert!(
            !problem.to_string().contains(word),
            "something internal: {problem}"
        );
    }
}

/// The fields that a problem complains of.
pub(crate) fn fields_at_fault(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    errors
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect()
}

fn assert_fields(object: &Value, fields: &[(&str, Check)]) {
    for (name, check) in fields {
        let value = object
            .get(name)
            .unwrap_or_else(|| panic!("no {name} in {object}"));
        assert!(check(value), "{name} is {value} in {object}");
    }
}

fn is_text_or_null(value: &Value) -> bool {
    value.is_string() || value.is_null()
}

fn is_time_or_null(value: &Value) -> bool {
    value.is_null() || is_time(value)
}

/// RFC 3339, UTC, milliseconds.
pub(crate) fn is_time(value: &Value) -> bool {
    let pattern = b"0000-00-00T00:00:00.000Z";
    value.as_str().is_some_and(|text| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern).all(|(byte, &want)| match want {
                b'0' => byte.is_ascii_digit(),
                _ => byte == want,
            })
    })
}

fn is_uuid_v7(value: &Value) -> bool {
    let uuid = value
        .as_str()
        .and_then(|text| uuid::Uuid::try_parse(text).ok());
    uuid.is_some_and(|uuid| uuid.get_version_num() == 7)
}
