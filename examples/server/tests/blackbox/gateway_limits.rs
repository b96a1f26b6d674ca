//! What a session may not do to others: read too slowly, write too fast, send what nobody can read.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpSocket, time::Instant};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Database, Person, Server, Session, open, say, text, upgrade, within};

on_each_database! {
    a_slow_reader_is_closed_and_others_are_not_held_up,
    who_gives_no_sign_of_life_is_closed,
    a_frame_over_the_limit_is_refused,
    a_frame_at_the_limit_is_taken,
    who_floods_is_closed,
    a_binary_frame_is_refused,
    text_that_is_no_object_ends_the_session,
    frames_that_are_no_commands_are_told_and_then_refused,
}

async fn a_slow_reader_is_closed_and_others_are_not_held_up(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut slow = lazy_session(&bob).await;
    let mut other = bob.connect().await;
    let mut writer = ann.connect().await;
    let (words, mut cursor) = ("\u{1F980}".repeat(10_000), String::new());
    let wish = json!({ "thread_id": thread, "client_id": "long", "content": text(&words) });
    let long = writer.call("message.send", wish).await["data"]["message"]["id"].take();
    other.expect("message.new").await;
    // Each reaction tells the whole message again: 40 KB, far more than sockets and queue hold.
    for n in 0..1500 {
        let react = json!({ "message_id": long, "emoji": "x", "remove": n % 2 == 1 });
        writer.call("message.react", react).await;
        let frame = other.expect("message.reacted").await;
        frame["cursor"].as_str().unwrap().clone_into(&mut cursor);
    }
    let mut last_seen = slow.cursor();
    let code = loop {
        match within(Duration::from_secs(40), "the close", slow.try_next()).await {
            Ok(frame) => frame["cursor"].as_str().unwrap().clone_into(&mut last_seen),
            Err(crate::support::Ended::Closed(code)) => break Some(code),
            // A connection with megabytes in its way may break before the close frame is through.
            Err(crate::support::Ended::Lost) => break None,
        }
    };
    assert!(matches!(code, Some(4008) | None), "{code:?}");
    let mut resumed = bob.resume(&last_seen).await;
    while last_seen != cursor {
        let frame = resumed.expect("message.reacted").await;
        frame["cursor"].as_str().unwrap().clone_into(&mut last_seen);
    }
    assert_eq!(resumed.drain().await, [Value::Null; 0]);
}

/// A session whose connection holds little that is not read.
async fn lazy_session(person: &Person) -> Session {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let stream = socket.connect(person.address).await.unwrap();
    let mut request = upgrade(person.address, "");
    let bearer = format!("Bearer {}", person.token).parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    let mut session = Session::over(stream, request).await.unwrap();
    session.await_ready().await.unwrap();
    session
}

async fn who_gives_no_sign_of_life_is_closed(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    let mut lively = ann.connect().await;
    // Not reading is not answering pings, as with a client whose network is gone.
    let mut silent = ann.connect().await;
    let began = Instant::now();
    let mut pings = 0;
    while began.elapsed() < Duration::from_secs(47) {
        let wait = tokio::time::timeout(Duration::from_secs(1), lively.socket.next()).await;
        match wait {
            Ok(Some(Ok(Message::Ping(_)))) => pings += 1,
            Ok(Some(Ok(Message::Pong(_)))) | Err(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(pings, 1, "a ping every 25 s");
    assert_eq!(silent.closed().await, 4008);
    lively.call("ping", json!({})).await;
}

async fn a_frame_over_the_limit_is_refused(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    let mut other = ann.connect().await;
    for size in [64 * 1024 + 1, 1 << 20] {
        let mut session = ann.connect().await;
        // The server may close before all of it is written.
        let _ = session.socket.send(Message::text("x".repeat(size))).await;
        assert_eq!(session.closed().await, 1009, "{size} bytes");
    }
    other.call("ping", json!({})).await;
}

async fn a_frame_at_the_limit_is_taken(database: Database) {
    let server = Server::start(database).await;
    let mut session = server.client("ann").connect().await;
    let shell = json!({ "type": "ping", "ref": "r", "data": { "filler": "" } }).to_string();
    let filler = "x".repeat(64 * 1024 - shell.len());
    let whole = json!({ "type": "ping", "ref": "r", "data": { "filler": filler } }).to_string();
    assert_eq!(whole.len(), 64 * 1024);
    session.send_text(whole).await;
    session.expect("ack").await;
}

async fn who_floods_is_closed(database: Database) {
    let server = Server::start_with(database, &[("MESSAGING_THROTTLE_LIMIT", "100")]).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut other = bob.connect().await;
    let mut session = ann.connect().await;
    let code = within(Duration::from_secs(20), "the close", async {
        let mut refused = 0;
        loop {
            if session
                .socket
                .send(Message::text(r#"{"type":"ping","ref":"a"}"#))
                .await
                .is_err()
            {
                break session.closed().await;
            }
            match session.try_next().await {
                Ok(frame) if frame["type"] == "ack" => {}
                Ok(frame) => {
                    assert_eq!(frame["error"]["code"], "rate_limited", "{frame}");
                    refused += 1;
                }
                Err(crate::support::Ended::Closed(code)) => {
                    assert!(refused > 0, "nobody is closed without a warning");
                    break code;
                }
                Err(crate::support::Ended::Lost) => panic!("lost without a close frame"),
            }
        }
    });
    assert_eq!(code.await, 4029);
    other.call("ping", json!({})).await;
    let shown = bob.get(&format!("/api/threads/{thread}")).await;
    shown.expect(200);
}

async fn a_binary_frame_is_refused(database: Database) {
    let server = Server::start(database).await;
    let mut session = server.client("ann").connect().await;
    session
        .socket
        .send(Message::binary(vec![1_u8, 2, 3]))
        .await
        .unwrap();
    assert_eq!(session.closed().await, 4400);
}

async fn text_that_is_no_object_ends_the_session(database: Database) {
    let server = Server::start(database).await;
    let ann = server.client("ann");
    for text in ["this is not JSON", "", "{", "[[[", "[]", "7", "{}{}"] {
        let mut session = ann.connect().await;
        session.send_text(text).await;
        let told = session.expect("error").await;
        assert_eq!(told["error"]["code"], "invalid_request", "{text}");
        assert_eq!(session.closed().await, 4400, "{text}");
    }
}

async fn frames_that_are_no_commands_are_told_and_then_refused(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut session = ann.connect().await;
    for _ in 0..20 {
        session.send_text(r#"{"type":7}"#).await;
        let told = session.expect("error").await;
        assert_eq!(told["error"]["code"], "invalid_request");
    }
    session.call("ping", json!({})).await;
    for _ in 0..200 {
        let sent = session.socket.send(Message::text(r#"{"type":7}"#)).await;
        if sent.is_err() {
            break;
        }
    }
    assert_eq!(session.closed().await, 4400);
    say(&bob, &thread, "life goes on").await;
    ann.connect().await;
}
