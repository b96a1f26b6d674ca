//! `/api/threads`

use serde_json::{Value, json};

use crate::support::{World, text};

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| text(&item["id"])).collect()
}

#[tokio::test]
async fn a_pair_has_one_thread_whoever_opens_it() {
    let world = World::new();
    let wish = json!({ "participants": ["cleo"], "title": "hello", "metadata": { "order": 7 } });
    let first = world.post("ann", "/api/threads", wish).await.expect(201);
    let thread = &first;
    assert_eq!(thread["kind"], "direct");
    assert_eq!(thread["title"], "hello");
    assert_eq!(thread["metadata"]["order"], 7);
    assert_eq!(thread["last_message"], Value::Null);
    assert_eq!(thread["participants"][1]["user_id"], "cleo");
    assert_eq!(thread["participants"][1]["role"], "creator");
    let wish = json!({ "participants": [{ "user_id": "ann", "role": "client" }] });
    let again = world.post("cleo", "/api/threads", wish).await.expect(200);
    assert_eq!(again["id"], thread["id"]);
}

#[tokio::test]
async fn a_thread_can_begin_with_a_message() {
    let world = World::new();
    let wish = json!({
        "participants": ["cleo"],
        "message": { "client_id": "1", "content": { "type": "text", "text": "hi" } },
    });
    let opened = world.post("ann", "/api/threads", wish).await.expect(201);
    assert_eq!(opened["last_seq"], 1);
    let path = format!("/api/threads/{}", text(&opened["id"]));
    let shown = world.get("cleo", &path).await.expect(200);
    assert_eq!(shown["thread"]["unread_count"], 1);
    assert_eq!(shown["messages"][0]["content"]["text"], "hi");
    assert!(shown["messages"][0].get("client_id").is_none());
}

#[tokio::test]
async fn a_thread_shows_its_newest_fifty_messages_in_order() {
    let world = World::new();
    let id = world.thread("ann", "cleo").await;
    for number in 1..=55 {
        world.say("ann", &id, &number.to_string()).await;
    }
    let shown = world
        .get("ann", &format!("/api/threads/{id}"))
        .await
        .expect(200);
    let messages = shown["messages"].as_array().unwrap();
    let seqs: Vec<_> = messages
        .iter()
        .map(|m| m["seq"].as_i64().unwrap())
        .collect();
    assert_eq!(seqs, (6..=55).collect::<Vec<_>>());
    assert_eq!(messages[0]["client_id"], "6");
}

#[tokio::test]
async fn threads_are_listed_by_activity_in_pages_and_by_filters() {
    let world = World::new();
    let mut threads = Vec::new();
    for other in ["c1", "c2", "c3"] {
        threads.push(world.thread("ann", other).await);
    }
    let [one, two, three] = threads.try_into().unwrap();
    world.say("c1", &one, "news").await;
    let pinned = json!({ "pinned": true });
    world
        .put("ann", &format!("/api/threads/{two}"), pinned)
        .await
        .expect(200);
    let order = [two.clone(), one.clone(), three.clone()];
    let all = world.get("ann", "/api/threads").await.expect(200);
    assert_eq!(ids(&all), order);
    assert_eq!(all["next_cursor"], Value::Null);

    let mut paged = Vec::new();
    let mut path = "/api/threads?limit=2".to_owned();
    loop {
        let page = world.get("ann", &path).await.expect(200);
        paged.extend(ids(&page));
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/api/threads?limit=2&cursor={cursor}");
    }
    assert_eq!(paged, order);

    let unread = world
        .get("ann", "/api/threads?unread=true")
        .await
        .expect(200);
    assert_eq!(ids(&unread), [one.as_str()]);
    world
        .delete("ann", &format!("/api/threads/{three}"))
        .await
        .expect(204);
    let inbox = world
        .get("ann", "/api/threads?archived=false")
        .await
        .expect(200);
    assert_eq!(ids(&inbox), [two.as_str(), one.as_str()]);
    let away = world
        .get("ann", "/api/threads?archived=true")
        .await
        .expect(200);
    assert_eq!(ids(&away), [three.as_str()]);
    let all = world
        .get("ann", "/api/threads?archived=all")
        .await
        .expect(200);
    assert_eq!(ids(&all).len(), 3);
}

#[tokio::test]
async fn every_wrong_value_of_a_query_is_named() {
    let world = World::new();
    for (query, fields) in [
        ("limit=0", vec!["limit"]),
        ("limit=201", vec!["limit"]),
        ("limit=x", vec!["limit"]),
        ("archived=maybe", vec!["archived"]),
        ("tag=x", vec!["tag"]),
        ("unread=2&limit=-1&tag=", vec!["tag", "unread", "limit"]),
    ] {
        let answer = world.get("ann", &format!("/api/threads?{query}")).await;
        assert_eq!(
            answer.expect_problem(400, "invalid_request"),
            fields,
            "{query}"
        );
    }
    let answer = world.get("ann", "/api/threads?cursor=x").await;
    answer.expect_problem(400, "invalid_cursor");
}

#[tokio::test]
async fn null_clears_a_title_and_an_absent_one_stays() {
    let world = World::new();
    let path = format!("/api/threads/{}", world.thread("ann", "cleo").await);
    let put = |body| world.put("ann", &path, body);
    let titled = put(json!({ "title": "us", "metadata": { "a": 1 } }))
        .await
        .expect(200);
    assert_eq!(titled["title"], "us");
    let muted = put(json!({ "muted": true, "archived": null }))
        .await
        .expect(200);
    assert_eq!(muted["title"], "us");
    assert_eq!(muted["muted"], true);
    let cleared = put(json!({ "title": null, "metadata": null }))
        .await
        .expect(200);
    assert_eq!(cleared["title"], Value::Null);
    assert_eq!(cleared["metadata"], json!({}));
    put(json!({})).await.expect_problem(400, "invalid_request");
}

#[tokio::test]
async fn another_persons_thread_does_not_exist() {
    let world = World::new();
    let id = world.thread("ann", "cleo").await;
    let path = format!("/api/threads/{id}");
    let member = format!("{path}/participants/eve");
    world
        .get("eve", &path)
        .await
        .expect_problem(404, "not_found");
    let rename = world.put("eve", &path, json!({ "title": "x" })).await;
    rename.expect_problem(404, "not_found");
    world
        .delete("eve", &path)
        .await
        .expect_problem(404, "not_found");
    world
        .put("eve", &member, json!({}))
        .await
        .expect_problem(404, "not_found");
    world
        .delete("eve", &member)
        .await
        .expect_problem(404, "not_found");
    let messages = format!("/api/messages?thread_id={id}");
    world
        .get("eve", &messages)
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test]
async fn a_groups_opener_decides_who_takes_part() {
    let world = World::new();
    let wish = json!({ "participants": ["bob", "cleo"], "kind": "group" });
    let group = world.post("ann", "/api/threads", wish).await.expect(201);
    let path = format!("/api/threads/{}", text(&group["id"]));
    let member = |name: &str| format!("{path}/participants/{name}");
    let role = json!({ "role": "creator" });
    world
        .put("ann", &member("dan%40home"), role)
        .await
        .expect(204);
    world
        .ask("ann", "PUT", &member("eve"))
        .send()
        .await
        .expect(204);
    let shown = world.get("dan@home", &path).await.expect(200);
    let participants = shown["thread"]["participants"].as_array().unwrap();
    let roles: Vec<_> = participants
        .iter()
        .map(|p| (text(&p["user_id"]), text(&p["role"])))
        .collect();
    assert!(roles.contains(&("dan@home".to_owned(), "creator".to_owned())));
    assert!(roles.contains(&("eve".to_owned(), "client".to_owned())));
    let refused = world.put("bob", &member("zoe"), json!({})).await;
    refused.expect_problem(403, "forbidden");
    world.delete("bob", &member("bob")).await.expect(204);
    world
        .get("bob", &path)
        .await
        .expect_problem(404, "not_found");
    let bad = world.put("ann", &member("no%20body"), json!({})).await;
    assert_eq!(bad.expect_problem(400, "invalid_request"), ["user_id"]);
}

#[tokio::test]
async fn wrong_values_of_a_new_thread_are_named() {
    let world = World::new();
    for (wish, field) in [
        (json!({}), "participants"),
        (json!({ "participants": [] }), "participants"),
        (json!({ "participants": "cleo" }), "participants"),
        (json!({ "participants": [7] }), "participants[0]"),
        (json!({ "participants": ["c l"] }), "participants[0]"),
        (
            json!({ "participants": [{ "role": "creator" }] }),
            "participants[0].user_id",
        ),
        (
            json!({ "participants": [{ "user_id": "c", "role": "x" }] }),
            "participants[0].role",
        ),
        (json!({ "participants": ["cleo"], "kind": "party" }), "kind"),
        (
            json!({ "participants": ["cleo"], "metadata": [] }),
            "metadata",
        ),
        (
            json!({ "participants": ["cleo"], "message": {} }),
            "message.client_id",
        ),
        (json!([["cleo"]]), "body"),
    ] {
        let answer = world.post("ann", "/api/threads", wish.clone()).await;
        assert_eq!(
            answer.expect_problem(400, "invalid_request"),
            [field],
            "{wish}"
        );
    }
}

#[tokio::test]
async fn an_id_that_is_none_is_named() {
    let world = World::new();
    for (method, path) in [
        ("GET", "/api/threads/x"),
        ("DELETE", "/api/threads/x"),
        ("PUT", "/api/threads/%FF"),
        ("PUT", "/api/messages/x"),
        (
            "DELETE",
            "/api/messages/00000000-0000-0000-0000-00000000000g",
        ),
        ("PUT", "/api/messages/x/reactions/y"),
        ("PUT", "/api/tags/x/apply"),
        ("DELETE", "/api/tags/x"),
    ] {
        let answer = world.ask("ann", method, path).json(&json!({})).await;
        assert_eq!(
            answer.expect_problem(400, "invalid_request"),
            ["id"],
            "{path}"
        );
    }
}
