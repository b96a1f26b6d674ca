//! JSON from clients: bounded in depth, and refused in words that name the field.
//!
//! For transports: whatever carries a request, its fields are complained of in the same way.

mod anything;

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::error::Category;

use self::anything::Anything;
use crate::error::Invalid;

/// The deepest nesting that is taken. Known fields are held to it by the parser itself; the check
/// before it covers those that are skipped, which the parser follows without end.
const MAX_DEPTH: usize = 127;

/// Reads one object and nothing after it. `root` is what to call the whole: `body`, `data`.
///
/// # Errors
/// Names the field: `content`, `participants[1].role`; the root when it is no object at all.
pub fn decode<T: DeserializeOwned>(root: &'static str, bytes: &[u8]) -> Result<T, Invalid> {
    check_object(root, bytes)?;
    if is_too_deep(bytes) {
        let message = format!("must be nested at most {MAX_DEPTH} deep");
        return Err(Invalid::field(root, message));
    }
    // What the type skips is held to the grammar too, and nothing may follow.
    let Anything = serde_json::from_slice(bytes).map_err(|error| describe(root, ".", &error))?;
    // Keeping the path costs more than the rest: it is asked for when there is something to say.
    serde_json::from_slice(bytes).or_else(|_| {
        let mut json = serde_json::Deserializer::from_slice(bytes);
        serde_path_to_error::deserialize(&mut json)
            .map_err(|error| describe(root, &error.path().to_string(), error.inner()))
    })
}

/// Refuses what is no object at first sight: the parser would take an array for one, its items for
/// the fields in their order.
///
/// # Errors
/// Names `root`.
pub fn check_object(root: &'static str, bytes: &[u8]) -> Result<(), Invalid> {
    match bytes.trim_ascii_start().first() {
        Some(b'{') => Ok(()),
        _ => Err(Invalid::field(root, "must be a JSON object")),
    }
}

/// Keeps `null` apart from an absent field: `#[serde(default, deserialize_with = "given")]`.
pub fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// Whether brackets outside of strings are nested deeper than is taken.
pub fn is_too_deep(bytes: &[u8]) -> bool {
    // Nearly always there are too few brackets for it, in strings or not.
    let opening = bytes.iter().filter(|byte| matches!(byte, b'[' | b'{'));
    opening.count() > MAX_DEPTH && is_nested_too_deep(bytes)
}

fn is_nested_too_deep(bytes: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in bytes {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'[' | b'{') => depth += 1,
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// Says what is wrong in a client's terms: the parser's own words name Rust types and repeat
/// whatever was sent. `root` is what to call the whole, for which the parser's path is `.`.
pub fn describe(root: &'static str, path: &str, error: &serde_json::Error) -> Invalid {
    let text = error.to_string();
    if error.classify() != Category::Data {
        return Invalid::field(root, format!("must be JSON: {text}"));
    }
    let text = text
        .rsplit_once(" at line ")
        .map_or(&*text, |(text, _)| text);
    let child = |name: &str| match path {
        "." => name.to_owned(),
        _ => format!("{path}.{name}"),
    };
    if let Some(name) = quoted_after(text, "missing field ") {
        return Invalid::field(child(name), "is required");
    }
    if let Some(name) = quoted_after(text, "duplicate field ") {
        return Invalid::field(child(name), "must be given once");
    }
    match path {
        "." => Invalid::field(root, expectation(text)),
        _ => Invalid::field(path.to_owned(), expectation(text)),
    }
}

fn quoted_after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let name = text.strip_prefix(start)?;
    name.strip_prefix('`')?.strip_suffix('`')
}

fn expectation(text: &str) -> String {
    let generic = [
        "invalid type: ",
        "invalid value: ",
        "invalid length ",
        "unknown variant ",
    ];
    match text.rsplit_once(", expected ") {
        Some((start, expected)) if generic.iter().any(|g| start.starts_with(g)) => {
            format!("must be {}", in_json_terms(expected))
        }
        _ => text.to_owned(),
    }
}

fn in_json_terms(expected: &str) -> String {
    let is_rust = |word: &str| expected.starts_with(word);
    match expected {
        "a map" => "an object".to_owned(),
        "a sequence" => "an array".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "i64" | "u64" | "i32" | "u32" => "a whole number".to_owned(),
        _ if is_rust("struct ") || is_rust("internally tagged ") => "an object".to_owned(),
        _ if is_rust("enum ") || is_rust("variant ") => "a string".to_owned(),
        _ => expected.replace('`', ""),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::{caller::Role, id::ThreadId, message::Content};

    #[derive(Debug, Deserialize)]
    struct Wish {
        #[serde(rename = "thread_id")]
        _thread_id: ThreadId,
        #[serde(rename = "list", default)]
        _list: Vec<BTreeMap<String, i64>>,
        #[serde(rename = "role", default)]
        _role: Option<Role>,
        #[serde(rename = "content", default)]
        _content: Option<Content>,
    }

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn refusal(json: &str) -> String {
        decode::<Wish>("body", json.as_bytes())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn what_is_wrong_is_said_in_the_clients_terms_and_names_the_field() {
        let with = |rest: &str| refusal(&format!(r#"{{"thread_id":"{ID}",{rest}}}"#));
        assert_eq!(refusal("{}"), "thread_id is required");
        assert_eq!(refusal("[]"), "body must be a JSON object");
        assert_eq!(refusal(r#"{"thread_id":7}"#), "thread_id must be a string");
        assert_eq!(refusal(r#"{"thread_id":"x"}"#), "thread_id must be a UUID");
        assert_eq!(
            with(r#""list":[{"a":1},{"b":"x"}]"#),
            "list[1].b must be a whole number"
        );
        assert_eq!(with(r#""list":{}"#), "list must be an array");
        assert_eq!(
            with(r#""role":"king""#),
            "role must be one of client, creator, admin, service"
        );
        assert_eq!(
            with(r#""content":{"type":"text"}"#),
            "content.text is required"
        );
        assert_eq!(with(r#""content":7"#), "content must be an object");
        assert_eq!(
            with(r#""role":"client","role":"client""#),
            "role must be given once"
        );
    }

    #[test]
    fn what_is_not_json_is_called_so() {
        for text in ["", "  ", "{", "{\"a\":", "nonsense", "7", "\u{feff}{}"] {
            assert!(refusal(text).starts_with("body must be "), "{text}");
        }
        let twice = refusal(&format!(r#"{{"thread_id":"{ID}"}}{{}}"#));
        assert!(twice.starts_with("body must be JSON"), "{twice}");
        let error = decode::<Wish>("body", b"{\"thread_id\":\"\xff\"}").unwrap_err();
        assert!(
            error.to_string().starts_with("body must be JSON"),
            "{error}"
        );
        for skipped in [b"\xff".as_slice(), b"\\ud800", b"\\q", b"\n"] {
            let start = format!(r#"{{"thread_id":"{ID}","skipped":""#).into_bytes();
            let body = [start.as_slice(), skipped, b"\"}"].concat();
            assert!(decode::<Wish>("body", &body).is_err(), "{skipped:?}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_in_known_and_in_skipped_fields() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for text in [
            r#"{"thread_id":"#.repeat(100_000),
            format!(r#"{{"thread_id":"{ID}","unknown":{deep}}}"#),
            format!(r#"{{"thread_id":{deep}}}"#),
        ] {
            assert_eq!(refusal(&text), "body must be nested at most 127 deep");
        }
        let text = format!(
            r#"{{"thread_id":"{ID}","unknown":"\"[[{}"}}"#,
            "[".repeat(1000)
        );
        assert!(decode::<Wish>("body", text.as_bytes()).is_ok());
    }
}
