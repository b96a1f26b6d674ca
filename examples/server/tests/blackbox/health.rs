//! Health, request ids, rate limits, CORS: what holds for every route.

use http::Method;
use serde_json::json;

use crate::support::{Database, Server, anonymous, open, request, wish};

on_each_database! {
    health_answers_without_a_token,
    every_answer_bears_a_request_id,
    a_user_who_asks_too_often_waits,
    a_browser_of_an_allowed_origin_may_ask,
    bodies_over_the_limit_are_refused,
}

async fn health_answers_without_a_token(database: Database) {
    let server = Server::start(database).await;
    for path in ["/health/live", "/health/ready"] {
        let answer = anonymous(server.address(), Method::GET, path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
}

async fn every_answer_bears_a_request_id(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    let mut ids = std::collections::HashSet::new();
    for path in [
        "/health/live",
        "/api/threads",
        "/api/threads?limit=0",
        "/nowhere",
    ] {
        let id = ann.get(path).await.header("x-request-id").to_owned();
        assert!(!id.is_empty(), "{path}");
        assert!(ids.insert(id), "{path} bears another's id");
    }
    let unknown = anonymous(server.address(), Method::GET, "/api/threads", None).await;
    assert!(!unknown.header("x-request-id").is_empty());
}

async fn a_user_who_asks_too_often_waits(database: Database) {
    let settings = [
        ("MESSAGING_THROTTLE_LIMIT", "5"),
        ("MESSAGING_THROTTLE_TTL", "60000"),
    ];
    let server = Server::start_with(database, &settings).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    for left in (0..5).rev() {
        let answer = ann.get("/api/threads").await;
        answer.expect(200);
        assert!(
            !answer.header("ratelimit-policy").is_empty(),
            "{:?}",
            answer.headers
        );
        let limit = answer.header("ratelimit");
        assert!(limit.contains(&format!("r={left}")), "{limit}");
    }
    let refused = ann.get("/api/threads").await;
    refused.expect_problem(429, "rate_limited");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    bob.get("/api/threads").await.expect(200);
    let answer = anonymous(server.address(), Method::GET, "/health/live", None).await;
    assert_eq!(answer.status, 200);
}

async fn a_browser_of_an_allowed_origin_may_ask(database: Database) {
    let settings = [(
        "MESSAGING_ALLOWED_ORIGINS",
        "https://app.example,https://two.example",
    )];
    let server = Server::start_with(database, &settings).await;
    let ann = server.client("ann");
    let ask = async |method: Method, origin: &str| {
        let mut wish = wish(
            server.address(),
            method,
            "/api/threads",
            Some(&ann.token),
            None,
        );
        let headers = wish.headers_mut();
        headers.insert("origin", origin.parse().unwrap());
        headers.insert("access-control-request-method", "POST".parse().unwrap());
        let asked = "authorization,content-type".parse().unwrap();
        headers.insert("access-control-request-headers", asked);
        request(server.address(), wish).await
    };
    let allowed = ask(Method::OPTIONS, "https://two.example").await;
    assert!(allowed.status.is_success(), "{}", allowed.text());
    assert_eq!(
        allowed.header("access-control-allow-origin"),
        "https://two.example"
    );
    assert!(
        allowed
            .header("access-control-allow-methods")
            .contains("POST")
    );
    let headers = allowed
        .header("access-control-allow-headers")
        .to_ascii_lowercase();
    assert!(headers.contains("authorization"), "{headers}");

    let got = ask(Method::GET, "https://app.example").await;
    assert_eq!(
        got.header("access-control-allow-origin"),
        "https://app.example"
    );
    for method in [Method::OPTIONS, Method::GET] {
        let foreign = ask(method, "https://evil.example").await;
        assert_eq!(foreign.header("access-control-allow-origin"), "");
    }
}

async fn bodies_over_the_limit_are_refused(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    open(&ann, &[&bob]).await;
    let filler = "x".repeat(10 << 20);
    let answer = ann
        .post(
            "/api/threads",
            json!({ "participants": ["eve"], "x": filler }),
        )
        .await;
    answer.expect_problem(413, "payload_too_large");
}
