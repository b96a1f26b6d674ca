//! The gateway's door: how a token comes in, how long it holds, who is shown out.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{Error, handshake::client::Request};

use crate::support::{Database, Person, Server, Session, open, say, text, token, upgrade};

on_each_database! {
    a_session_begins_with_the_documented_frame,
    a_browser_brings_its_token_as_a_subprotocol,
    a_token_may_come_in_the_first_frame,
    whoever_brings_no_token_in_ten_seconds_is_closed,
    whoever_begins_with_anything_else_is_closed,
    a_bad_token_is_told_and_closed,
    a_page_of_a_foreign_origin_is_refused,
    without_a_list_only_pages_of_the_servers_own_host_connect,
    a_plain_request_is_told_to_upgrade,
    a_session_ends_with_its_token,
    a_renewed_token_carries_a_session_on,
    a_session_is_not_handed_to_another_user,
    a_ban_ends_every_session_at_once,
}

async fn a_session_begins_with_the_documented_frame(database: Database) {
    let server = Server::start(database).await;
    let session = server.client("ann").connect().await;
    let ready = &session.ready["data"];
    assert_eq!(ready["user_id"], "ann");
    assert_eq!(ready["resumed"], false);
    assert_eq!(ready["heartbeat_ms"], 25_000);
    assert!(ready["session_id"].is_string());
    assert!(ready["cursor"].is_string());
    assert!(ready["limits"].is_object());
}

async fn a_browser_brings_its_token_as_a_subprotocol(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    let mut request = upgrade(server.address(), "");
    let pair = format!("messaging.v1, bearer.{}", ann.token);
    request
        .headers_mut()
        .insert("sec-websocket-protocol", pair.parse().unwrap());
    let mut session = Session::handshake(server.address(), request).await.unwrap();
    assert_eq!(session.protocol.as_deref(), Some("messaging.v1"));
    session.await_ready().await.unwrap();
    assert_eq!(session.ready["data"]["user_id"], "ann");
}

async fn a_token_may_come_in_the_first_frame(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    // A token in the address is not looked at.
    let request = upgrade(server.address(), &format!("?token={}", ann.token));
    let mut session = Session::handshake(server.address(), request).await.unwrap();
    session
        .call("session.authenticate", json!({ "token": ann.token }))
        .await;
    let ready = session.expect("session.ready").await;
    assert_eq!(ready["data"]["user_id"], "ann");
    session.call("ping", json!({})).await;
}

async fn whoever_brings_no_token_in_ten_seconds_is_closed(database: Database) {
    let server = Server::start(database).await;
    let began = Instant::now();
    let request = upgrade(server.address(), "");
    let mut session = Session::handshake(server.address(), request).await.unwrap();
    assert_eq!(session.closed().await, 4401);
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(9), "{took:?}");
    assert!(took <= Duration::from_secs(13), "{took:?}");
}

async fn whoever_begins_with_anything_else_is_closed(database: Database) {
    let server = Server::start(database).await;
    let request = upgrade(server.address(), "");
    let mut session = Session::handshake(server.address(), request).await.unwrap();
    session.send("ping", json!({})).await;
    assert_eq!(session.closed().await, 4401);
}

async fn a_bad_token_is_told_and_closed(database: Database) {
    let server = Server::start(database).await;
    let expired = token::expiring("ann", "client", token::now() - 3600);
    for bad in ["nonsense", &expired] {
        let mut request = upgrade(server.address(), "");
        let bearer = format!("Bearer {bad}").parse().unwrap();
        request.headers_mut().insert("authorization", bearer);
        refused_or_closed(&server, request).await;

        let request = upgrade(server.address(), "");
        let mut session = Session::handshake(server.address(), request).await.unwrap();
        let answer = session
            .try_call("session.authenticate", json!({ "token": bad }))
            .await;
        assert_eq!(answer.unwrap()["error"]["code"], "unauthenticated");
        assert_eq!(session.closed().await, 4401);
    }
}

/// A bad token of the handshake may be refused there, or by the close code that browsers can see.
async fn refused_or_closed(server: &Server, request: Request) {
    match Session::handshake(server.address(), request).await {
        Ok(mut session) => assert_eq!(session.closed().await, 4401),
        Err(Error::Http(answer)) => assert_eq!(answer.status(), 401),
        Err(error) => panic!("{error}"),
    }
}

async fn a_page_of_a_foreign_origin_is_refused(database: Database) {
    let settings = [("MESSAGING_ALLOWED_ORIGINS", "https://app.example")];
    let server = Server::start_with(database, &settings).await;
    let own = format!("http://{}", server.address());
    assert!(admits(&server, Some("https://app.example")).await);
    assert!(admits(&server, None).await);
    for foreign in [
        "https://evil.example",
        "https://app.example.evil",
        "null",
        &own,
    ] {
        assert!(!admits(&server, Some(foreign)).await, "{foreign}");
    }
}

async fn without_a_list_only_pages_of_the_servers_own_host_connect(database: Database) {
    let server = Server::start(database).await;
    let own = format!("http://{}", server.address());
    assert!(admits(&server, Some(&own)).await);
    assert!(admits(&server, None).await);
    assert!(!admits(&server, Some("https://evil.example")).await);
}

/// Whether a page of this origin gets a session.
async fn admits(server: &Server, origin: Option<&str>) -> bool {
    let mut request = upgrade(server.address(), "");
    let bearer = format!("Bearer {}", server.client("ann").token);
    let headers = request.headers_mut();
    headers.insert("authorization", bearer.parse().unwrap());
    if let Some(origin) = origin {
        headers.insert("origin", origin.parse().unwrap());
    }
    match Session::handshake(server.address(), request).await {
        Ok(mut session) => session.await_ready().await.is_ok(),
        Err(Error::Http(answer)) if answer.status() == 403 => false,
        Err(error) => panic!("{error}"),
    }
}

async fn a_plain_request_is_told_to_upgrade(database: Database) {
    let server = Server::start(database).await;
    let answer = server.client("ann").get("/ws/messaging").await;
    assert_eq!(answer.status, 426, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
}

async fn a_session_ends_with_its_token(database: Database) {
    let server = Server::start(database).await;
    let exp = token::now() + 3;
    let ann = server
        .client("ann")
        .with_token(token::expiring("ann", "client", exp));
    let mut session = ann.connect().await;
    session.call("ping", json!({})).await;
    assert_eq!(session.closed().await, 4401);
    let now = token::now();
    assert!(
        (exp..=exp + 1).contains(&now),
        "it ended at {now}, its token at {exp}"
    );
}

async fn a_renewed_token_carries_a_session_on(database: Database) {
    let server = Server::start(database).await;
    let short = token::now() + 3;
    let longer = short + 3;
    let ann = server
        .client("ann")
        .with_token(token::expiring("ann", "client", short));
    let mut session = ann.connect().await;
    let renewed = token::expiring("ann", "client", longer);
    session
        .call("session.authenticate", json!({ "token": renewed }))
        .await;
    let bad = session
        .refused("session.authenticate", json!({ "token": "nonsense" }))
        .await;
    assert_eq!(bad["code"], "unauthenticated");
    session.call("ping", json!({})).await;
    assert_eq!(session.closed().await, 4401);
    let now = token::now();
    assert!(
        (longer..=longer + 1).contains(&now),
        "it ended at {now}, its token at {longer}"
    );
}

async fn a_session_is_not_handed_to_another_user(database: Database) {
    let server = Server::start(database).await;
    let mut session = server.client("ann").connect().await;
    let of_bob = token::good("bob", "creator");
    let problem = session
        .refused("session.authenticate", json!({ "token": of_bob }))
        .await;
    assert!(["forbidden", "unauthenticated"].contains(&problem["code"].as_str().unwrap()));
}

async fn a_ban_ends_every_session_at_once(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let (mut phone, mut laptop) = (ann.connect().await, ann.connect().await);
    let mut of_bob = bob.connect().await;
    // Another process writes the ban: the server learns of it from the log alone.
    server
        .command(&["user", "ban", "ann", "--reason", "spam"])
        .await;
    let banned = Instant::now();
    assert_eq!(phone.closed().await, 4403);
    assert_eq!(laptop.closed().await, 4403);
    let took = banned.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");

    assert_eq!(closed_at_once(&ann).await, 4403);
    let wish = json!({ "thread_id": thread, "client_id": "c", "content": text("still here") });
    ann.post("/api/messages", wish)
        .await
        .expect_problem(403, "user_disabled");
    assert_eq!(of_bob.drain().await, [Value::Null; 0]);

    server.command(&["user", "unban", "ann"]).await;
    ann.connect().await;
    say(&ann, &thread, "back").await;
    of_bob.expect("message.new").await;
}

async fn closed_at_once(person: &Person) -> u16 {
    let mut request = upgrade(person.address, "");
    let bearer = format!("Bearer {}", person.token).parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    let mut session = Session::handshake(person.address, request).await.unwrap();
    session.closed().await
}
