//! How often a user may ask.

use std::{num::NonZeroU32, time::Duration};

use async_trait::async_trait;
use messaging_core::{
    auth::{AuthError, Authenticator, Identity},
    rate_limit::LocalRateLimiter,
};
use messaging_warp::Api;

use crate::support::World;

#[tokio::test]
async fn every_answer_tells_what_is_left_and_the_last_one_to_wait() {
    let limiter = LocalRateLimiter::new(NonZeroU32::new(2).unwrap(), Duration::from_mins(1));
    let world = World::with(
        |messaging| messaging.rate_limiter(limiter.unwrap()),
        |api| api,
    );
    let first = world.get("ann", "/api/tags").await;
    assert_eq!(first.header("ratelimit-policy"), "\"default\";q=2;w=60");
    assert_eq!(first.header("ratelimit"), "\"default\";r=1;t=30");
    first.expect(200);
    let second = world.get("ann", "/api/threads/x").await;
    second.expect_problem(400, "invalid_request");
    assert!(second.header("ratelimit").starts_with("\"default\";r=0;t="));
    let third = world.get("ann", "/api/tags").await;
    third.expect_problem(429, "rate_limited");
    let wait: u64 = third.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert!(third.header("ratelimit").starts_with("\"default\";r=0;t="));
    world.get("bob", "/api/tags").await.expect(200);
    let nobody = world.ask_as_nobody("GET", "/api/tags").send().await;
    nobody.expect_problem(401, "unauthenticated");
    assert_eq!(nobody.header("ratelimit"), "");
}

#[derive(Debug)]
struct Panicking;

#[async_trait]
impl Authenticator for Panicking {
    async fn authenticate(&self, _: &str) -> Result<Identity, AuthError> {
        panic!("a defect with a secret in it")
    }
}

#[tokio::test]
async fn a_panic_is_a_problem_without_its_message() {
    let world = World::new();
    let routes = Api::new(world.messaging.clone(), Panicking).routes();
    let ask = warp::test::request()
        .path("/api/tags")
        .header("authorization", "Bearer x");
    let answer = ask.reply(&routes).await;
    assert_eq!(answer.status(), 500);
    let body = std::str::from_utf8(answer.body()).unwrap();
    assert!(body.contains("\"code\":\"internal\""), "{body}");
    assert!(!body.contains("secret"), "{body}");
}
