//! Text frames that come in: `{"type", "ref"?, "data"?}`.

use messaging_core::{
    json,
    realtime::{CommandIn, Incoming},
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The longest reference, in characters.
const MAX_REF: usize = 64;

#[derive(Deserialize)]
struct FrameIn<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<&'a RawValue>,
    #[serde(rename = "ref", borrow, default)]
    reference: Option<&'a RawValue>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

/// Reads a command, or says what is wrong with it, to its reference when that can be read. What is
/// no JSON object at all violates the protocol.
pub(super) fn read(text: &str) -> Incoming {
    if json::check_object("frame", text.as_bytes()).is_err() {
        return Incoming::Violation;
    }
    if json::is_too_deep(text.as_bytes()) {
        return unreadable(None, "frame is nested too deep");
    }
    let frame: FrameIn<'_> = match serde_json::from_str(text) {
        Ok(frame) => frame,
        Err(error) if error.is_data() => {
            return unreadable(None, &json::describe("frame", ".", &error).to_string());
        }
        Err(_) => return Incoming::Violation,
    };
    let reference = match frame.reference.map(reference) {
        Some(None) => return unreadable(None, "ref must be a string of up to 64 characters"),
        Some(reference) => reference,
        None => None,
    };
    let Some(kind) = frame.kind else {
        return unreadable(reference, "type is required");
    };
    let Ok(kind) = serde_json::from_str(kind.get()) else {
        return unreadable(reference, "type must be a string");
    };
    Incoming::Command(CommandIn {
        kind,
        reference,
        data: frame.data.map_or_else(no_data, RawValue::to_owned),
    })
}

fn reference(raw: &RawValue) -> Option<String> {
    let text: String = serde_json::from_str(raw.get()).ok()?;
    (text.chars().count() <= MAX_REF).then_some(text)
}

fn no_data() -> Box<RawValue> {
    // An empty object always serialises.
    serde_json::value::to_raw_value(&serde_json::Map::new()).unwrap_or_default()
}

fn unreadable(reference: Option<String>, detail: &str) -> Incoming {
    Incoming::Unreadable {
        reference,
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(text: &str) -> (String, Option<String>, String) {
        match read(text) {
            Incoming::Command(command) => {
                let data = command.data.get().to_owned();
                (command.kind, command.reference, data)
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    fn complaint(text: &str) -> (Option<String>, String) {
        match read(text) {
            Incoming::Unreadable { reference, detail } => (reference, detail),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_command_has_a_type_and_may_have_a_reference_and_data() {
        let (kind, reference, data) = command(r#"{"type":"ping"}"#);
        assert_eq!(
            (kind.as_str(), reference, data.as_str()),
            ("ping", None, "{}")
        );
        let (kind, reference, data) =
            command(r#"{"data": {"a": [1]}, "ref":"r\u0031","type":"x","more":1}"#);
        assert_eq!(kind, "x");
        assert_eq!(reference.as_deref(), Some("r1"));
        assert_eq!(data, r#"{"a": [1]}"#);
        let (_, reference, data) = command(r#"{"type":"x","ref":null,"data":null}"#);
        assert_eq!((reference, data.as_str()), (None, "{}"));
        assert!(
            command(&format!(r#"{{"type":"x","ref":"{}"}}"#, "é".repeat(64)))
                .1
                .is_some()
        );
    }

    #[test]
    fn what_is_no_json_object_violates_the_protocol() {
        let deep = "[".repeat(60_000);
        for text in [
            "",
            "nonsense",
            "[]",
            "7",
            r#"{"type":"x""#,
            r#"{"type":"x"} x"#,
            &deep,
        ] {
            assert!(matches!(read(text), Incoming::Violation), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_and_answered_to_its_reference() {
        let long = format!(r#"{{"type":"x","ref":"{}"}}"#, "é".repeat(65));
        for (text, field) in [
            (r#"{"type":"x","ref":7}"#, "ref"),
            (r#"{"type":"x","type":"y"}"#, "type"),
            (long.as_str(), "ref"),
            (
                &format!(
                    r#"{{"type":"x","data":{}{}}}"#,
                    "[".repeat(9000),
                    "]".repeat(9000)
                ),
                "frame",
            ),
        ] {
            let (reference, detail) = complaint(text);
            assert_eq!(reference, None, "{text}");
            assert!(detail.starts_with(field), "{text}: {detail}");
            assert!(!detail.contains("FrameIn"), "{detail}");
        }
        assert_eq!(
            complaint(r#"{"ref":"r1"}"#),
            (Some("r1".to_owned()), "type is required".to_owned())
        );
        assert_eq!(
            complaint(r#"{"ref":"r1","type":7}"#),
            (Some("r1".to_owned()), "type must be a string".to_owned())
        );
    }
}
