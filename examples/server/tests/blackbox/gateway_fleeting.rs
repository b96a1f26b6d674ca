//! Typing and presence: told to those who watch a thread, and never stored.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::support::{Database, Person, Server, Session, open, shape};

on_each_database! {
    typing_is_told_to_those_who_watch,
    typing_expires_by_itself,
    typing_can_be_turned_off,
    presence_follows_all_sessions_of_a_user,
    a_short_absence_is_not_told,
}

/// A thread of two with a session each, subscribed.
async fn watched(server: &Server) -> (String, Person, Session, Person, Session) {
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let (mut of_ann, mut of_bob) = (ann.connect().await, bob.connect().await);
    of_ann
        .call("thread.subscribe", json!({ "thread_id": thread }))
        .await;
    of_bob
        .call("thread.subscribe", json!({ "thread_id": thread }))
        .await;
    (thread, ann, of_ann, bob, of_bob)
}

async fn typing_is_told_to_those_who_watch(database: Database) {
    let server = Server::start(database).await;
    let (thread, ann, mut of_ann, bob, mut of_bob) = watched(&server).await;
    let mut unwatching = bob.connect().await;
    let mut second = ann.connect().await;
    second
        .call("thread.subscribe", json!({ "thread_id": thread }))
        .await;
    let here = json!({ "thread_id": thread });
    for _ in 0..3 {
        of_ann.call("typing.start", here.clone()).await;
    }
    let typing = of_bob.expect("typing.active").await;
    let data = &typing["data"];
    assert_eq!(
        (&data["user_id"], &data["active"]),
        (&json!("ann"), &json!(true))
    );
    assert_eq!(data["thread_id"], thread.as_str());
    assert!(shape::is_time(&data["expires_at"]));
    assert_eq!(typing.get("cursor"), None, "typing is not durable");
    of_ann.call("typing.stop", here.clone()).await;
    let over = of_bob.expect("typing.active").await;
    assert_eq!(
        over["data"]["active"], false,
        "a start repeated at once is not told again"
    );
    of_bob.call("thread.unsubscribe", here.clone()).await;
    of_ann.call("typing.start", here).await;
    assert_eq!(of_bob.drain().await, [Value::Null; 0]);
    assert_eq!(unwatching.drain().await, [Value::Null; 0]);
    let own: Vec<_> = second.drain().await;
    assert!(
        own.iter().all(|frame| frame["type"] != "typing.active"),
        "{own:?}"
    );
}

async fn typing_expires_by_itself(database: Database) {
    let server = Server::start(database).await;
    let (thread, _, mut of_ann, _, mut of_bob) = watched(&server).await;
    let began = Instant::now();
    of_ann
        .call("typing.start", json!({ "thread_id": thread }))
        .await;
    assert_eq!(of_bob.expect("typing.active").await["data"]["active"], true);
    assert_eq!(
        of_bob.expect("typing.active").await["data"]["active"],
        false
    );
    let took = began.elapsed();
    assert!((5500..8000).contains(&took.as_millis()), "{took:?}");
}

async fn typing_can_be_turned_off(database: Database) {
    let settings = [("MESSAGING_ENABLE_TYPING_INDICATORS", "false")];
    let server = Server::start_with(database, &settings).await;
    let (thread, _, mut of_ann, _, mut of_bob) = watched(&server).await;
    of_ann
        .try_call("typing.start", json!({ "thread_id": thread }))
        .await
        .unwrap();
    assert_eq!(of_bob.drain().await, [Value::Null; 0]);
}

async fn presence_follows_all_sessions_of_a_user(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut watcher = bob.connect().await;
    watcher
        .call("thread.subscribe", json!({ "thread_id": thread }))
        .await;
    let mut status = async || {
        let update = watcher.expect("presence.update").await;
        assert_eq!(update["data"]["user_id"], "ann");
        assert_eq!(update.get("cursor"), None, "presence is not durable");
        (
            update["data"]["status"].clone(),
            update["data"]["last_seen_at"].clone(),
        )
    };
    let mut phone = ann.connect().await;
    assert_eq!(status().await.0, "online");
    phone
        .call("presence.set", json!({ "status": "away" }))
        .await;
    assert_eq!(status().await.0, "away");
    let laptop = ann.connect().await;
    assert_eq!(status().await.0, "online", "one session in use is enough");
    drop(laptop);
    assert_eq!(status().await.0, "away");
    phone
        .call("presence.set", json!({ "status": "online" }))
        .await;
    assert_eq!(status().await.0, "online");
    let left = Instant::now();
    drop(phone);
    let (last, seen_at) = status().await;
    assert_eq!(last, "offline");
    assert!(shape::is_time(&seen_at));
    let took = left.elapsed();
    assert!((4500..8000).contains(&took.as_millis()), "{took:?}");
}

async fn a_short_absence_is_not_told(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let first = ann.connect().await;
    let mut watcher = bob.connect().await;
    watcher
        .call("thread.subscribe", json!({ "thread_id": thread }))
        .await;
    for _ in 0..3 {
        drop(ann.connect().await);
    }
    drop(first);
    let second = ann.connect().await;
    // What is to be shown not to happen would happen 5 s after the first session went.
    let told = timeout(Duration::from_secs(6), watcher.try_next()).await;
    assert!(told.is_err(), "{told:?}");
    assert_eq!(watcher.drain().await, [Value::Null; 0]);
    drop(second);
}
