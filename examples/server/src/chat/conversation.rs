//! The state of the conversation, whatever the connection does meanwhile.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use messaging_core::id::{IdGenerator, RandomIds, ThreadId, UserId};
use serde_json::{Value, json};

use super::{input::Typed, screen::Screen, words};

/// The server tells of typing once in so long, so it need not hear of it more often.
const TYPING_AGAIN: Duration = Duration::from_secs(3);

/// One thread as this client knows it.
#[derive(Debug)]
pub(super) struct Conversation {
    thread_id: ThreadId,
    me: UserId,
    other: UserId,
    screen: Screen,
    /// Where to resume: the cursor of the last frame that had one.
    cursor: Option<String>,
    /// Whether there may be messages that no frame will bring.
    wants_history: bool,
    /// The newest message on the screen.
    shown: i64,
    /// How far the other has read.
    read: i64,
    /// What has been said and not acknowledged: sent again on the next connection.
    unsent: VecDeque<Unsent>,
    ready: bool,
    stage: Stage,
    told_away: bool,
    told_typing: Option<Instant>,
}

/// How far the user is with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    /// There is nothing more to say; what was said is still to be acknowledged.
    Ended,
    Left,
}

#[derive(Debug)]
struct Unsent {
    client_id: String,
    text: String,
}

impl Conversation {
    pub(super) fn new(thread_id: ThreadId, me: UserId, other: UserId, screen: Screen) -> Self {
        Self {
            thread_id,
            me,
            other,
            screen,
            cursor: None,
            wants_history: false,
            shown: 0,
            read: 0,
            unsent: VecDeque::new(),
            ready: false,
            stage: Stage::Open,
            told_away: false,
            told_typing: None,
        }
    }

    pub(super) fn thread_id(&self) -> ThreadId {
        self.thread_id
    }

    pub(super) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    pub(super) fn wants_history(&self) -> bool {
        self.wants_history
    }

    /// Whether the user has had enough, and everything that was said has been acknowledged.
    pub(super) fn is_over(&self) -> bool {
        match self.stage {
            Stage::Open => false,
            Stage::Ended => self.ready && self.unsent.is_empty(),
            Stage::Left => true,
        }
    }

    /// The connection is gone, or did not come about. Said once, however often it is tried again.
    pub(super) fn disconnected(&mut self, why: &anyhow::Error) {
        if self.ready || !self.told_away {
            let why = words::harmless(&why.to_string());
            self.screen
                .note(&format!("not connected ({why}); trying again"));
        }
        self.ready = false;
        self.told_away = true;
    }

    /// Takes what was typed, and answers with the commands that follow from it.
    pub(super) fn take(&mut self, typed: Typed) -> Vec<Value> {
        match typed {
            Typed::Line(line) => return self.say(line),
            Typed::Draft(draft) => return self.draft(draft),
            Typed::End => self.stage = Stage::Ended,
            Typed::Quit => {
                self.stage = Stage::Left;
                if !self.unsent.is_empty() {
                    let count = self.unsent.len();
                    self.screen
                        .note(&format!("lines that may not have been sent: {count}"));
                }
            }
        }
        Vec::new()
    }

    /// Takes a line to be sent, now or when there is a connection.
    fn say(&mut self, text: String) -> Vec<Value> {
        self.screen.draft(String::new());
        self.told_typing = None;
        let unsent = Unsent {
            client_id: RandomIds.next_uuid().to_string(),
            text,
        };
        let command = self.send(&unsent);
        self.unsent.push_back(unsent);
        if self.ready {
            vec![command]
        } else {
            Vec::new()
        }
    }

    /// Shows the line being typed, and tells the other that there is one.
    fn draft(&mut self, draft: String) -> Vec<Value> {
        let begun = !draft.is_empty();
        self.screen.draft(draft);
        let told = self
            .told_typing
            .is_some_and(|at| at.elapsed() < TYPING_AGAIN);
        if !self.ready || !begun || told {
            return Vec::new();
        }
        self.told_typing = Some(Instant::now());
        vec![json!({ "type": "typing.start", "data": { "thread_id": self.thread_id } })]
    }

    /// Shows messages that no frame has brought; what is shown has been read.
    pub(super) fn show_history(&mut self, messages: &[Value]) -> Vec<Value> {
        self.wants_history = false;
        for message in messages {
            self.show(message);
        }
        match messages.last() {
            Some(newest) => vec![mark("message.mark_read", newest)],
            None => Vec::new(),
        }
    }

    /// Takes a frame, and answers with the commands that follow from it.
    pub(super) fn hear(&mut self, frame: &Value) -> Vec<Value> {
        if let Some(cursor) = frame["cursor"].as_str() {
            self.cursor = Some(cursor.to_owned());
        }
        let data = &frame["data"];
        match frame["type"].as_str().unwrap_or_default() {
            "session.ready" => self.begin(data),
            "ack" => self.acknowledged(frame),
            "error" => self.refused(frame),
            "message.new" => self.arrived(&data["message"]),
            "session.resync" => {
                self.wants_history = true;
                Vec::new()
            }
            kind => {
                self.tell(kind, data);
                Vec::new()
            }
        }
    }

    /// A session has begun: follow the thread, say again what was not acknowledged.
    fn begin(&mut self, data: &Value) -> Vec<Value> {
        self.ready = true;
        self.told_away = false;
        let resumed = data["resumed"].as_bool() == Some(true);
        self.wants_history = !resumed;
        if self.cursor.is_none() || !resumed {
            self.cursor = data["cursor"].as_str().map(str::to_owned);
        }
        let subscribe = json!({
            "type": "thread.subscribe",
            "ref": "subscribe",
            "data": { "thread_id": self.thread_id },
        });
        let again = self.unsent.iter().map(|unsent| self.send(unsent));
        std::iter::once(subscribe).chain(again).collect()
    }

    fn send(&self, unsent: &Unsent) -> Value {
        json!({
            "type": "message.send",
            "ref": unsent.client_id,
            "data": {
                "thread_id": self.thread_id,
                "client_id": unsent.client_id,
                "content": { "type": "text", "text": unsent.text },
            },
        })
    }

    fn acknowledged(&mut self, frame: &Value) -> Vec<Value> {
        self.settle(frame);
        let data = &frame["data"];
        if data["message"].is_object() {
            self.show(&data["message"]);
        }
        for presence in data["presence"].as_array().into_iter().flatten() {
            self.tell("presence.update", presence);
        }
        Vec::new()
    }

    fn refused(&mut self, frame: &Value) -> Vec<Value> {
        self.settle(frame);
        let detail = frame["error"]["detail"].as_str().unwrap_or("refused");
        self.screen
            .note(&format!("not done: {}", words::harmless(detail)));
        Vec::new()
    }

    /// A line has had its answer.
    fn settle(&mut self, frame: &Value) {
        if let Some(reference) = frame["ref"].as_str() {
            self.unsent.retain(|unsent| unsent.client_id != reference);
        }
    }

    /// A message has come: what stands on the screen has been read, any other has arrived.
    fn arrived(&mut self, message: &Value) -> Vec<Value> {
        let kind = if self.is_here(message) {
            self.show(message);
            "message.mark_read"
        } else {
            let who = words::of_text(&message["sender_id"]);
            self.screen
                .note(&format!("a message from {who} in another conversation"));
            "message.mark_delivered"
        };
        if message["sender_id"] == self.me.as_str() {
            return Vec::new();
        }
        vec![mark(kind, message)]
    }

    fn is_here(&self, data: &Value) -> bool {
        data["thread_id"] == self.thread_id.to_string()
    }

    /// Shows a message once.
    fn show(&mut self, message: &Value) {
        let seq = message["seq"].as_i64().unwrap_or_default();
        if seq <= self.shown {
            return;
        }
        self.shown = seq;
        let time = words::of_time(&message["created_at"]);
        let who = words::of_text(&message["sender_id"]);
        let text = words::of_content(&message["content"]);
        self.screen.message(&time, &who, &text);
    }

    /// Tells of what happens besides messages.
    fn tell(&mut self, kind: &str, data: &Value) {
        let line = match kind {
            "message.read" if self.is_here(data) => self.told_read(data),
            "typing.active" if data["active"] == true => Some("is typing".to_owned()),
            "presence.update" => Some(format!("is {}", words::of_text(&data["status"]))),
            _ => None,
        };
        let other = self.other.as_str();
        if let Some(line) = line.filter(|_| data["user_id"] == other) {
            self.screen.note(&format!("{other} {line}"));
        }
        let message = &data["message"];
        let change = words::of_change(kind, message);
        if let Some(line) = change.filter(|_| self.is_here(message)) {
            self.screen.note(&line);
        }
    }

    /// Reading is told when it went on, and when it is the other's.
    fn told_read(&mut self, data: &Value) -> Option<String> {
        let seq = data["seq"].as_i64()?;
        if data["user_id"] != self.other.as_str() || seq <= self.read {
            return None;
        }
        self.read = seq;
        Some("has read everything up to here".to_owned())
    }
}

/// The command that moves a marker up to a message.
fn mark(kind: &str, message: &Value) -> Value {
    let up_to = json!({ "thread_id": message["thread_id"], "seq": message["seq"] });
    json!({ "type": kind, "data": up_to })
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREAD: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn conversation() -> Conversation {
        let thread = THREAD.parse().unwrap();
        let (me, other) = ("ann".parse().unwrap(), "maya".parse().unwrap());
        Conversation::new(thread, me, other, Screen::new(false))
    }

    fn ready(cursor: &str, resumed: bool) -> Value {
        let data = json!({ "cursor": cursor, "resumed": resumed });
        json!({ "type": "session.ready", "data": data })
    }

    #[test]
    fn what_was_not_acknowledged_is_sent_again_with_the_same_key() {
        let mut conversation = conversation();
        assert!(conversation.take(Typed::Line("hello".into())).is_empty());
        let first = conversation.hear(&ready("a", false));
        let second = conversation.hear(&ready("a", true));
        assert_eq!(first[1]["type"], "message.send");
        assert_eq!(first[1], second[1]);
        let ack = json!({ "type": "ack", "ref": first[1]["ref"], "data": {} });
        conversation.take(Typed::End);
        assert!(!conversation.is_over());
        conversation.hear(&ack);
        assert!(conversation.is_over());
    }

    #[test]
    fn a_message_on_the_screen_is_read_and_one_elsewhere_delivered() {
        let mut conversation = conversation();
        let message = |thread: &str| {
            let message = json!({ "thread_id": thread, "seq": 4, "sender_id": "maya" });
            json!({ "type": "message.new", "data": { "message": message }, "cursor": "c4" })
        };
        let here = conversation.hear(&message(THREAD));
        assert_eq!(here[0]["type"], "message.mark_read");
        assert_eq!(conversation.cursor(), Some("c4"));
        let elsewhere = conversation.hear(&message("other"));
        assert_eq!(elsewhere[0]["type"], "message.mark_delivered");
    }

    #[test]
    fn history_is_wanted_unless_the_session_was_resumed() {
        let mut conversation = conversation();
        conversation.hear(&ready("a", false));
        assert!(conversation.wants_history());
        conversation.show_history(&[]);
        conversation.hear(&ready("b", true));
        assert!(!conversation.wants_history());
    }
}
