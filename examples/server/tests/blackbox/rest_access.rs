//! Who may ask at all, and what does not exist for others: every route, one table.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Database, Person, Server, Session, anonymous, open, say, text, upgrade};

on_each_database! {
    nobody_without_a_token_is_answered,
    anothers_objects_do_not_exist_on_any_route,
    what_is_no_id_does_not_pass_on_any_route,
    unknown_routes_and_methods_are_problems_too,
    a_service_takes_no_part_in_conversations,
}

/// Every route that takes a token, with its ids filled in and a body that is good.
fn routes(thread: &str, message: &str, tag: &str) -> Vec<(Method, String, Option<Value>)> {
    use Method as M;
    let send = json!({ "thread_id": thread, "client_id": "c", "content": text("words") });
    vec![
        (M::GET, format!("/api/threads/{thread}"), None),
        (
            M::PUT,
            format!("/api/threads/{thread}"),
            Some(json!({ "title": "Mine" })),
        ),
        (
            M::PUT,
            format!("/api/threads/{thread}"),
            Some(json!({ "muted": true })),
        ),
        (M::DELETE, format!("/api/threads/{thread}"), None),
        (
            M::PUT,
            format!("/api/threads/{thread}/participants/mallory"),
            Some(json!({ "role": "client" })),
        ),
        (
            M::DELETE,
            format!("/api/threads/{thread}/participants/ann"),
            None,
        ),
        (
            M::DELETE,
            format!("/api/threads/{thread}/participants/mallory"),
            None,
        ),
        (M::GET, format!("/api/messages?thread_id={thread}"), None),
        (M::POST, "/api/messages".to_owned(), Some(send)),
        (
            M::PUT,
            format!("/api/messages/{message}"),
            Some(json!({ "content": text("x") })),
        ),
        (M::DELETE, format!("/api/messages/{message}"), None),
        (M::PUT, format!("/api/messages/{message}/reactions/x"), None),
        (
            M::DELETE,
            format!("/api/messages/{message}/reactions/x"),
            None,
        ),
        (
            M::PUT,
            format!("/api/tags/{tag}"),
            Some(json!({ "name": "mine" })),
        ),
        (M::DELETE, format!("/api/tags/{tag}"), None),
        (
            M::PUT,
            format!("/api/tags/{tag}/apply"),
            Some(json!({ "thread_id": thread })),
        ),
    ]
}

/// The routes without an object of someone's in their path.
fn lists() -> Vec<(Method, String, Option<Value>)> {
    use Method as M;
    vec![
        (M::GET, "/api/threads".to_owned(), None),
        (
            M::POST,
            "/api/threads".to_owned(),
            Some(json!({ "participants": ["bob"] })),
        ),
        (M::GET, "/api/tags".to_owned(), None),
        (
            M::POST,
            "/api/tags".to_owned(),
            Some(json!({ "name": "a" })),
        ),
        (M::GET, "/api/sync".to_owned(), None),
        (M::GET, "/api/blocks".to_owned(), None),
        (M::PUT, "/api/blocks/bob".to_owned(), None),
        (M::DELETE, "/api/blocks/bob".to_owned(), None),
    ]
}

const SOME_ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

async fn nobody_without_a_token_is_answered(database: Database) {
    let server = Server::start(database).await;
    let all = lists().into_iter().chain(routes(SOME_ID, SOME_ID, SOME_ID));
    for (method, path, body) in all {
        let answer = anonymous(server.address(), method, &path, body.as_ref()).await;
        answer.expect_problem(401, "unauthenticated");
        let forged = server.client("ann").with_token("x.y.z");
        let answer = forged.get(&path).await;
        assert_ne!(answer.status, 200, "{path}");
    }
}

async fn anothers_objects_do_not_exist_on_any_route(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let direct = open(&ann, &[&bob]).await;
    let group = open(&ann, &[&bob, &server.client("eve")]).await;
    let tag = ann
        .post("/api/tags", json!({ "name": "hot" }))
        .await
        .expect(201);
    let tag = tag["id"].as_str().unwrap();
    let mallory = server.creator("mallory");
    for thread in [&direct, &group] {
        let message = say(&ann, thread, "between us").await;
        let message = message["id"].as_str().unwrap();
        for (method, path, body) in routes(thread, message, tag) {
            let answer = mallory.ask(method.clone(), &path, body.as_ref()).await;
            assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text());
            let theirs = answer.expect_problem(404, "not_found");
            let nothing = path.replace(thread, SOME_ID).replace(message, SOME_ID);
            let nothing = nothing.replace(tag, SOME_ID);
            let body = body.map(|body| body.to_string().replace(thread, SOME_ID));
            let body = body.map(|body| serde_json::from_str(&body).unwrap());
            let answer = mallory.ask(method, &nothing, body.as_ref()).await;
            let missing = answer.expect_problem(404, "not_found");
            assert_eq!(
                theirs["detail"], missing["detail"],
                "it tells what exists: {path}"
            );
        }
        let kept = ann
            .get(&format!("/api/messages?thread_id={thread}"))
            .await
            .expect(200);
        assert_eq!(kept["items"][0]["content"], text("between us"));
        assert_eq!(kept["items"][0]["reactions"], json!({}));
    }
    let own = mallory
        .post("/api/tags", json!({ "name": "own" }))
        .await
        .expect(201);
    let path = format!("/api/tags/{}/apply", own["id"].as_str().unwrap());
    let answer = mallory.put(&path, json!({ "thread_id": direct })).await;
    answer.expect_problem(404, "not_found");
    assert_eq!(mallory.all("/api/threads?archived=all").await.len(), 0);
}

async fn what_is_no_id_does_not_pass_on_any_route(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    for bad in [
        "x",
        "1",
        "%00",
        "..%2F..",
        "01890a5dac96774bbcceb302099a8057",
        &"a".repeat(3000),
    ] {
        for (method, path, body) in routes(bad, bad, bad) {
            let answer = ann.ask(method.clone(), &path, body.as_ref()).await;
            let status = answer.status.as_u16();
            assert!(
                matches!(status, 400 | 404),
                "{method} {path}: {status} {}",
                answer.text()
            );
            let code = if status == 400 {
                "invalid_request"
            } else {
                "not_found"
            };
            answer.expect_problem(status, code);
        }
    }
}

async fn unknown_routes_and_methods_are_problems_too(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    for path in ["/", "/api", "/api/nothing", "/ws/messaging/x"] {
        ann.get(path).await.expect_problem(404, "not_found");
    }
    for (method, path, allowed) in [
        (Method::PATCH, "/api/threads", "POST"),
        (Method::DELETE, "/api/sync", "GET"),
        (Method::POST, "/api/blocks/bob", "PUT"),
    ] {
        let answer = ann.ask(method, path, None).await;
        answer.expect_problem(405, "method_not_allowed");
        assert!(answer.header("allow").contains(allowed), "{path}");
    }
    let head = ann.ask(Method::HEAD, "/api/threads", None).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
}

async fn a_service_takes_no_part_in_conversations(database: Database) {
    let server = Server::start(database).await;
    let service = Person::new(server.address(), "billing", "service");
    let all = lists().into_iter().chain(routes(SOME_ID, SOME_ID, SOME_ID));
    for (method, path, body) in all {
        let answer = service.ask(method, &path, body.as_ref()).await;
        answer.expect_problem(403, "forbidden");
    }
    let mut request = upgrade(server.address(), "");
    let bearer = format!("Bearer {}", service.token).parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    let mut session = Session::handshake(server.address(), request).await.unwrap();
    assert_eq!(session.closed().await, 4401);
}
