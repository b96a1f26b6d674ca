//! `/api/messages`

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{World, text};

fn seqs(page: &Value) -> Vec<i64> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| item["seq"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn the_same_client_id_is_the_same_message() {
    let world = World::new();
    let thread_id = world.thread("ann", "cleo").await;
    let first = world.say("ann", &thread_id, "hello").await;
    assert_eq!(first["seq"], 1);
    assert_eq!(first["client_id"], "hello");
    assert_eq!(first["moderation"], Value::Null);
    let mut wish = json!({
        "thread_id": thread_id, "client_id": "hello", "content": { "type": "text", "text": "hello" },
    });
    let again = world
        .post("ann", "/api/messages", wish.clone())
        .await
        .expect(200);
    assert_eq!(again["id"], first["id"]);
    wish["content"]["text"] = json!("other");
    let other = world.post("ann", "/api/messages", wish).await;
    other.expect_problem(409, "conflict");
}

#[tokio::test]
async fn history_is_paged_in_both_directions_in_seq_order() {
    let world = World::new();
    let thread_id = world.thread("ann", "cleo").await;
    for number in 1..=7 {
        world.say("ann", &thread_id, &number.to_string()).await;
    }
    let history = async |query: &str| {
        let path = format!("/api/messages?thread_id={thread_id}&{query}");
        world.get("cleo", &path).await.expect(200)
    };
    let newest = history("limit=3").await;
    assert_eq!(seqs(&newest), [5, 6, 7]);
    assert!(newest["items"][0].get("client_id").is_none());
    let older = history(&format!("limit=3&cursor={}", text(&newest["next_cursor"]))).await;
    assert_eq!(seqs(&older), [2, 3, 4]);
    assert_eq!(seqs(&history("limit=2&before_seq=4").await), [2, 3]);
    let after = history("limit=2&after_seq=4").await;
    assert_eq!(seqs(&after), [5, 6]);
    let last = history(&format!("limit=2&cursor={}", text(&after["next_cursor"]))).await;
    assert_eq!(seqs(&last), [7]);
    assert_eq!(last["next_cursor"], Value::Null);
}

#[tokio::test]
async fn wrong_values_of_a_history_query_are_named() {
    let world = World::new();
    let thread_id = world.thread("ann", "cleo").await;
    for (query, fields) in [
        (String::new(), vec!["thread_id"]),
        ("limit=0".to_owned(), vec!["limit", "thread_id"]),
        ("thread_id=x".to_owned(), vec!["thread_id"]),
        (
            format!("thread_id={thread_id}&before_seq=-1"),
            vec!["before_seq"],
        ),
        (
            format!("thread_id={thread_id}&after_seq=x"),
            vec!["after_seq"],
        ),
        (
            format!("thread_id={thread_id}&after_seq=1&before_seq=2"),
            vec!["before_seq"],
        ),
    ] {
        let answer = world.get("ann", &format!("/api/messages?{query}")).await;
        assert_eq!(
            answer.expect_problem(400, "invalid_request"),
            fields,
            "{query}"
        );
    }
    let path = format!("/api/messages?thread_id={thread_id}&cursor=tampered");
    world
        .get("ann", &path)
        .await
        .expect_problem(400, "invalid_cursor");
}

#[tokio::test]
async fn the_author_edits_within_the_window_and_deletes_at_any_time() {
    let world = World::new();
    let thread_id = world.thread("ann", "cleo").await;
    let message = world.say("ann", &thread_id, "helo").await;
    let path = format!("/api/messages/{}", text(&message["id"]));
    let wish = json!({ "content": { "type": "text", "text": "hello" } });
    let edited = world.put("ann", &path, wish.clone()).await.expect(200);
    assert_eq!(edited["content"]["text"], "hello");
    assert_eq!(edited["client_id"], "helo");
    assert!(edited["edited_at"].is_string());
    let other = world.put("cleo", &path, wish.clone()).await;
    other.expect_problem(403, "forbidden");
    world
        .put("eve", &path, wish.clone())
        .await
        .expect_problem(404, "not_found");
    world.clock.advance(Duration::from_mins(16));
    world
        .put("ann", &path, wish)
        .await
        .expect_problem(403, "forbidden");
    world
        .delete("cleo", &path)
        .await
        .expect_problem(403, "forbidden");
    world
        .delete("eve", &path)
        .await
        .expect_problem(404, "not_found");
    world.delete("ann", &path).await.expect(204);
    let history = format!("/api/messages?thread_id={thread_id}");
    let page = world.get("cleo", &history).await.expect(200);
    assert_eq!(page["items"][0]["content"], Value::Null);
    assert!(page["items"][0]["deleted_at"].is_string());
}

#[tokio::test]
async fn an_admin_deletes_any_message() {
    let world = World::new();
    let thread_id = world.thread("ann", "cleo").await;
    let message = world.say("ann", &thread_id, "spam").await;
    let path = format!("/api/messages/{}", text(&message["id"]));
    world.delete("root", &path).await.expect(204);
}

#[tokio::test]
async fn reactions_are_emoji_in_the_path() {
    let world = World::new();
    let thread_id = world.thread("ann", "cleo").await;
    let message = world.say("ann", &thread_id, "hello").await;
    let id = text(&message["id"]);
    let path = format!("/api/messages/{id}/reactions/%F0%9F%91%8D");
    world.ask("cleo", "PUT", &path).send().await.expect(204);
    world.put("ann", &path, json!({})).await.expect(204);
    let history = format!("/api/messages?thread_id={thread_id}");
    let page = world.get("ann", &history).await.expect(200);
    assert_eq!(
        page["items"][0]["reactions"],
        json!({ "👍": ["cleo", "ann"] })
    );
    world.delete("cleo", &path).await.expect(204);
    let page = world.get("ann", &history).await.expect(200);
    assert_eq!(page["items"][0]["reactions"], json!({ "👍": ["ann"] }));
    for bad in ["%FF", "a%20b", &"x".repeat(65)] {
        let path = format!("/api/messages/{id}/reactions/{bad}");
        let answer = world.ask("ann", "PUT", &path).send().await;
        assert_eq!(
            answer.expect_problem(400, "invalid_request"),
            ["emoji"],
            "{bad}"
        );
    }
    let eve = world.ask("eve", "PUT", &path).send().await;
    eve.expect_problem(404, "not_found");
}

#[tokio::test]
async fn a_reply_names_a_message_of_the_thread() {
    let world = World::new();
    let thread_id = world.thread("ann", "cleo").await;
    let message = world.say("ann", &thread_id, "hello").await;
    let mut wish = json!({
        "thread_id": thread_id, "client_id": "r", "reply_to": message["id"],
        "content": { "type": "text", "text": "hi", "unknown": true },
    });
    let reply = world
        .post("cleo", "/api/messages", wish.clone())
        .await
        .expect(201);
    assert_eq!(reply["reply_to"], message["id"]);
    wish["client_id"] = json!("s");
    wish["reply_to"] = json!("01890a5d-ac96-774b-bcce-b302099a8057");
    let answer = world.post("cleo", "/api/messages", wish).await;
    assert_eq!(answer.expect_problem(400, "invalid_request"), ["reply_to"]);
}

#[tokio::test]
async fn wrong_contents_are_named() {
    let world = World::new();
    let thread_id = world.thread("ann", "cleo").await;
    for (content, field) in [
        (json!({ "type": "text", "text": "" }), "content.text"),
        (
            json!({ "type": "text", "text": "x".repeat(10_001) }),
            "content.text",
        ),
        (json!({ "type": "text" }), "content.text"),
        (json!({ "text": "x" }), "content.type"),
        (json!({ "type": "song" }), "content.type"),
        (json!("x"), "content"),
        (json!({ "type": "system", "event": "x" }), "content.type"),
        (
            json!({ "type": "encrypted", "scheme": "s", "ciphertext": "!" }),
            "content.ciphertext",
        ),
    ] {
        let wish = json!({ "thread_id": thread_id, "client_id": "1", "content": content });
        let answer = world.post("ann", "/api/messages", wish).await;
        let fields = answer.expect_problem(400, "invalid_request");
        assert_eq!(fields, [field], "{content}");
        assert!(
            !answer.body.to_string().contains("struct"),
            "{}",
            answer.body
        );
    }
}
