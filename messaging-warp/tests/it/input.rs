//! Bodies that are not what they should be.

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn bodies_that_are_not_json_are_called_so() {
    let world = World::new();
    let whole = json!({ "name": "vip" }).to_string();
    let deep = format!(
        "{{\"name\":\"x\",\"y\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    for body in [
        b"".as_slice(),
        b"nonsense",
        &whole.as_bytes()[..whole.len() - 1],
        b"{\"name\":\"\xff\"}",
        b"{\"name\":\"\\ud800\"}",
        b"{\"name\":\"x\"}{}",
        "[".repeat(100_000).as_bytes(),
        deep.as_bytes(),
        b"\x1f\x8b\x08\x00",
    ] {
        let ask = world.ask("ann", "POST", "/api/tags");
        let answer = ask
            .header("content-type", "application/json")
            .body(body)
            .await;
        assert_eq!(answer.expect_problem(400, "invalid_request"), ["body"]);
    }
    assert_eq!(
        world.get("ann", "/api/tags").await.expect(200)["items"],
        json!([])
    );
}

#[tokio::test]
async fn a_body_says_that_it_is_json_or_says_nothing() {
    let world = World::new();
    for (number, good) in ["application/json", "Application/JSON; charset=utf-8"]
        .iter()
        .enumerate()
    {
        let body = json!({ "name": number.to_string() }).to_string();
        let ask = world
            .ask("ann", "POST", "/api/tags")
            .header("content-type", good);
        ask.body(body).await.expect(201);
    }
    let silent = world
        .ask("ann", "POST", "/api/tags")
        .body("{\"name\":\"x\"}")
        .await;
    silent.expect(201);
    for bad in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "",
        "application/jsonx",
    ] {
        let ask = world
            .ask("ann", "POST", "/api/tags")
            .header("content-type", bad);
        let answer = ask.body("{\"name\":\"y\"}").await;
        answer.expect_problem(415, "unsupported_media_type");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let world = World::with(|messaging| messaging, |api| api.body_limit(100));
    let body = |len: usize| format!("{{\"name\":\"x\"{}}}", " ".repeat(len - 12));
    let ask = |body: String| world.ask("ann", "POST", "/api/tags").body(body);
    ask(body(100)).await.expect(201);
    ask(body(101))
        .await
        .expect_problem(413, "payload_too_large");
    let claimed = world
        .ask("ann", "POST", "/api/tags")
        .header("content-length", "999999999");
    claimed
        .send()
        .await
        .expect_problem(413, "payload_too_large");
}

#[tokio::test]
async fn the_largest_message_of_escapes_fits() {
    let world = World::new();
    let thread_id = world.thread("ann", "cleo").await;
    let escaped = "\\ud83d\\ude00".repeat(10_000);
    let body = format!(
        r#"{{"thread_id":"{thread_id}","client_id":"1","content":{{"type":"text","text":"{escaped}"}}}}"#
    );
    let answer = world.ask("ann", "POST", "/api/messages").body(body).await;
    let message = answer.expect(201);
    assert_eq!(
        message["content"]["text"].as_str().unwrap().chars().count(),
        10_000
    );
}

#[tokio::test]
async fn who_asks_is_asked_before_the_body_is_looked_at() {
    let world = World::new();
    let nobody = world
        .ask_as_nobody("POST", "/api/tags")
        .body("nonsense")
        .await;
    nobody.expect_problem(401, "unauthenticated");
    assert_eq!(nobody.header("www-authenticate"), "Bearer");
    let nobody = world.ask_as_nobody("DELETE", "/api/threads/x").send().await;
    nobody.expect_problem(401, "unauthenticated");
    for authorization in [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer x",
        "bearer a.b.c",
    ] {
        let ask = world.ask_as_nobody("GET", "/api/tags");
        let answer = ask.header("authorization", authorization).send().await;
        answer.expect_problem(401, "unauthenticated");
    }
    let service = world.get("service", "/api/threads").await;
    service.expect_problem(403, "forbidden");
}
