//! `POST /api/events`: what the platform tells of its users.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Database, Person, Server, open, request, say, text, wish};

on_each_database! {
    a_ban_that_was_told_ends_sessions_and_sending_and_outlives_a_crash,
    an_event_counts_once_however_often_and_wherever_it_comes,
    what_happened_later_holds_whatever_comes_first,
    an_event_comes_in_binary_mode_too,
    a_batch_is_taken_in_as_a_whole_or_not_at_all,
    what_is_wrong_with_an_event_is_named,
    only_services_tell,
}

fn event(id: &str, kind: &str, time: &str, data: &Value) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/safety", "type": kind,
        "time": time, "data": data,
    })
}

fn ban(id: &str, user: &str) -> Value {
    let data = json!({ "user_id": user, "reason": "fraud" });
    event(id, "safety.user.banned", "2026-01-01T00:00:00Z", &data)
}

/// Posts a body of that type; of none that is told when it is empty.
async fn tell(service: &Person, kind: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
    let token = Some(&*service.token);
    let mut wish = wish(
        service.address,
        Method::POST,
        "/api/events",
        token,
        Some(body),
    );
    wish.headers_mut().remove("content-type");
    if !kind.is_empty() {
        let kind = kind.parse().unwrap();
        wish.headers_mut().insert("content-type", kind);
    }
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        wish.headers_mut().insert(name, value.parse().unwrap());
    }
    request(service.address, wish).await
}

async fn tell_one(service: &Person, event: &Value) -> Value {
    let answer = tell(service, "application/cloudevents+json", event, &[]).await;
    answer.expect(202)["status"].clone()
}

async fn send(person: &Person, thread: &str, words: &str) -> Answer {
    let client_id = words.replace(' ', "-");
    let wish = json!({ "thread_id": thread, "client_id": client_id, "content": text(words) });
    person.post("/api/messages", wish).await
}

async fn a_ban_that_was_told_ends_sessions_and_sending_and_outlives_a_crash(database: Database) {
    let mut server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    say(&ann, &thread, "before").await;
    let mut session = ann.connect().await;
    let safety = server.service("safety");
    let answer = tell(
        &safety,
        "application/cloudevents+json",
        &ban("1", "ann"),
        &[],
    )
    .await;
    let told = json!({ "source": "/safety", "id": "1", "status": "applied" });
    assert_eq!(answer.expect(202), told);
    assert_eq!(session.closed().await, 4403);
    send(&ann, &thread, "banned")
        .await
        .expect_problem(403, "user_disabled");

    server.crash_and_restart().await;
    let (ann, safety) = (server.client("ann"), server.service("safety"));
    send(&ann, &thread, "banned")
        .await
        .expect_problem(403, "user_disabled");
    assert_eq!(tell_one(&safety, &ban("1", "ann")).await, "repeated");
    let data = json!({ "user_id": "ann" });
    let unban = event("2", "safety.user.unbanned", "2026-01-02T00:00:00Z", &data);
    assert_eq!(tell_one(&safety, &unban).await, "applied");
    send(&ann, &thread, "after").await.expect(201);
}

async fn an_event_counts_once_however_often_and_wherever_it_comes(database: Database) {
    let server = Server::start(database).await;
    let safety = server.service("safety");
    let ban = ban("1", "ann");
    let told = futures_util::future::join_all((0..8).map(|_| tell_one(&safety, &ban))).await;
    let count = |status| told.iter().filter(|told| **told == status).count();
    assert_eq!((count("applied"), count("repeated")), (1, 7));
}

async fn what_happened_later_holds_whatever_comes_first(database: Database) {
    let server = Server::start(database).await;
    let safety = server.service("safety");
    let data = json!({ "user_id": "ann" });
    let unban = event("2", "safety.user.unbanned", "2026-01-02T00:00:00Z", &data);
    assert_eq!(
        tell_one(&safety, &unban).await,
        "applied",
        "of a user nobody knows yet"
    );
    assert_eq!(tell_one(&safety, &ban("1", "ann")).await, "outdated");
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    send(&ann, &thread, "not banned").await.expect(201);
    for (id, kind, code) in [
        ("3", "profile.user.deactivated", 403),
        ("4", "profile.user.reactivated", 201),
    ] {
        let event = event(id, kind, "2025-01-01T00:00:00Z", &data);
        assert_eq!(tell_one(&safety, &event).await, "applied", "another topic");
        assert_eq!(send(&ann, &thread, id).await.status, code);
    }
}

async fn an_event_comes_in_binary_mode_too(database: Database) {
    let server = Server::start(database).await;
    let safety = server.service("safety");
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-id", "caf%C3%A9"),
        ("ce-source", "/safety"),
        ("ce-type", "safety.user.banned"),
        ("ce-time", "2026-01-01T00:00:00Z"),
    ];
    let data = json!({ "user_id": "ann", "reason": "fraud" });
    let answer = tell(&safety, "application/json", &data, &headers).await;
    let told = json!({ "source": "/safety", "id": "caf\u{e9}", "status": "applied" });
    assert_eq!(answer.expect(202), told);
    assert_eq!(
        tell_one(&safety, &ban("caf\u{e9}", "ann")).await,
        "repeated"
    );
    let answer = tell(&safety, "", &data, &headers).await;
    assert_eq!(
        answer.expect(202)["status"],
        "repeated",
        "JSON, told or not"
    );
    let named = async |left_out: &str, field: &str| {
        let rest = headers
            .iter()
            .copied()
            .filter(|(name, _)| *name != left_out);
        let rest: Vec<_> = rest.collect();
        let answer = tell(&safety, "application/json", &data, &rest).await;
        let problem = answer.expect_problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["field"], field);
    };
    named("ce-id", "id").await;
    named("ce-source", "source").await;
    named("ce-type", "type").await;
}

async fn a_batch_is_taken_in_as_a_whole_or_not_at_all(database: Database) {
    const BATCH: &str = "application/cloudevents-batch+json";
    let server = Server::start(database).await;
    let safety = server.service("safety");
    let mut wrong = ban("2", "ben");
    wrong["data"]["user_id"] = json!(7);
    let batch = json!([ban("1", "ann"), wrong]);
    let answer = tell(&safety, BATCH, &batch, &[]).await;
    let problem = answer.expect_problem(400, "invalid_request");
    assert_eq!(problem["errors"][0]["field"], "[1].data.user_id");
    let batch = json!([ban("1", "ann"), ban("2", "ben"), ban("1", "ann")]);
    let told = tell(&safety, BATCH, &batch, &[]).await.expect(202);
    let events = told["events"].as_array().unwrap();
    let statuses: Vec<&Value> = events.iter().map(|event| &event["status"]).collect();
    assert_eq!(statuses, ["applied", "applied", "repeated"]);
    let many: Vec<Value> = (0..101)
        .map(|number| ban(&number.to_string(), "ann"))
        .collect();
    for body in [json!(many), json!({}), json!("x")] {
        let answer = tell(&safety, BATCH, &body, &[]).await;
        let problem = answer.expect_problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["field"], "body");
    }
}

async fn what_is_wrong_with_an_event_is_named(database: Database) {
    let server = Server::start(database).await;
    let safety = server.service("safety");
    let with = |pointer: &str, value: Value| {
        let mut event = ban("1", "ann");
        *event.pointer_mut(pointer).unwrap() = value;
        event
    };
    for (event, field) in [
        (json!([]), "body"),
        (json!({}), "specversion"),
        (with("/specversion", json!("0.3")), "specversion"),
        (with("/id", json!("")), "id"),
        (with("/type", json!("safety.user.praised")), "type"),
        (with("/time", json!("yesterday")), "time"),
        (with("/data", json!(null)), "data"),
        (with("/data/user_id", json!("a b")), "data.user_id"),
        (with("/data/reason", json!("x".repeat(501))), "data.reason"),
    ] {
        let answer = tell(&safety, "application/cloudevents+json", &event, &[]).await;
        let problem = answer.expect_problem(400, "invalid_request");
        assert_eq!(problem["errors"][0]["field"], field, "{event}");
    }
    let answer = tell(&safety, "text/plain", &ban("1", "ann"), &[]).await;
    answer.expect_problem(415, "unsupported_media_type");
    assert_eq!(
        tell_one(&safety, &ban("1", "ann")).await,
        "applied",
        "nothing was half done"
    );
}

async fn only_services_tell(database: Database) {
    let server = Server::start(database).await;
    for person in [
        server.client("ann"),
        server.creator("bob"),
        server.admin("root"),
    ] {
        let answer = tell(&person, "application/json", &ban("1", "eve"), &[]).await;
        answer.expect_problem(403, "forbidden");
    }
    let safety = server.service("safety");
    safety
        .get("/api/events")
        .await
        .expect_problem(405, "method_not_allowed");
    assert_eq!(tell_one(&safety, &ban("1", "eve")).await, "applied");
}
