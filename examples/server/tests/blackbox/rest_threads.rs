//! `/api/threads`: opening, showing and changing threads.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Database, Server, id, open, say, shape, text};

on_each_database! {
    a_direct_thread_has_the_documented_shape,
    a_pair_has_one_thread_whoever_asks,
    twenty_requests_at_once_open_one_thread,
    a_first_message_comes_with_the_thread,
    a_thread_is_shown_with_its_newest_fifty_messages,
    a_thread_is_changed_for_all_and_for_oneself,
    a_wish_that_cannot_be_taken_names_its_fields,
}

async fn a_direct_thread_has_the_documented_shape(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let wish = json!({
        "participants": ["bob"],
        "title": "About the lamp",
        "metadata": { "order": 7, "nested": { "deep": [1, 2] } },
        "a_field_nobody_knows": true,
    });
    let thread = ann.post("/api/threads", wish).await.expect(201);
    shape::assert_thread(&thread);
    assert_eq!(thread["kind"], "direct");
    assert_eq!(thread["title"], "About the lamp");
    assert_eq!(
        thread["metadata"],
        json!({ "order": 7, "nested": { "deep": [1, 2] } })
    );
    assert_eq!(thread["last_seq"], 0);
    assert_eq!(thread["last_message"], Value::Null);
    assert_eq!(thread["unread_count"], 0);
    assert_eq!(thread["tags"], json!([]));
    for flag in ["archived", "muted", "pinned"] {
        assert_eq!(thread[flag], false, "{flag}");
    }
    assert_eq!(roles(&thread), [("ann", "client"), ("bob", "creator")]);

    let path = format!("/api/threads/{}", id(&thread));
    let shown = bob.get(&path).await.expect(200);
    shape::assert_thread(&shown["thread"]);
    assert_eq!(shown["thread"]["id"], thread["id"]);
    assert_eq!(shown["messages"], json!([]));
}

async fn a_pair_has_one_thread_whoever_asks(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let first = ann
        .post("/api/threads", json!({ "participants": ["bob"] }))
        .await
        .expect(201);
    let again = ann
        .post(
            "/api/threads",
            json!({ "participants": ["bob"], "kind": "direct" }),
        )
        .await;
    assert_eq!(again.expect(200)["id"], first["id"]);
    let other = json!({ "participants": [{ "user_id": "ann", "role": "client" }] });
    let from_bob = bob.post("/api/threads", other).await;
    assert_eq!(from_bob.expect(200)["id"], first["id"]);
    assert_eq!(ann.all("/api/threads").await.len(), 1);
    assert_eq!(bob.all("/api/threads").await.len(), 1);
}

async fn twenty_requests_at_once_open_one_thread(database: Database) {
    let server = Server::start(database).await;
    let mut asked = JoinSet::new();
    for n in 0..20 {
        let (ann, bob) = (server.client("ann"), server.creator("bob"));
        let (who, other) = if n % 2 == 0 {
            (ann, "bob")
        } else {
            (bob, "ann")
        };
        asked.spawn(async move {
            who.post("/api/threads", json!({ "participants": [other] }))
                .await
        });
    }
    let answers = asked.join_all().await;
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(created, 1, "one request opens it, the others find it");
    let first = answers[0].expect(answers[0].status.as_u16());
    for answer in &answers {
        assert_eq!(answer.expect(answer.status.as_u16())["id"], first["id"]);
    }
    assert_eq!(server.client("ann").all("/api/threads").await.len(), 1);
}

async fn a_first_message_comes_with_the_thread(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let wish = json!({
        "participants": ["bob"],
        "message": { "client_id": "first", "content": text("Good day") },
    });
    let thread = ann.post("/api/threads", wish.clone()).await.expect(201);
    assert_eq!(thread["last_seq"], 1);
    assert_eq!(thread["last_message"]["text"], "Good day");
    assert_eq!(thread["last_message"]["type"], "text");
    assert_eq!(thread["last_message"]["sender_id"], "ann");

    let again = ann.post("/api/threads", wish).await.expect(200);
    assert_eq!(again["last_seq"], 1, "a repeated wish sends nothing twice");
    let seen = bob
        .get(&format!("/api/threads/{}", id(&thread)))
        .await
        .expect(200);
    assert_eq!(seen["thread"]["unread_count"], 1);
    assert_eq!(seen["messages"][0]["content"], text("Good day"));
}

async fn a_thread_is_shown_with_its_newest_fifty_messages(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    for n in 1..=53 {
        say(&ann, &thread, &format!("number {n}")).await;
    }
    let shown = bob.get(&format!("/api/threads/{thread}")).await.expect(200);
    let seqs: Vec<_> = shown["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["seq"])
        .collect();
    assert_eq!(seqs, (4..=53).collect::<Vec<u64>>());
    shown["messages"]
        .as_array()
        .unwrap()
        .iter()
        .for_each(shape::assert_message);
    assert_eq!(shown["thread"]["last_seq"], 53);
}

async fn a_thread_is_changed_for_all_and_for_oneself(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let path = format!("/api/threads/{}", open(&ann, &[&bob]).await);
    let wish = json!({
        "title": "Lamps", "metadata": { "a": 1 }, "archived": true, "muted": true, "pinned": true,
    });
    let changed = ann.put(&path, wish).await.expect(200);
    shape::assert_thread(&changed);
    for flag in ["archived", "muted", "pinned"] {
        assert_eq!(changed[flag], true, "{flag}");
    }
    let seen = bob.get(&path).await.expect(200)["thread"].take();
    assert_eq!(seen["title"], "Lamps");
    assert_eq!(seen["metadata"], json!({ "a": 1 }));
    for flag in ["archived", "muted", "pinned"] {
        assert_eq!(seen[flag], false, "{flag} is the other's own");
    }
    let untitled = ann
        .put(&path, json!({ "title": null, "archived": false }))
        .await
        .expect(200);
    assert_eq!(untitled["title"], Value::Null);
    assert_eq!(untitled["archived"], false);
    assert_eq!(untitled["muted"], true, "what is not named stays");
    let empty = ann.put(&path, json!({})).await;
    empty.expect_problem(400, "invalid_request");
}

async fn a_wish_that_cannot_be_taken_names_its_fields(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    let long = "x".repeat(201);
    let heavy = json!({ "filler": "x".repeat(9000) });
    let many: Vec<_> = (0..256).map(|n| format!("user-{n}")).collect();
    let cases = [
        (json!({ "participants": [] }), "participants"),
        (json!({ "participants": many }), "participants"),
        (json!({ "participants": ["ann"] }), "participants[0]"),
        (json!({ "participants": ["bob", "bob"] }), "participants[1]"),
        (
            json!({ "participants": ["bob", "eve"], "kind": "direct" }),
            "kind",
        ),
        (
            json!({ "participants": [{ "user_id": "bob", "role": "service" }] }),
            "participants[0]",
        ),
        (
            json!({ "participants": [{ "user_id": "bob", "role": "client" }] }),
            "participants[0]",
        ),
        (json!({ "participants": ["bob"], "title": "" }), "title"),
        (json!({ "participants": ["bob"], "title": long }), "title"),
        (
            json!({ "participants": ["bob"], "metadata": heavy }),
            "metadata",
        ),
        (
            json!({ "participants": ["bob"], "message": { "client_id": "", "content": text("x") } }),
            "message.client_id",
        ),
        (
            json!({ "participants": ["bob"], "message": { "client_id": "c", "content": text("") } }),
            "message.content.text",
        ),
    ];
    for (wish, field) in cases {
        let problem = ann.post("/api/threads", wish.clone()).await;
        let problem = problem.expect_problem(400, "invalid_request");
        assert_eq!(
            shape::fields_at_fault(&problem),
            [field],
            "{wish} gave {problem}"
        );
    }
    for wish in [
        json!({}),
        json!({ "participants": "bob" }),
        json!({ "participants": ["a b"] }),
        json!({ "participants": [7] }),
        json!({ "participants": ["bob"], "kind": "crowd" }),
        json!({ "participants": ["bob"], "metadata": [] }),
        json!([]),
        json!(null),
    ] {
        let problem = ann.post("/api/threads", wish.clone()).await;
        problem.expect_problem(400, "invalid_request");
    }
    assert_eq!(ann.all("/api/threads?archived=all").await.len(), 0);
}

fn roles(thread: &Value) -> Vec<(&str, &str)> {
    let participants = thread["participants"].as_array().unwrap().iter();
    participants
        .map(|p| (p["user_id"].as_str().unwrap(), p["role"].as_str().unwrap()))
        .collect()
}
