//! `/api/sync`: what a client that was away has missed, without a socket.

use serde_json::{Value, json};

use crate::support::{Database, Person, Server, open, say, shape};

on_each_database! {
    without_a_cursor_it_tells_the_present_place,
    what_was_missed_comes_once_in_order,
    a_long_absence_is_read_page_by_page,
    others_conversations_are_not_in_it,
    a_socket_goes_on_where_sync_ended,
    a_cursor_that_was_not_given_is_refused,
}

async fn without_a_cursor_it_tells_the_present_place(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    open(&ann, &[&bob]).await;
    let page = ann.get("/api/sync").await.expect(200);
    assert_eq!(page["events"], json!([]));
    assert_eq!(page["more"], false);
    let next = sync(&ann, &page).await;
    assert_eq!(next["events"], json!([]));
}

async fn what_was_missed_comes_once_in_order(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let start = bob.get("/api/sync").await.expect(200);
    let thread = open(&ann, &[&bob]).await;
    let message = say(&ann, &thread, "one").await;
    let path = format!("/api/messages/{}", message["id"].as_str().unwrap());
    ann.set(&format!("{path}/reactions/x"))
        .await
        .expect_no_content();
    ann.put(&path, json!({ "content": { "type": "text", "text": "1" } }))
        .await
        .expect(200);
    bob.delete(&format!("/api/threads/{thread}"))
        .await
        .expect_no_content();
    ann.delete(&path).await.expect_no_content();

    let page = sync(&bob, &start).await;
    assert_eq!(
        kinds(&page),
        [
            "thread.created",
            "message.new",
            "message.reacted",
            "message.edited",
            "thread.updated",
            "message.deleted",
        ]
    );
    for event in page["events"].as_array().unwrap() {
        assert!(event["cursor"].is_string(), "{event}");
        match event["type"].as_str().unwrap() {
            kind if kind.starts_with("thread") => shape::assert_thread(&event["data"]["thread"]),
            _ => shape::assert_message(&event["data"]["message"]),
        }
    }
    assert_eq!(page["more"], false);
    assert!(
        !page.to_string().contains("\"one\""),
        "an erased word is gone everywhere: {page}"
    );
    assert_eq!(kinds(&sync(&bob, &page).await), [""; 0]);

    let third = &page["events"][2]["cursor"];
    let rest = bob
        .get(&format!("/api/sync?cursor={}", third.as_str().unwrap()))
        .await;
    let rest = rest.expect(200);
    assert_eq!(
        kinds(&rest),
        ["message.edited", "thread.updated", "message.deleted"]
    );
}

async fn a_long_absence_is_read_page_by_page(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut page = bob.get("/api/sync").await.expect(200);
    for n in 1..=11 {
        say(&ann, &thread, &format!("number {n}")).await;
    }
    let mut seqs = Vec::new();
    loop {
        let cursor = page["cursor"].as_str().unwrap();
        page = bob
            .get(&format!("/api/sync?limit=4&cursor={cursor}"))
            .await
            .expect(200);
        let events = page["events"].as_array().unwrap();
        assert!(events.len() <= 4);
        seqs.extend(
            events
                .iter()
                .map(|e| e["data"]["message"]["seq"].as_u64().unwrap()),
        );
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(seqs, (1..=11).collect::<Vec<_>>());
}

async fn others_conversations_are_not_in_it(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob, eve) = (
        server.client("ann"),
        server.creator("bob"),
        server.creator("eve"),
    );
    let start = eve.get("/api/sync").await.expect(200);
    let thread = open(&ann, &[&bob]).await;
    say(&ann, &thread, "between us").await;
    let page = sync(&eve, &start).await;
    assert_eq!(page["events"], json!([]));
    assert_eq!(page["more"], false);
    let own = open(&eve, &[&ann]).await;
    let page = sync(&eve, &page).await;
    assert_eq!(page["events"][0]["data"]["thread"]["id"], own.as_str());
    let opened_by_ann = sync(&ann, &start).await;
    assert_eq!(
        kinds(&opened_by_ann),
        ["thread.created", "message.new", "thread.created"]
    );
}

async fn a_socket_goes_on_where_sync_ended(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let page = bob.get("/api/sync").await.expect(200);
    say(&ann, &thread, "missed").await;
    let mut session = bob.resume(page["cursor"].as_str().unwrap()).await;
    let missed = session.expect("message.new").await;
    let synced = sync(&bob, &page).await;
    assert_eq!(
        missed, synced["events"][0],
        "the frame is the same on both ways"
    );
}

async fn a_cursor_that_was_not_given_is_refused(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    open(&ann, &[&server.creator("bob"), &server.creator("eve")]).await;
    open(&ann, &[&server.creator("bob")]).await;
    let page = ann.get("/api/threads?limit=1").await.expect(200);
    let of_a_list = page["next_cursor"].as_str().unwrap();
    let good = ann.get("/api/sync").await.expect(200)["cursor"].take();
    let cut = &good.as_str().unwrap()[1..];
    for bad in ["x", of_a_list, cut] {
        let answer = ann.get(&format!("/api/sync?cursor={bad}")).await;
        answer.expect_problem(400, "invalid_cursor");
    }
}

async fn sync(person: &Person, page: &Value) -> Value {
    let cursor = page["cursor"].as_str().unwrap();
    person
        .get(&format!("/api/sync?cursor={cursor}"))
        .await
        .expect(200)
}

fn kinds(page: &Value) -> Vec<&str> {
    let events = page["events"].as_array().unwrap().iter();
    events
        .map(|event| event["type"].as_str().unwrap())
        .collect()
}
