//! Moderation, over real connections and as each side sees it.

use std::sync::Arc;

use messaging_core::{
    event::{DEFAULT_SOURCE, DomainEvent},
    id::Position,
    moderation::{ModerationMode, WhenUnavailable},
    platform::read_event,
    quota::QuotaMode,
    testkit::MarkerModerator,
};
use serde_json::{Value, json};

use crate::{
    serve::Running,
    sockets::{Client, hear, session, tell},
    support::{Answer, World, text},
};

/// A system that is moderated.
struct Moderated {
    world: World,
    moderator: Arc<MarkerModerator>,
}

impl Moderated {
    fn new(mode: ModerationMode, when_unavailable: WhenUnavailable, quota: QuotaMode) -> Self {
        let moderator = Arc::new(MarkerModerator::new());
        let judge = moderator.clone();
        let adapt = |builder: messaging_core::MessagingBuilder| {
            let builder = builder.moderator(judge).moderation(mode);
            builder.when_unavailable(when_unavailable).quota(quota)
        };
        Self {
            world: World::with(adapt, |api| api),
            moderator,
        }
    }

    fn of_mode(mode: ModerationMode) -> Self {
        Self::new(mode, WhenUnavailable::Deliver, QuotaMode::Off)
    }

    async fn post(&self, name: &str, thread_id: &str, client_id: &str, content: Value) -> Answer {
        let wish = json!({ "thread_id": thread_id, "client_id": client_id, "content": content });
        self.world.post(name, "/api/messages", wish).await
    }

    async fn say(&self, thread_id: &str, client_id: &str, words: &str) -> Answer {
        self.post("ann", thread_id, client_id, words_of(words))
            .await
    }

    /// A thread's history as somebody sees it.
    async fn history(&self, name: &str, thread_id: &str) -> Vec<Value> {
        let path = format!("/api/messages?thread_id={thread_id}");
        let page = self.world.get(name, &path).await.expect(200);
        page["items"].as_array().unwrap().clone()
    }

    /// The domain events of a type, as they go out.
    async fn events(&self, kind: &str) -> Vec<Value> {
        let store = self.world.messaging.store();
        let entries = store.read_log(Position::ZERO, 1000).await.unwrap();
        let events = entries.iter().filter_map(DomainEvent::of);
        let events = events.filter(|event| event.kind() == kind);
        events
            .map(|event| serde_json::to_value(event.to_cloud_event(DEFAULT_SOURCE)).unwrap())
            .collect()
    }

    async fn flagged(&self) -> Vec<Value> {
        self.events("messaging.message.flagged").await
    }
}

fn words_of(words: &str) -> Value {
    json!({ "type": "text", "text": words })
}

fn command(kind: &str, reference: &str, data: &Value) -> Value {
    json!({ "type": kind, "ref": reference, "data": data })
}

async fn event(client: &mut Client, kind: &str) -> Value {
    let frame = hear(client).await;
    assert_eq!(frame["type"], kind, "{frame}");
    frame
}

#[tokio::test]
async fn a_blocked_message_is_answered_with_what_was_found_and_leaves_nothing() {
    let system = Moderated::new(
        ModerationMode::Enforce,
        WhenUnavailable::Deliver,
        QuotaMode::Enforce,
    );
    let world = &system.world;
    let now = world.messaging.clock().now();
    let grant = json!({
        "specversion": "1.0", "id": "1", "source": "/shop",
        "type": "marketplace.subscription.created",
        "data": {
            "subscription_id": "s-1", "user_id": "ann", "creator_id": "cleo",
            "plan": { "kind": "messages", "messages": 1 },
            "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2090-01-01T00:00:00Z",
        },
    });
    let grant = read_event(grant.to_string().as_bytes(), now).unwrap();
    world.messaging.platform().receive(grant).await.unwrap();
    let thread_id = world.thread("ann", "cleo").await;
    let head = world.messaging.store().log_bounds().await.unwrap().head;

    let answer = system.say(&thread_id, "1", "ä [block] and [warn]").await;
    answer.expect_problem(422, "message_rejected");
    let flags = json!([
        { "flag": "profanity", "severity": "medium", "score": 0.9,
          "span": { "start": 14, "end": 20 } },
        { "flag": "doxxing", "severity": "critical", "score": 0.9,
          "span": { "start": 2, "end": 9 } },
    ]);
    assert_eq!(answer.body["flags"], flags);
    assert!(!answer.body.to_string().contains("[block]"));
    assert!(system.history("ann", &thread_id).await.is_empty());
    let quota = world.get("ann", "/api/quota?creator_id=cleo").await;
    assert_eq!(quota.expect(200)["remaining"], 1);
    let after = world.messaging.store().log_bounds().await.unwrap().head;
    assert_eq!(after, head);

    // Over a socket the same.
    let server = Running::new(world).await;
    let mut ann = session(&server, world, "ann").await;
    let data = json!({
        "thread_id": thread_id, "client_id": "1", "content": words_of("ä [block] and [warn]"),
    });
    tell(&mut ann, &command("message.send", "r1", &data)).await;
    let error = event(&mut ann, "error").await;
    assert_eq!(error["ref"], "r1");
    assert_eq!(error["error"]["code"], "message_rejected");
    assert_eq!(error["error"]["status"], 422);
    assert_eq!(error["error"]["flags"], flags);

    // The client_id was not used up, and what is said otherwise is paid once.
    let sent = system.say(&thread_id, "1", "hello").await.expect(201);
    assert_eq!(sent["seq"], 1);
    assert_eq!(system.events("messaging.quota.charged").await.len(), 1);
    system
        .say(&thread_id, "2", "[block]")
        .await
        .expect_problem(422, "message_rejected");
    server.stop().await;
}

#[tokio::test]
async fn what_is_flagged_arrives_and_is_told_without_its_words() {
    let system = Moderated::of_mode(ModerationMode::Enforce);
    let thread_id = system.world.thread("ann", "cleo").await;
    let sent = system.say(&thread_id, "1", "psst [flag]").await.expect(201);
    let told = system.flagged().await;
    assert_eq!(told.len(), 1);
    let data = json!({
        "message_id": sent["id"], "thread_id": thread_id, "sender_id": "ann", "action": "flag",
        "flags": [{ "flag": "scam", "score": 0.9, "severity": "high" }], "model": "markers@1",
    });
    assert_eq!(told[0]["data"], data);
    assert_eq!(told[0]["partitionkey"], thread_id.as_str());
    assert!(!told[0].to_string().contains("psst"));
    system.say(&thread_id, "2", "[warn]").await.expect(201);
    system.say(&thread_id, "3", "plain").await.expect(201);
    assert_eq!(system.flagged().await.len(), 1);
    let shown = system.history("ann", &thread_id).await;
    let actions: Vec<&Value> = shown.iter().map(|m| &m["moderation"]["action"]).collect();
    assert_eq!(actions, [&json!("flag"), &json!("warn"), &Value::Null]);
    assert_eq!(shown[2]["moderation"], Value::Null);
}

#[tokio::test]
async fn flagging_alone_delivers_what_would_be_blocked() {
    let system = Moderated::of_mode(ModerationMode::Flag);
    let thread_id = system.world.thread("ann", "cleo").await;
    let sent = system.say(&thread_id, "1", "[block]").await.expect(201);
    let moderation = json!({
        "action": "flag",
        "flags": [{ "flag": "doxxing", "score": 0.9, "severity": "critical",
                    "span": { "start": 0, "end": 7 } }],
    });
    assert_eq!(sent["moderation"], moderation);
    let told = system.flagged().await;
    assert_eq!(told[0]["data"]["action"], "flag");
}

/// Everything in which a user meets a message: the history, the thread, the catch-up, live frames
/// and those of a session that resumes or subscribes.
#[tokio::test]
async fn a_verdict_is_for_the_sender_and_for_admins() {
    let system = Moderated::of_mode(ModerationMode::Flag);
    let world = &system.world;
    let wish = json!({ "participants": ["cleo", "root"], "kind": "group" });
    let thread = world.post("ann", "/api/threads", wish).await.expect(201);
    let thread_id = text(&thread["id"]);
    let cursor = world.get("ann", "/api/sync").await.expect(200)["cursor"].clone();
    let cursor = text(&cursor);
    let server = Running::new(world).await;
    let people = ["ann", "cleo", "root"];
    let mut live = Vec::new();
    for name in people {
        live.push(session(&server, world, name).await);
    }
    let sent = system.say(&thread_id, "1", "[flag]").await.expect(201);
    let verdict = sent["moderation"].clone();
    assert_eq!(verdict["action"], "flag");
    for (name, client) in people.into_iter().zip(&mut live) {
        let expected = if name == "cleo" {
            &Value::Null
        } else {
            &verdict
        };
        let frame = event(client, "message.new").await;
        let message = &frame["data"]["message"];
        assert_eq!(&message["moderation"], expected, "{name}, live");
        assert_eq!(message.get("client_id").is_some(), name == "ann", "{name}");
        let listed = system.history(name, &thread_id).await;
        assert_eq!(&listed[0]["moderation"], expected, "{name}, listed");
        let path = format!("/api/threads/{thread_id}");
        let opened = world.get(name, &path).await.expect(200);
        let message = &opened["messages"][0];
        assert_eq!(&message["moderation"], expected, "{name}, opened");
        let path = format!("/api/sync?cursor={cursor}");
        let missed = world.get(name, &path).await.expect(200);
        let message = &missed["events"][0]["data"]["message"];
        assert_eq!(&message["moderation"], expected, "{name}, caught up");
        assert_eq!(missed["events"].as_array().unwrap().len(), 1);

        let resume = command("session.resume", "r1", &json!({ "cursor": cursor }));
        let mut late = session(&server, world, name).await;
        tell(&mut late, &resume).await;
        event(&mut late, "ack").await;
        let frame = event(&mut late, "message.new").await;
        let message = &frame["data"]["message"];
        assert_eq!(&message["moderation"], expected, "{name}, resumed");
        let data = json!({ "thread_id": thread_id, "after_seq": 0 });
        tell(&mut late, &command("thread.subscribe", "r2", &data)).await;
        event(&mut late, "ack").await;
        let frame = event(&mut late, "message.new").await;
        let message = &frame["data"]["message"];
        assert_eq!(&message["moderation"], expected, "{name}, subscribed");
    }

    // A reaction shows the message again, to each as before; its ack stands for the event.
    let data = json!({ "message_id": sent["id"], "emoji": "👀" });
    tell(&mut live[2], &command("message.react", "r3", &data)).await;
    let ack = event(&mut live[2], "ack").await;
    assert_eq!(ack["data"]["message"]["moderation"], verdict);
    let frame = event(&mut live[1], "message.reacted").await;
    assert_eq!(frame["data"]["message"]["moderation"], Value::Null);

    // The sender's own ack shows it.
    let data =
        json!({ "thread_id": thread_id, "client_id": "2", "content": words_of("[flag] again") });
    tell(&mut live[0], &command("message.send", "r4", &data)).await;
    event(&mut live[0], "message.reacted").await;
    let ack = event(&mut live[0], "ack").await;
    let message = &ack["data"]["message"];
    assert_eq!(message["moderation"]["action"], "flag");
    server.stop().await;
}

#[tokio::test]
async fn a_token_of_another_role_changes_what_a_session_sees() {
    let system = Moderated::of_mode(ModerationMode::Flag);
    let world = &system.world;
    let thread_id = world.thread("ann", "cleo").await;
    let server = Running::new(world).await;
    let mut cleo = session(&server, world, "cleo").await;
    system.say(&thread_id, "1", "[flag]").await.expect(201);
    let frame = event(&mut cleo, "message.new").await;
    assert_eq!(frame["data"]["message"]["moderation"], Value::Null);
    let token = world.token_of("cleo", messaging_core::caller::Role::Admin);
    let renew = command("session.authenticate", "r1", &json!({ "token": token }));
    tell(&mut cleo, &renew).await;
    event(&mut cleo, "ack").await;
    system.say(&thread_id, "2", "[flag]").await.expect(201);
    let frame = event(&mut cleo, "message.new").await;
    let moderation = &frame["data"]["message"]["moderation"];
    assert_eq!(moderation["action"], "flag");
    server.stop().await;
}

#[tokio::test]
async fn an_edit_is_judged_and_a_deletion_forgets() {
    let system = Moderated::of_mode(ModerationMode::Enforce);
    let world = &system.world;
    let thread_id = world.thread("ann", "cleo").await;
    let sent = system.say(&thread_id, "1", "[warn]").await.expect(201);
    let path = format!("/api/messages/{}", text(&sent["id"]));
    let edit = async |words: &str| {
        let wish = json!({ "content": words_of(words) });
        world.put("ann", &path, wish).await
    };
    let refused = edit("[block]").await;
    refused.expect_problem(422, "message_rejected");
    assert_eq!(refused.body["flags"][0]["flag"], "doxxing");
    let [message] = &system.history("ann", &thread_id).await[..] else {
        panic!("one message");
    };
    assert_eq!(*message, sent);
    let flagged = edit("[flag]").await.expect(200);
    assert_eq!(flagged["moderation"]["action"], "flag");
    assert_eq!(system.flagged().await.len(), 1);
    let clean = edit("clean").await.expect(200);
    assert_eq!(clean["moderation"], Value::Null);
    edit("[flag] again").await.expect(200);
    world.delete("ann", &path).await.expect(204);
    let gone = &system.history("ann", &thread_id).await[0];
    assert_eq!(gone["moderation"], Value::Null);
    assert_eq!(system.flagged().await.len(), 2);
}

#[tokio::test]
async fn the_same_client_id_is_answered_however_it_is_judged_now() {
    let system = Moderated::new(
        ModerationMode::Enforce,
        WhenUnavailable::Refuse,
        QuotaMode::Off,
    );
    let thread_id = system.world.thread("ann", "cleo").await;
    let first = system.say(&thread_id, "1", "[flag]").await.expect(201);
    let again = system.say(&thread_id, "1", "[flag]").await.expect(200);
    assert_eq!(again, first);
    assert_eq!(system.flagged().await.len(), 1);
    system.moderator.set_available(false);
    let again = system.say(&thread_id, "1", "[flag]").await.expect(200);
    assert_eq!(again, first);
    system.moderator.set_available(true);
    let other = system.say(&thread_id, "1", "[block]").await;
    other.expect_problem(409, "conflict");
}

#[tokio::test]
async fn what_a_sender_attests_is_flagged() {
    let system = Moderated::of_mode(ModerationMode::Enforce);
    let thread_id = system.world.thread("ann", "cleo").await;
    let content = |flags: Value| {
        json!({
            "type": "encrypted", "scheme": "mls", "ciphertext": "QUJD",
            "attestation": { "model": "guard@3", "flags": flags },
        })
    };
    let scam = content(json!(["scam"]));
    let sent = system.post("ann", &thread_id, "1", scam.clone()).await;
    let sent = sent.expect(201);
    assert_eq!(sent["content"], scam);
    let flags = json!([{ "flag": "scam", "score": 1.0, "severity": "high" }]);
    let moderation = json!({ "action": "flag", "flags": flags });
    assert_eq!(sent["moderation"], moderation);
    let told = system.flagged().await;
    assert_eq!(told[0]["data"]["model"], "attested:guard@3");
    assert_eq!(told[0]["data"]["flags"], flags);
    let shown = &system.history("cleo", &thread_id).await[0];
    assert_eq!(shown["moderation"], Value::Null);
    assert_eq!(shown["content"], scam);
    let clean = system
        .post("ann", &thread_id, "2", content(json!([])))
        .await;
    assert_eq!(clean.expect(201)["moderation"], Value::Null);
    for flags in [json!(["x".repeat(65)]), json!([""]), json!(vec!["x"; 65])] {
        let answer = system.post("ann", &thread_id, "3", content(flags)).await;
        let fields = answer.expect_problem(400, "invalid_request");
        assert_eq!(fields, ["content.attestation.flags"]);
    }
}

#[tokio::test]
async fn while_nobody_judges_messages_are_delivered_or_refused() {
    let system = Moderated::of_mode(ModerationMode::Enforce);
    let thread_id = system.world.thread("ann", "cleo").await;
    system.moderator.set_available(false);
    let sent = system.say(&thread_id, "1", "[block]").await.expect(201);
    assert_eq!(sent["moderation"], Value::Null);

    let system = Moderated::new(
        ModerationMode::Flag,
        WhenUnavailable::Refuse,
        QuotaMode::Off,
    );
    let thread_id = system.world.thread("ann", "cleo").await;
    system.moderator.set_available(false);
    let refused = system.say(&thread_id, "1", "hello").await;
    refused.expect_problem(503, "moderation_unavailable");
    assert_eq!(refused.header("retry-after"), "1");
    assert!(system.history("ann", &thread_id).await.is_empty());
    system.moderator.set_available(true);
    system.say(&thread_id, "1", "hello").await.expect(201);
}
