//! `/api/blocks`, and what bans and deactivations do to REST.

use serde_json::{Value, json};

use crate::support::{Database, Person, Server, open, say, shape, text};

on_each_database! {
    a_block_stops_direct_messages_both_ways,
    a_block_stops_new_threads_but_not_groups,
    blocks_are_listed_page_by_page,
    nobody_blocks_themselves,
    a_banned_user_reads_but_neither_sends_nor_is_reached,
}

async fn a_block_stops_direct_messages_both_ways(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    say(&ann, &thread, "before").await;
    for _ in 0..2 {
        bob.set("/api/blocks/ann").await.expect_no_content();
    }
    let answer = send(&ann, &thread, "from the blocked").await;
    answer.expect_problem(403, "recipient_unavailable");
    send(&bob, &thread, "from the blocker")
        .await
        .expect_problem(403, "forbidden");
    let retry =
        json!({ "thread_id": thread, "client_id": "ann/before", "content": text("before") });
    ann.post("/api/messages", retry).await.expect(200);
    let shown = ann.get(&format!("/api/threads/{thread}")).await.expect(200);
    assert_eq!(shown["thread"]["last_seq"], 1, "history stays to be read");

    for _ in 0..2 {
        bob.delete("/api/blocks/ann").await.expect_no_content();
    }
    assert_eq!(send(&ann, &thread, "again").await.expect(201)["seq"], 2);
}

async fn a_block_stops_new_threads_but_not_groups(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob, eve) = (
        server.client("ann"),
        server.creator("bob"),
        server.creator("eve"),
    );
    let group = open(&eve, &[&ann, &bob]).await;
    bob.set("/api/blocks/ann").await.expect_no_content();
    let refused = ann
        .post("/api/threads", json!({ "participants": ["bob"] }))
        .await;
    refused.expect_problem(403, "recipient_unavailable");
    send(&ann, &group, "to all").await.expect(201);
}

async fn blocks_are_listed_page_by_page(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    for id in ["c:3", "a.1", "b@2"] {
        ann.set(&format!("/api/blocks/{id}"))
            .await
            .expect_no_content();
    }
    let page = ann.get("/api/blocks?limit=2").await.expect(200);
    assert!(page["next_cursor"].is_string());
    let blocks = ann.all("/api/blocks?limit=2").await;
    let mut ids: Vec<_> = blocks
        .iter()
        .map(|block| block["user_id"].as_str().unwrap())
        .collect();
    assert!(
        blocks
            .iter()
            .all(|block| shape::is_time(&block["created_at"]))
    );
    ids.sort_unstable();
    assert_eq!(ids, ["a.1", "b@2", "c:3"]);
    assert_eq!(
        server.creator("bob").all("/api/blocks").await,
        [Value::Null; 0]
    );
}

async fn nobody_blocks_themselves(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    ann.set("/api/blocks/ann")
        .await
        .expect_problem(400, "invalid_request");
    for id in ["a%20b", &"x".repeat(65)] {
        let answer = ann.set(&format!("/api/blocks/{id}")).await;
        answer.expect_problem(400, "invalid_request");
    }
}

async fn a_banned_user_reads_but_neither_sends_nor_is_reached(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let message = say(&ann, &thread, "before").await;
    let path = format!("/api/messages/{}", message["id"].as_str().unwrap());
    server
        .command(&["user", "ban", "ann", "--reason", "spam"])
        .await;

    send(&ann, &thread, "banned")
        .await
        .expect_problem(403, "user_disabled");
    send(&bob, &thread, "to the banned")
        .await
        .expect_problem(403, "recipient_unavailable");
    let edit = ann.put(&path, json!({ "content": text("edited") })).await;
    edit.expect_problem(403, "user_disabled");
    ann.set(&format!("{path}/reactions/x"))
        .await
        .expect_problem(403, "user_disabled");
    let opened = ann
        .post("/api/threads", json!({ "participants": ["eve"] }))
        .await;
    opened.expect_problem(403, "user_disabled");
    let eve = server.creator("eve");
    let to_ann = eve
        .post("/api/threads", json!({ "participants": ["ann"] }))
        .await;
    to_ann.expect_problem(403, "recipient_unavailable");
    assert_eq!(
        bob.all(&format!("/api/messages?thread_id={thread}"))
            .await
            .len(),
        1
    );

    server.command(&["user", "unban", "ann"]).await;
    send(&ann, &thread, "unbanned").await.expect(201);
}

async fn send(person: &Person, thread: &str, words: &str) -> crate::support::Answer {
    let client_id = words.replace(' ', "-");
    let wish = json!({ "thread_id": thread, "client_id": client_id, "content": text(words) });
    person.post("/api/messages", wish).await
}
