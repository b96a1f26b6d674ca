//! Messages that tell when they were meant to be sent, so that whoever gets one knows its latency.

use std::fmt::Write;

use anyhow::Context;

use super::frame::MessageSeen;

/// Digits of a time in microseconds.
const DIGITS: usize = 16;

/// What follows the time: together they are as long as a message between two people usually is.
const WORDS: &str = " saw your class on Tuesday and would love to join the next one. \
                     Is there still a place, and what should I bring?";

/// The text of a message that is meant to be sent at `meant_us`, a time of
/// [`now_us`](crate::measure::latency::now_us).
pub(crate) fn write_text(out: &mut String, meant_us: u64) {
    write!(out, "{meant_us:0DIGITS$}{WORDS}").expect("text takes text");
}

/// Writes the command that sends such a message; `number` is its `ref` and its `client_id`.
pub(crate) fn write_send(out: &mut String, thread: &str, number: u64, meant_us: u64) {
    out.clear();
    write!(
        out,
        r#"{{"type":"message.send","ref":"{number}","data":{{"thread_id":"{thread}","client_id":"{number}","content":{{"type":"text","text":""#
    )
    .expect("text takes text");
    write_text(out, meant_us);
    out.push_str(r#""}}}"#);
}

/// When the message was meant to be sent.
pub(crate) fn meant_us(message: &MessageSeen<'_>) -> anyhow::Result<u64> {
    let text = message
        .content
        .as_ref()
        .and_then(|content| content.text.get(..DIGITS));
    let meant = text.and_then(|digits| digits.parse().ok());
    meant.with_context(|| format!("message {} is none of ours", message.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_json_and_its_message_tells_its_time() {
        let mut frame = "what was there before".to_owned();
        write_send(&mut frame, "t", 7, 1_234_567);
        let json: serde_json::Value = serde_json::from_str(&frame).unwrap();
        assert_eq!(
            (&json["type"], &json["ref"]),
            (&"message.send".into(), &"7".into())
        );
        let mut message = json["data"].clone();
        message["id"] = "i".into();
        message["seq"] = 1.into();
        let message = message.to_string();
        let message: MessageSeen<'_> = serde_json::from_str(&message).unwrap();
        assert_eq!(meant_us(&message).unwrap(), 1_234_567);
    }

    #[test]
    fn a_message_of_others_is_refused() {
        let text = r#"{"id":"i","thread_id":"t","seq":1,"content":{"type":"text","text":"Hi"}}"#;
        let message: MessageSeen<'_> = serde_json::from_str(text).unwrap();
        assert!(meant_us(&message).is_err());
    }
}
