//! `/api/messages/:id`: editing, deleting and reacting.

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde_json::{Value, json};

use crate::support::{Database, SOON, id, pair, pair_with, say, shape, text, until};

on_each_database! {
    an_author_edits_within_the_window,
    the_edit_window_ends,
    a_deleted_message_leaves_a_tombstone,
    reactions_come_and_go,
}

async fn an_author_edits_within_the_window(database: Database) {
    let pair = pair(database).await;
    let message = say(&pair.ann, &pair.thread, "frist").await;
    let path = format!("/api/messages/{}", id(&message));
    let edit = json!({ "content": text("first") });
    let edited = pair.ann.put(&path, edit.clone()).await.expect(200);
    shape::assert_message(&edited);
    assert!(shape::is_time(&edited["edited_at"]));
    assert_eq!(edited["content"], text("first"));
    for field in ["id", "seq", "created_at", "client_id"] {
        assert_eq!(edited[field], message[field], "{field}");
    }
    let seen = pair.page("").await["items"][0].take();
    assert_eq!(seen["content"], text("first"));
    let shown = pair
        .bob
        .get(&format!("/api/threads/{}", pair.thread))
        .await
        .expect(200);
    assert_eq!(
        shown["thread"]["last_message"]["text"], "first",
        "the preview follows"
    );

    pair.bob
        .put(&path, edit.clone())
        .await
        .expect_problem(403, "forbidden");
    let root = pair.server.admin("root");
    assert!(
        root.put(&path, edit).await.status.is_client_error(),
        "only the author edits"
    );
    let empty = pair.ann.put(&path, json!({ "content": text("") })).await;
    let problem = empty.expect_problem(400, "invalid_request");
    assert_eq!(shape::fields_at_fault(&problem), ["content.text"]);
}

async fn the_edit_window_ends(database: Database) {
    let pair = pair_with(database, &[("MESSAGING_EDIT_WINDOW", "1ms")]).await;
    let message = say(&pair.ann, &pair.thread, "settled").await;
    // The server's own clock tells when the window is over.
    let mut number = 0;
    until(SOON, "a message after the window", async || {
        number += 1;
        let later = say(&pair.ann, &pair.thread, &format!("later {number}")).await;
        let passed = sent_at(&later) - sent_at(&message);
        (passed > TimeDelta::milliseconds(1)).then_some(())
    })
    .await;
    let path = format!("/api/messages/{}", id(&message));
    let late = pair
        .ann
        .put(&path, json!({ "content": text("changed") }))
        .await;
    late.expect_problem(403, "forbidden");
    assert_eq!(pair.page("").await["items"][0]["content"], text("settled"));
    pair.ann.delete(&path).await.expect_no_content();
}

fn sent_at(message: &Value) -> DateTime<FixedOffset> {
    let text = message["created_at"].as_str().unwrap();
    DateTime::parse_from_rfc3339(text).unwrap()
}

async fn a_deleted_message_leaves_a_tombstone(database: Database) {
    let pair = pair(database).await;
    let message = say(&pair.ann, &pair.thread, "a secret word").await;
    let path = format!("/api/messages/{}", id(&message));
    pair.bob
        .set(&format!("{path}/reactions/x"))
        .await
        .expect_no_content();
    pair.bob
        .delete(&path)
        .await
        .expect_problem(403, "forbidden");
    pair.ann.delete(&path).await.expect_no_content();
    pair.ann.delete(&path).await.expect_no_content();

    let tombstone = pair.page("").await["items"][0].take();
    shape::assert_message(&tombstone);
    assert_eq!(tombstone["content"], Value::Null);
    assert_eq!(tombstone["seq"], 1);
    assert_eq!(tombstone["reactions"], json!({}));
    assert!(shape::is_time(&tombstone["deleted_at"]));
    let shown = pair
        .bob
        .get(&format!("/api/threads/{}", pair.thread))
        .await
        .expect(200);
    assert!(!shown.to_string().contains("secret"), "{shown}");
    let edit = pair
        .ann
        .put(&path, json!({ "content": text("back") }))
        .await;
    edit.expect_problem(403, "forbidden");
    pair.bob
        .set(&format!("{path}/reactions/x"))
        .await
        .expect_problem(403, "forbidden");

    let of_bob = say(&pair.bob, &pair.thread, "spam").await;
    let path = format!("/api/messages/{}", id(&of_bob));
    pair.server
        .admin("root")
        .delete(&path)
        .await
        .expect_no_content();
    assert_eq!(pair.page("").await["items"][1]["content"], Value::Null);
}

async fn reactions_come_and_go(database: Database) {
    let pair = pair(database).await;
    let message = say(&pair.ann, &pair.thread, "react to me").await;
    let path = |emoji| format!("/api/messages/{}/reactions/{emoji}", id(&message));
    let thumb = "%F0%9F%91%8D";
    for person in [&pair.bob, &pair.ann, &pair.bob] {
        person.set(&path(thumb)).await.expect_no_content();
    }
    pair.bob.set(&path(":party:")).await.expect_no_content();
    let reactions = pair.page("").await["items"][0]["reactions"].take();
    assert_eq!(
        reactions,
        json!({ "\u{1F44D}": ["bob", "ann"], ":party:": ["bob"] })
    );

    for _ in 0..2 {
        pair.bob.delete(&path(thumb)).await.expect_no_content();
    }
    pair.bob.delete(&path(":party:")).await.expect_no_content();
    let reactions = pair.page("").await["items"][0]["reactions"].take();
    assert_eq!(reactions, json!({ "\u{1F44D}": ["ann"] }));
    for bad in ["%20", "a%0Ab", &"x".repeat(65), "%FF"] {
        let answer = pair.bob.set(&path(bad)).await;
        answer.expect_problem(400, "invalid_request");
    }
}
