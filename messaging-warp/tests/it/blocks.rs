//! `/api/blocks`

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn a_block_is_set_listed_felt_and_lifted() {
    let world = World::new();
    let thread_id = world.thread("ann", "cleo").await;
    for _ in 0..2 {
        world
            .ask("cleo", "PUT", "/api/blocks/ann")
            .send()
            .await
            .expect(204);
    }
    let page = world.get("cleo", "/api/blocks").await.expect(200);
    assert_eq!(page["items"][0]["user_id"], "ann");
    assert!(page["items"][0]["created_at"].is_string());
    let wish = json!({
        "thread_id": thread_id, "client_id": "1", "content": { "type": "text", "text": "hi" },
    });
    let refused = world.post("ann", "/api/messages", wish.clone()).await;
    refused.expect_problem(403, "recipient_unavailable");
    world.delete("cleo", "/api/blocks/ann").await.expect(204);
    world.post("ann", "/api/messages", wish).await.expect(201);
    let page = world.get("cleo", "/api/blocks").await.expect(200);
    assert_eq!(page["items"], json!([]));
}

#[tokio::test]
async fn nobody_blocks_themselves_or_a_name_that_is_none() {
    let world = World::new();
    for path in ["/api/blocks/ann", "/api/blocks/a%20b", "/api/blocks/%C3%A4"] {
        let answer = world.ask("ann", "PUT", path).send().await;
        assert_eq!(
            answer.expect_problem(400, "invalid_request"),
            ["user_id"],
            "{path}"
        );
    }
}
