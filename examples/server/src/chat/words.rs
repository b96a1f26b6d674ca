//! Frames in words.

use chrono::{DateTime, Local};
use serde_json::Value;

/// What a message says.
pub(super) fn of_content(content: &Value) -> String {
    match content["type"].as_str() {
        Some("text") => of_text(&content["text"]),
        Some(kind) => format!("[{}]", harmless(kind)),
        None => "[deleted]".to_owned(),
    }
}

/// What has become of a message of this thread, if `kind` is about that.
pub(super) fn of_change(kind: &str, message: &Value) -> Option<String> {
    let seq = &message["seq"];
    match kind {
        "message.edited" => {
            let content = of_content(&message["content"]);
            Some(format!("message {seq} is edited: {content}"))
        }
        "message.deleted" => Some(format!("message {seq} is deleted")),
        "message.reacted" => Some(format!(
            "message {seq} has the reactions {}",
            of_reactions(&message["reactions"])
        )),
        _ => None,
    }
}

fn of_reactions(reactions: &Value) -> String {
    let reactions = reactions.as_object().into_iter().flatten();
    let counted = reactions.map(|(emoji, users)| {
        let count = users.as_array().map_or(0, Vec::len);
        format!("{}×{count}", harmless(emoji))
    });
    let counted: Vec<_> = counted.collect();
    counted.join(" ")
}

/// Hours and minutes, as clocks show them here.
pub(super) fn of_time(time: &Value) -> String {
    let time = DateTime::parse_from_rfc3339(time.as_str().unwrap_or_default());
    let shown = time.map(|time| time.with_timezone(&Local).format("%H:%M").to_string());
    shown.unwrap_or_default()
}

/// A string.
pub(super) fn of_text(text: &Value) -> String {
    harmless(text.as_str().unwrap_or_default())
}

/// A text from elsewhere without the control characters that could redraw our screen.
pub(super) fn harmless(text: &str) -> String {
    let show = |c: char| match c {
        '\n' | '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(show).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn anothers_words_cannot_drive_our_terminal() {
        assert_eq!(harmless("a\nb\x1b[2Jc\u{9b}d"), "a b\u{fffd}[2Jc\u{fffd}d");
    }

    #[test]
    fn reactions_are_counted() {
        let message = json!({ "seq": 3, "reactions": { "🎨": ["ann", "ben"] } });
        let words = of_change("message.reacted", &message);
        assert_eq!(words.as_deref(), Some("message 3 has the reactions 🎨×2"));
    }
}
