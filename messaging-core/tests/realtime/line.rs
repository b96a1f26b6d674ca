//! A connection without a network: what a client says and hears, as values.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use messaging_core::{
    Messaging, MessagingBuilder,
    auth::{AuthError, Authenticator, Identity},
    caller::{Caller, Role},
    clock::Timestamp,
    id::ThreadId,
    limits::Limits,
    memory::MemoryStore,
    page::Cursor,
    realtime::{CloseReason, CommandIn, Gateway, Incoming, Opening, Outgoing},
    testkit::{self, ManualClock, user},
    thread::{CreateThread, Invitee},
};
use serde_json::{Value, json};

/// Tokens of the form `user` or `user@expiry-in-millis` speak for that user.
#[derive(Debug)]
struct Names;

#[async_trait]
impl Authenticator for Names {
    async fn authenticate(&self, token: &str) -> Result<Identity, AuthError> {
        let (name, expires_at) = match token.split_once('@') {
            Some((name, millis)) => (name, Timestamp::from_millis(millis.parse().unwrap())),
            None => (token, None),
        };
        let user_id = name.parse().map_err(|_| AuthError::Refused("no".into()))?;
        let caller = Caller::new(user_id, Role::Client);
        Ok(Identity { caller, expires_at })
    }
}

/// A whole system on the memory store.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) messaging: Messaging,
    pub(crate) gateway: Gateway,
    pub(crate) clock: ManualClock,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(adapt: impl FnOnce(MessagingBuilder) -> MessagingBuilder) -> Self {
        let clock = ManualClock::default();
        let builder = Messaging::builder(MemoryStore::new()).clock(clock.clone());
        let messaging = adapt(builder).build();
        let gateway = Gateway::new(messaging.clone(), Arc::new(Names));
        Self {
            messaging,
            gateway,
            clock,
        }
    }

    /// With room for this many waiting events a session.
    pub(crate) fn with_queue(queue: usize) -> Self {
        let mut limits = Limits::default();
        limits.session_queue = queue;
        Self::with(|builder| builder.limits(limits))
    }

    pub(crate) async fn thread(&self, ann: &str, ben: &str) -> ThreadId {
        let wish = CreateThread {
            participants: vec![Invitee {
                user_id: user(ben),
                role: None,
            }],
            kind: None,
            title: None,
            metadata: serde_json::Map::new(),
            message: None,
        };
        let caller = Caller::new(user(ann), Role::Client);
        self.messaging
            .threads()
            .create(&caller, wish)
            .await
            .unwrap()
            .thread
            .id
    }

    /// Connects with a token.
    pub(crate) fn connect(&self, token: &str) -> Line {
        self.open(Some(token), None, 1024)
    }

    /// Connects with a token and a cursor.
    pub(crate) fn resume(&self, token: &str, cursor: &str) -> Line {
        self.open(Some(token), Some(cursor), 1024)
    }

    /// Connects; `room` is how much the network takes before the client reads.
    pub(crate) fn open(&self, token: Option<&str>, cursor: Option<&str>, room: usize) -> Line {
        let opening = Opening {
            token: token.map(str::to_owned),
            cursor: cursor.map(Cursor::from_text),
        };
        Line(testkit::Line::open(&self.gateway, opening, room))
    }
}

/// The client's end.
#[derive(Debug)]
pub(crate) struct Line(testkit::Line);

impl Line {
    pub(crate) async fn say(&self, kind: &str, reference: Option<&str>, data: Value) {
        let command = CommandIn {
            kind: kind.to_owned(),
            reference: reference.map(str::to_owned),
            data: serde_json::value::to_raw_value(&data).unwrap(),
        };
        self.incoming(Incoming::Command(command)).await;
    }

    pub(crate) async fn incoming(&self, incoming: Incoming) {
        self.0.say.send(incoming).await.unwrap();
    }

    pub(crate) async fn send(&self, reference: &str, thread_id: ThreadId, words: &str) {
        let content = json!({ "type": "text", "text": words });
        let data = json!({ "thread_id": thread_id, "client_id": words.replace(' ', "-"), "content": content });
        self.say("message.send", Some(reference), data).await;
    }

    /// What comes next, whatever it is. `None` when the server has hung up.
    pub(crate) async fn next(&mut self) -> Option<Outgoing> {
        // Virtual time in most tests: the deadline only keeps a broken test from hanging.
        let next = tokio::time::timeout(Duration::from_hours(1), self.0.hear.recv());
        next.await.expect("something comes in time")
    }

    /// The next event, as `{type, data, cursor?}`; pings are passed over.
    pub(crate) async fn event(&mut self) -> Value {
        loop {
            match self.next().await {
                Some(Outgoing::Frame(frame)) => return serde_json::to_value(&frame).unwrap(),
                Some(Outgoing::Ping) => {}
                other => panic!("expected an event, got {other:?}"),
            }
        }
    }

    /// The next event of this type; others are passed over.
    pub(crate) async fn event_of(&mut self, kind: &str) -> Value {
        loop {
            let event = self.event().await;
            if event["type"] == kind {
                return event;
            }
        }
    }

    /// The next acknowledgement's reference, data and cursor.
    pub(crate) async fn ack(&mut self) -> (String, Value, Option<Cursor>) {
        match self.next().await {
            Some(Outgoing::Reply(reply)) => {
                let data = reply.outcome.expect("acknowledged");
                let data = serde_json::from_slice(&data).unwrap();
                let cursor = reply.position.map(Cursor::of_position);
                (reply.reference.unwrap(), data, cursor)
            }
            other => panic!("expected an acknowledgement, got {other:?}"),
        }
    }

    /// The next answer's reference, and its data or its failure's code.
    pub(crate) async fn answer(&mut self) -> (String, Result<Value, &'static str>) {
        match self.next().await {
            Some(Outgoing::Reply(reply)) => {
                let outcome = reply
                    .outcome
                    .map(|data| serde_json::from_slice(&data).unwrap());
                let outcome = outcome.map_err(|failure| failure.kind.code());
                (reply.reference.unwrap(), outcome)
            }
            other => panic!("expected an answer, got {other:?}"),
        }
    }

    /// The next failure's code.
    pub(crate) async fn failure(&mut self) -> &'static str {
        match self.next().await {
            Some(Outgoing::Reply(reply)) => reply.outcome.expect_err("refused").kind.code(),
            other => panic!("expected a failure, got {other:?}"),
        }
    }

    /// Reads to the end; answers why it came.
    pub(crate) async fn closed(&mut self) -> Option<CloseReason> {
        let mut reason = None;
        while let Some(outgoing) = self.next().await {
            if let Outgoing::Close(close) = outgoing {
                reason = Some(close);
            }
        }
        reason
    }

    /// Connected and greeted: the cursor of the greeting.
    pub(crate) async fn ready(&mut self) -> String {
        let ready = self.event().await;
        assert_eq!(ready["type"], "session.ready", "{ready}");
        ready["data"]["cursor"].as_str().unwrap().to_owned()
    }

    /// Hangs up.
    pub(crate) fn hang_up(self) {
        drop(self);
    }
}
