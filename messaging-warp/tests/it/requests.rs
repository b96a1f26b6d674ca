//! What holds for every request: its id, its method, and paths that are not ours.

use warp::{Filter, Reply};

use crate::support::World;

#[tokio::test]
async fn every_answer_bears_the_requests_id() {
    let world = World::new();
    let id = "the_Client-1";
    let answer = world
        .ask("ann", "GET", "/api/tags")
        .header("x-request-id", id)
        .send()
        .await;
    assert_eq!(answer.header("x-request-id"), id);
    let refused = world
        .ask_as_nobody("GET", "/api/tags")
        .header("x-request-id", id)
        .send()
        .await;
    refused.expect_problem(401, "unauthenticated");
    assert_eq!(refused.body["request_id"], id);
    for insane in ["", "a b", "x\u{e9}", &"x".repeat(65), "<script>"] {
        let ask = world.ask("ann", "GET", "/health/live");
        let answer = ask.header("x-request-id", insane).send().await;
        assert_eq!(answer.header("x-request-id").len(), 36, "{insane}");
    }
}

#[tokio::test]
async fn every_path_takes_its_methods_and_names_them() {
    let world = World::new();
    let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"];
    for (path, allowed) in [
        ("/api/threads", "GET, HEAD, POST"),
        ("/api/threads/x", "GET, HEAD, PUT, DELETE"),
        ("/api/threads/x/participants/y", "PUT, DELETE"),
        ("/api/messages", "GET, HEAD, POST"),
        ("/api/messages/x", "PUT, DELETE"),
        ("/api/messages/x/reactions/y", "PUT, DELETE"),
        ("/api/tags", "GET, HEAD, POST"),
        ("/api/tags/x", "PUT, DELETE"),
        ("/api/tags/x/apply", "PUT"),
        ("/api/blocks", "GET, HEAD"),
        ("/api/blocks/x", "PUT, DELETE"),
        ("/api/sync", "GET, HEAD"),
        ("/health/live", "GET, HEAD"),
        ("/health/ready", "GET, HEAD"),
    ] {
        for method in methods {
            let answer = world.ask("ann", method, path).send().await;
            if allowed.split(", ").any(|allowed| allowed == method) {
                assert!(
                    answer.status != 404 && answer.status != 405,
                    "{method} {path}"
                );
            } else {
                answer.expect_problem(405, "method_not_allowed");
                assert_eq!(answer.header("allow"), allowed, "{method} {path}");
            }
        }
        let options = world.ask_as_nobody("OPTIONS", path).send().await;
        assert_eq!(
            (options.status.as_u16(), options.header("allow")),
            (204, allowed),
            "{path}"
        );
    }
}

#[tokio::test]
async fn paths_of_others_are_left_to_them() {
    let world = World::new();
    let own = warp::path!("api" / "orders").map(|| "theirs");
    let body = warp::path!("api" / "orders" / "new").and(warp::body::bytes());
    let body = body.map(|bytes: bytes::Bytes| bytes.len().to_string());
    let app = world
        .api
        .routes()
        .or(own)
        .or(body)
        .map(Reply::into_response);
    let answer = warp::test::request().path("/api/orders").reply(&app).await;
    assert_eq!(answer.body(), "theirs");
    let ask = warp::test::request().method("POST").path("/api/orders/new");
    assert_eq!(ask.body("12345").reply(&app).await.body(), "5");
    for path in [
        "/",
        "/api",
        "/api/threadsx",
        "/api/threads/x/y",
        "/ws",
        "/health",
    ] {
        assert!(
            !warp::test::request()
                .path(path)
                .matches(&world.api.routes())
                .await,
            "{path}"
        );
    }
}
