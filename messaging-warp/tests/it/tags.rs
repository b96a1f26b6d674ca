//! `/api/tags`

use serde_json::{Value, json};

use crate::support::{World, text};

#[tokio::test]
async fn a_tag_is_made_applied_changed_and_deleted() {
    let world = World::new();
    let thread_id = world.thread("ann", "cleo").await;
    let wish = json!({ "name": "vip", "color": "#AABBCC" });
    let tag = world.post("ann", "/api/tags", wish).await.expect(201);
    assert_eq!(tag["color"], "#aabbcc");
    assert_eq!(tag["thread_count"], 0);
    let path = format!("/api/tags/{}", text(&tag["id"]));
    let apply = format!("{path}/apply");
    let wish = json!({ "thread_id": thread_id });
    let applied = world.put("ann", &apply, wish).await.expect(200);
    assert_eq!(applied["thread_count"], 1);
    let list = format!("/api/threads?tag={}", text(&tag["id"]));
    let tagged = world.get("ann", &list).await.expect(200);
    assert_eq!(tagged["items"][0]["tags"][0], tag["id"]);
    let wish = json!({ "thread_id": thread_id, "applied": false });
    let lifted = world.put("ann", &apply, wish).await.expect(200);
    assert_eq!(lifted["thread_count"], 0);
    let renamed = world
        .put("ann", &path, json!({ "name": "best" }))
        .await
        .expect(200);
    assert_eq!(renamed["color"], "#aabbcc");
    let plain = world
        .put("ann", &path, json!({ "color": null }))
        .await
        .expect(200);
    assert_eq!(
        (&plain["name"], &plain["color"]),
        (&json!("best"), &Value::Null)
    );
    world.delete("ann", &path).await.expect(204);
    world
        .delete("ann", &path)
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test]
async fn tags_are_listed_in_pages_and_seen_by_their_owner_only() {
    let world = World::new();
    for name in ["one", "two", "three"] {
        world
            .post("ann", "/api/tags", json!({ "name": name }))
            .await
            .expect(201);
    }
    let page = world.get("ann", "/api/tags?limit=2").await.expect(200);
    assert_eq!(page["items"][0]["name"], "one");
    let next = format!("/api/tags?cursor={}", text(&page["next_cursor"]));
    let rest = world.get("ann", &next).await.expect(200);
    assert_eq!(rest["items"][0]["name"], "three");
    world
        .get("bob", &next)
        .await
        .expect_problem(400, "invalid_cursor");
    let none = world.get("bob", "/api/tags").await.expect(200);
    assert_eq!(none["items"], json!([]));
    let path = format!("/api/tags/{}", text(&page["items"][0]["id"]));
    world
        .delete("bob", &path)
        .await
        .expect_problem(404, "not_found");
    let renamed = world.put("bob", &path, json!({ "name": "x" })).await;
    renamed.expect_problem(404, "not_found");
}

#[tokio::test]
async fn wrong_and_taken_values_are_refused() {
    let world = World::new();
    world
        .post("ann", "/api/tags", json!({ "name": "vip" }))
        .await
        .expect(201);
    let taken = world
        .post("ann", "/api/tags", json!({ "name": "vip" }))
        .await;
    taken.expect_problem(409, "conflict");
    let wish = json!({ "name": "", "color": "red" });
    let wrong = world.post("ann", "/api/tags", wish).await;
    assert_eq!(
        wrong.expect_problem(400, "invalid_request"),
        ["name", "color"]
    );
    let tag = world
        .post("ann", "/api/tags", json!({ "name": "x" }))
        .await
        .expect(201);
    let apply = format!("/api/tags/{}/apply", text(&tag["id"]));
    let hidden = world.thread("bob", "cleo").await;
    let wish = json!({ "thread_id": hidden });
    world
        .put("ann", &apply, wish)
        .await
        .expect_problem(404, "not_found");
}
