//! SIGTERM: nothing under way is cut off, and every client is told to come back.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Database, Person, Server, open, say, text, until, within};

on_each_database! {
    sessions_are_told_and_the_process_ends_well,
    a_request_under_way_is_answered,
    what_was_acknowledged_is_there_after_the_restart,
}

async fn sessions_are_told_and_the_process_ends_well(database: Database) {
    let mut server = Server::start(database).await;
    let ann = server.client("ann");
    let (mut phone, mut laptop) = (ann.connect().await, ann.connect().await);
    server.terminate().await;
    for session in [&mut phone, &mut laptop] {
        let closing = session.expect("session.closing").await;
        assert!(closing["data"]["reason"].is_string());
        assert!(closing["data"]["reconnect_after_ms"].is_u64());
        assert_eq!(session.closed().await, 1001);
    }
    let status = server.ended().await;
    assert!(status.success(), "{status}");
    TcpStream::connect(server.address()).await.unwrap_err();
}

async fn a_request_under_way_is_answered(database: Database) {
    let mut server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut session = ann.connect().await;
    let wish = json!({ "thread_id": thread, "client_id": "late", "content": text("late") });
    let (body, token) = (wish.to_string(), &ann.token);
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let head = format!(
        "POST /api/messages HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let (first, second) = body.split_at(10);
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(first.as_bytes()).await.unwrap();
    // Connections are accepted in order: once this is answered, the other one is being served.
    ann.get("/health/live").await;
    server.terminate().await;
    let address = server.address();
    until(Duration::from_secs(5), "the end of listening", async || {
        TcpStream::connect(address).await.err()
    })
    .await;
    stream.write_all(second.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within(
        Duration::from_secs(10),
        "the answer",
        stream.read_to_string(&mut answer),
    )
    .await
    .unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(session.closed().await, 1001);
    assert!(server.ended().await.success());
    server.crash_and_restart().await;
    let bob = Person {
        address: server.address(),
        ..bob
    };
    assert_eq!(
        bob.all(&format!("/api/messages?thread_id={thread}"))
            .await
            .len(),
        1
    );
}

async fn what_was_acknowledged_is_there_after_the_restart(database: Database) {
    let mut server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut session = ann.connect().await;
    for n in 0..200 {
        let wish =
            json!({ "thread_id": thread, "client_id": format!("c-{n}"), "content": text("x") });
        session.post("message.send", wish).await;
    }
    let mut acknowledged = Vec::new();
    let first = session.expect("ack").await;
    acknowledged.push(first["data"]["message"]["id"].clone());
    server.terminate().await;
    while let Ok(frame) = session.try_next().await {
        if frame["type"] == "ack" {
            acknowledged.push(frame["data"]["message"]["id"].clone());
        }
    }
    assert!(server.ended().await.success());
    server.crash_and_restart().await;
    let bob = Person {
        address: server.address(),
        ..bob
    };
    let kept = bob
        .all(&format!("/api/messages?thread_id={thread}&limit=200"))
        .await;
    let kept: Vec<&Value> = kept.iter().map(|message| &message["id"]).collect();
    for id in &acknowledged {
        assert!(kept.contains(&id), "{id} was acknowledged");
    }
    say(&bob, &thread, "next").await;
}
