//! `/ws/messaging`, over real connections.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::HeaderValue;
use messaging_core::realtime::SessionSettings;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::{
    serve::Running,
    support::{World, text},
};

pub(crate) type Client = WebSocketStream<TcpStream>;

/// Opens a socket with these headers; the status when it is refused.
async fn open(
    server: &Running,
    path: &str,
    headers: &[(&'static str, String)],
) -> Result<(Client, http::HeaderMap), u16> {
    let url = format!("ws://{}{path}", server.address);
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        let value = HeaderValue::try_from(value).unwrap();
        request.headers_mut().insert(*name, value);
    }
    match client_async(request, server.connect().await).await {
        Ok((client, response)) => Ok((client, response.headers().clone())),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

fn bearer(world: &World, name: &str) -> Vec<(&'static str, String)> {
    vec![("authorization", format!("Bearer {}", world.token(name)))]
}

/// A session of the user, greeted.
pub(crate) async fn session(server: &Running, world: &World, name: &str) -> Client {
    let (mut client, _) = open(server, "/ws/messaging", &bearer(world, name))
        .await
        .unwrap();
    assert_eq!(hear(&mut client).await["type"], "session.ready");
    client
}

async fn next(client: &mut Client) -> Message {
    let message = timeout(Duration::from_secs(20), client.next()).await;
    message
        .expect("a message")
        .expect("an open socket")
        .unwrap()
}

/// The next frame as JSON.
pub(crate) async fn hear(client: &mut Client) -> Value {
    loop {
        match next(client).await {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The close code that ends the socket; frames before it are passed over.
async fn close_code(client: &mut Client) -> u16 {
    loop {
        if let Message::Close(frame) = next(client).await {
            return frame.expect("a close frame").code.into();
        }
    }
}

pub(crate) async fn tell(client: &mut Client, frame: &Value) {
    client.send(Message::text(frame.to_string())).await.unwrap();
}

#[tokio::test]
async fn a_token_comes_in_a_header_a_subprotocol_or_a_first_frame() {
    let world = World::new();
    let server = Running::new(&world).await;
    let token = world.token("ann");
    let pair = format!("messaging.v1, bearer.{token}");
    for (headers, selected) in [
        (bearer(&world, "ann"), None),
        (vec![("sec-websocket-protocol", pair)], Some("messaging.v1")),
    ] {
        let (mut client, answer) = open(&server, "/ws/messaging", &headers).await.unwrap();
        let protocol = answer.get("sec-websocket-protocol");
        assert_eq!(protocol.map(|p| p.to_str().unwrap()), selected);
        assert!(answer.contains_key("x-request-id"));
        let ready = hear(&mut client).await;
        assert_eq!(ready["type"], "session.ready");
        assert_eq!(ready["data"]["user_id"], "ann");
    }
    let protocol = [("sec-websocket-protocol", "messaging.v1".to_owned())];
    let (mut client, _) = open(&server, "/ws/messaging", &protocol).await.unwrap();
    let hello = json!({ "type": "session.authenticate", "ref": "1", "data": { "token": token } });
    tell(&mut client, &hello).await;
    let ack = hear(&mut client).await;
    assert_eq!((&ack["type"], &ack["ref"]), (&json!("ack"), &json!("1")));
    assert_eq!(hear(&mut client).await["type"], "session.ready");
    server.stop().await;
}

#[tokio::test]
async fn a_bad_token_and_one_in_the_address_end_with_4401() {
    let mut settings = SessionSettings::default();
    settings.authenticate_timeout = Duration::from_millis(100);
    let world = World::with(|messaging| messaging, |api| api.session(settings));
    let server = Running::new(&world).await;
    let bad = [("authorization", "Bearer x".to_owned())];
    let (mut client, _) = open(&server, "/ws/messaging", &bad).await.unwrap();
    assert_eq!(close_code(&mut client).await, 4401);
    let path = format!("/ws/messaging?token={}", world.token("ann"));
    let (mut client, _) = open(&server, &path, &[]).await.unwrap();
    assert_eq!(close_code(&mut client).await, 4401);
    server.stop().await;
}

#[tokio::test]
async fn commands_are_answered_and_events_arrive_and_resume() {
    let world = World::new();
    let server = Running::new(&world).await;
    let thread_id = world.thread("ann", "cleo").await;
    let mut ann = session(&server, &world, "ann").await;
    let mut cleo = session(&server, &world, "cleo").await;
    let send = |client_id: &str| {
        let content = json!({ "type": "text", "text": "hello" });
        json!({
            "type": "message.send", "ref": "r1",
            "data": { "thread_id": thread_id, "client_id": client_id, "content": content },
        })
    };
    tell(&mut ann, &send("1")).await;
    let ack = hear(&mut ann).await;
    assert_eq!((&ack["type"], &ack["ref"]), (&json!("ack"), &json!("r1")));
    assert_eq!(ack["data"]["message"]["seq"], 1);
    assert!(ack["cursor"].is_string());
    let event = hear(&mut cleo).await;
    assert_eq!(event["type"], "message.new");
    assert_eq!(event["data"]["message"]["content"]["text"], "hello");
    cleo.close(None).await.unwrap();
    tell(&mut ann, &send("2")).await;
    assert_eq!(hear(&mut ann).await["data"]["message"]["seq"], 2);
    let path = format!("/ws/messaging?cursor={}", text(&event["cursor"]));
    let (mut cleo, _) = open(&server, &path, &bearer(&world, "cleo")).await.unwrap();
    let ready = hear(&mut cleo).await;
    assert_eq!(ready["data"]["resumed"], true);
    assert_eq!(hear(&mut cleo).await["data"]["message"]["seq"], 2);
    server.stop().await;
}

#[tokio::test]
async fn errors_are_problems_to_their_reference() {
    let world = World::new();
    let server = Running::new(&world).await;
    let mut ann = session(&server, &world, "ann").await;
    tell(
        &mut ann,
        &json!({ "type": "message.send", "ref": "x", "data": {} }),
    )
    .await;
    let error = hear(&mut ann).await;
    assert_eq!(
        (&error["type"], &error["ref"]),
        (&json!("error"), &json!("x"))
    );
    assert_eq!(error["error"]["code"], "invalid_request");
    assert_eq!(error["error"]["type"], "urn:messaging:invalid_request");
    assert_eq!(error["error"]["status"], 400);
    assert!(error["error"]["errors"][0]["field"].is_string());
    ann.send(Message::text("{\"type\":7,\"ref\":\"y\"}"))
        .await
        .unwrap();
    let error = hear(&mut ann).await;
    assert_eq!(
        (&error["ref"], &error["error"]["code"]),
        (&json!("y"), &json!("invalid_request"))
    );
    ann.send(Message::Ping("hi".into())).await.unwrap();
    assert_eq!(next(&mut ann).await, Message::Pong("hi".into()));
    server.stop().await;
}

#[tokio::test]
async fn what_no_client_sends_ends_the_session_with_its_code() {
    let world = World::new();
    let server = Running::new(&world).await;
    for (message, code) in [
        (Message::binary(vec![1, 2, 3]), 4400),
        (Message::text("x".repeat(64 * 1024 + 1)), 1009),
        (Message::text("x".repeat(5_000_000)), 1009),
    ] {
        let mut ann = session(&server, &world, "ann").await;
        ann.send(message).await.unwrap();
        assert_eq!(close_code(&mut ann).await, code);
        assert!(matches!(
            ann.next().await,
            None | Some(Err(Error::ConnectionClosed))
        ));
    }
    let mut ann = session(&server, &world, "ann").await;
    let padding = " ".repeat(64 * 1024 - 24);
    ann.send(Message::text(format!(
        "{{\"type\":\"ping\",\"ref\":1{padding}}}"
    )))
    .await
    .unwrap();
    assert_eq!(hear(&mut ann).await["type"], "error");
    server.stop().await;
}

/// A masked frame with an empty payload.
fn empty_frame(first_byte: u8) -> [u8; 6] {
    [first_byte, 0x80, 0, 0, 0, 0]
}

/// Reads a server's frames until the close frame; answers its code.
async fn raw_close_code(stream: &mut TcpStream) -> u16 {
    loop {
        let first = stream.read_u8().await.unwrap();
        let len = match stream.read_u8().await.unwrap() {
            126 => stream.read_u16().await.unwrap(),
            len => u16::from(len),
        };
        let mut payload = vec![0; len.into()];
        stream.read_exact(&mut payload).await.unwrap();
        if first == 0x88 {
            return u16::from_be_bytes([payload[0], payload[1]]);
        }
    }
}

#[tokio::test]
async fn a_million_empty_continuations_are_cut_off_early() {
    let world = World::new();
    let server = Running::new(&world).await;
    for with_pings in [false, true] {
        let ann = session(&server, &world, "ann").await;
        let mut stream = ann.into_inner();
        stream.write_all(&empty_frame(0x01)).await.unwrap();
        let mut piece = empty_frame(0x00).repeat(1000);
        if with_pings {
            piece.extend(empty_frame(0x89));
        }
        for _ in 0..1000 {
            stream
                .write_all(&piece)
                .await
                .expect("the server throws away what it refuses");
        }
        assert_eq!(raw_close_code(&mut stream).await, 4400);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_client_may_give_signs_of_life_for_long_but_not_ping_without_end() {
    let world = World::new();
    let server = Running::new(&world).await;
    let ann = session(&server, &world, "ann").await;
    let mut stream = ann.into_inner();
    for _ in 0..100 {
        stream
            .write_all(&empty_frame(0x8a).repeat(1000))
            .await
            .unwrap();
    }
    stream.write_all(&empty_frame(0x89)).await.unwrap();
    let pong = timeout(Duration::from_secs(20), stream.read_u8()).await;
    assert_eq!(pong.unwrap().unwrap(), 0x8a);
    stream
        .write_all(&empty_frame(0x89).repeat(2000))
        .await
        .unwrap();
    stream.read_u8().await.unwrap();
    assert_eq!(raw_close_code(&mut stream).await, 4400);
    server.stop().await;
}

#[tokio::test]
async fn broken_framing_ends_the_session_with_4400() {
    let world = World::new();
    let server = Running::new(&world).await;
    for bytes in [
        vec![0x81, 0x01, b'x'],             // not masked
        empty_frame(0xc1).to_vec(),         // a reserved bit
        empty_frame(0x83).to_vec(),         // an unknown opcode
        empty_frame(0x80).to_vec(),         // a continuation of nothing
        vec![0x81, 0x81, 0, 0, 0, 0, 0xff], // no UTF-8
        empty_frame(0x09).to_vec(),         // a ping in parts
    ] {
        let ann = session(&server, &world, "ann").await;
        let mut stream = ann.into_inner();
        stream.write_all(&bytes).await.unwrap();
        assert_eq!(raw_close_code(&mut stream).await, 4400, "{bytes:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn bad_upgrades_are_refused_with_their_status() {
    let world = World::with(|messaging| messaging, |api| api.max_sockets(1));
    let server = Running::new(&world).await;
    let refused = async |changes: &[(&'static str, String)]| {
        let mut headers = bearer(&world, "ann");
        headers.extend_from_slice(changes);
        open(&server, "/ws/messaging", &headers)
            .await
            .map(|_| ())
            .unwrap_err()
    };
    let header = |name: &'static str, value: &str| vec![(name, value.to_owned())];
    assert_eq!(refused(&header("upgrade", "h2c")).await, 426);
    assert_eq!(refused(&header("sec-websocket-version", "8")).await, 426);
    assert_eq!(refused(&header("sec-websocket-key", "short")).await, 400);
    assert_eq!(refused(&header("origin", "http://evil.example")).await, 403);
    assert_eq!(refused(&header("origin", "null")).await, 403);
    let own = header("origin", &format!("http://{}", server.address));
    let first = open(&server, "/ws/messaging", &own).await.unwrap();
    assert_eq!(refused(&[]).await, 503);
    drop(first);
    let plain = world.ask_as_nobody("GET", "/ws/messaging").send().await;
    plain.expect_problem(426, "upgrade_required");
    assert_eq!(plain.header("sec-websocket-version"), "13");
    let post = world.ask_as_nobody("POST", "/ws/messaging").send().await;
    post.expect_problem(405, "method_not_allowed");
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_ends_tells_its_sessions_to_come_back() {
    let world = World::new();
    let server = Running::new(&world).await;
    let mut ann = session(&server, &world, "ann").await;
    let stopping = tokio::spawn(server.stop());
    assert_eq!(hear(&mut ann).await["type"], "session.closing");
    assert_eq!(close_code(&mut ann).await, 1001);
    drop(ann);
    stopping.await.unwrap();
}

#[tokio::test]
async fn sockets_open_under_warps_own_server_too() {
    let world = World::new();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let url = format!("ws://{}/ws/messaging", listener.local_addr().unwrap());
    let stream = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let server = warp::serve(world.api.routes()).incoming(listener).run();
    let task = tokio::spawn(server);
    let mut request = url.into_client_request().unwrap();
    let token = HeaderValue::try_from(format!("Bearer {}", world.token("ann"))).unwrap();
    request.headers_mut().insert("authorization", token);
    let (mut client, _) = client_async(request, stream).await.unwrap();
    assert_eq!(hear(&mut client).await["type"], "session.ready");
    task.abort();
}
