//! Pages of other origins.

use crate::support::World;

const APP: &str = "https://app.example";

fn world() -> World {
    World::with(|messaging| messaging, |api| api.allowed_origins([APP]))
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_ask_first_and_then_read() {
    let world = world();
    let ask = world
        .ask_as_nobody("OPTIONS", "/api/threads/x")
        .header("origin", APP);
    let ask = ask.header("access-control-request-method", "PUT");
    let preflight = ask.send().await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-origin"), APP);
    assert_eq!(
        preflight.header("access-control-allow-methods"),
        "GET, HEAD, PUT, DELETE"
    );
    let allowed = preflight.header("access-control-allow-headers");
    assert_eq!(allowed, "authorization, content-type, x-request-id");
    let answer = world
        .ask("ann", "GET", "/api/tags")
        .header("origin", APP)
        .send()
        .await;
    assert_eq!(answer.header("access-control-allow-origin"), APP);
    assert!(
        answer
            .header("access-control-expose-headers")
            .contains("ratelimit")
    );
    assert_eq!(answer.header("vary"), "origin");
    let refused = world
        .ask_as_nobody("GET", "/api/tags")
        .header("origin", APP)
        .send()
        .await;
    refused.expect_problem(401, "unauthenticated");
    assert_eq!(refused.header("access-control-allow-origin"), APP);
}

#[tokio::test]
async fn a_page_of_another_origin_is_told_nothing() {
    for world in [world(), World::new()] {
        for method in ["OPTIONS", "GET"] {
            let ask = world
                .ask("ann", method, "/api/tags")
                .header("origin", "https://evil.example");
            let answer = ask
                .header("access-control-request-method", "GET")
                .send()
                .await;
            assert!(answer.status.is_success());
            let names = answer.headers.keys().map(http::HeaderName::as_str);
            assert_eq!(
                names
                    .filter(|name| name.starts_with("access-control"))
                    .count(),
                0
            );
        }
    }
}
