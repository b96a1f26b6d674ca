//! `/api/sync` and `/health`

use serde_json::json;

use crate::support::{World, text};

#[tokio::test]
async fn sync_goes_on_from_a_cursor() {
    let world = World::new();
    let start = world.get("cleo", "/api/sync").await.expect(200);
    assert_eq!(start["events"], json!([]));
    assert_eq!(start["more"], false);
    let thread_id = world.thread("ann", "cleo").await;
    world.say("ann", &thread_id, "hello").await;
    world.say("ann", &thread_id, "again").await;
    let next = format!("/api/sync?limit=2&cursor={}", text(&start["cursor"]));
    let page = world.get("cleo", &next).await.expect(200);
    let events = page["events"].as_array().unwrap();
    let kinds: Vec<_> = events.iter().map(|event| text(&event["type"])).collect();
    assert_eq!(kinds, ["thread.created", "message.new"]);
    assert_eq!(events[1]["data"]["message"]["content"]["text"], "hello");
    assert!(events[1]["cursor"].is_string());
    assert_eq!(page["more"], true);
    let next = format!("/api/sync?cursor={}", text(&page["cursor"]));
    let page = world.get("cleo", &next).await.expect(200);
    assert_eq!(page["events"].as_array().unwrap().len(), 1);
    assert_eq!(page["more"], false);
}

#[tokio::test]
async fn a_cursor_that_was_tampered_with_or_is_of_another_list_is_refused() {
    let world = World::new();
    let start = world.get("ann", "/api/sync").await.expect(200);
    let cursor = text(&start["cursor"]);
    for bad in ["x", &cursor[1..], &format!("{cursor}A")] {
        let answer = world.get("ann", &format!("/api/sync?cursor={bad}")).await;
        answer.expect_problem(400, "invalid_cursor");
    }
    let answer = world
        .get("ann", &format!("/api/threads?cursor={cursor}"))
        .await;
    answer.expect_problem(400, "invalid_cursor");
}

#[tokio::test]
async fn health_tells_the_process_from_its_storage() {
    let world = World::new();
    for path in ["/health/live", "/health/ready"] {
        let answer = world.ask_as_nobody("GET", path).send().await;
        assert_eq!(answer.expect(200)["status"], "ok");
    }
    world.messaging.shutdown().await;
    world
        .ask_as_nobody("GET", "/health/live")
        .send()
        .await
        .expect(200);
    let ready = world.ask_as_nobody("GET", "/health/ready").send().await;
    ready.expect_problem(503, "unavailable");
    assert_eq!(ready.header("retry-after"), "1");
    let list = world.get("ann", "/api/threads").await;
    list.expect_problem(503, "unavailable");
    assert_eq!(list.header("retry-after"), "1");
    assert!(!list.body.to_string().contains("closed"), "{}", list.body);
}
