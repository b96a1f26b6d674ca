//! Requests that no client sends: each is answered clearly, and costs the others nothing.

use std::time::Duration;

use http::Method;
use serde_json::json;
use tokio::{io::AsyncReadExt, time::Instant};

use crate::support::{
    Answer, Database, Person, Server, open, raw::Raw, request, say, text, wish, within,
};

on_each_database! {
    a_body_that_is_not_json_is_an_invalid_request,
    a_body_nested_without_end_is_an_invalid_request,
    a_body_of_another_type_is_unsupported,
    ten_megabytes_are_too_large_with_and_without_a_length,
    a_body_cut_short_ends_the_request,
    a_body_that_never_comes_ends_in_ten_seconds,
    a_header_that_never_ends_is_closed_in_ten_seconds,
    headers_without_measure_are_refused,
    what_is_not_http_is_refused,
    many_idle_connections_hold_nobody_up,
}

/// A server with a conversation, so that a bad request has something to damage.
struct Scene {
    server: Server,
    ann: Person,
    bob: Person,
    thread: String,
    message: String,
}

async fn scene(database: Database) -> Scene {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob, &server.client("eve")]).await;
    let message = say(&ann, &thread, "all is well").await;
    Scene {
        message: message["id"].as_str().unwrap().to_owned(),
        server,
        ann,
        bob,
        thread,
    }
}

impl Scene {
    /// Every route that takes a JSON body.
    fn routes(&self) -> [(Method, String); 7] {
        let Self {
            thread, message, ..
        } = self;
        [
            (Method::POST, "/api/threads".to_owned()),
            (Method::PUT, format!("/api/threads/{thread}")),
            (
                Method::PUT,
                format!("/api/threads/{thread}/participants/eve"),
            ),
            (Method::POST, "/api/messages".to_owned()),
            (Method::PUT, format!("/api/messages/{message}")),
            (Method::POST, "/api/tags".to_owned()),
            (Method::PUT, format!("/api/tags/{message}/apply")),
        ]
    }

    async fn ask(&self, method: Method, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let mut wish = wish(self.ann.address, method, path, Some(&self.ann.token), None);
        wish.headers_mut()
            .insert("content-type", kind.parse().unwrap());
        *wish.body_mut() = body.into();
        request(self.ann.address, wish).await
    }

    /// The conversation is untouched and goes on.
    async fn assert_well(&self) {
        let path = format!("/api/messages?thread_id={}", self.thread);
        let messages = self.bob.get(&path).await.expect(200);
        assert_eq!(messages["items"].as_array().unwrap().len(), 1);
        assert_eq!(messages["items"][0]["content"], text("all is well"));
        assert_eq!(self.ann.all("/api/threads").await.len(), 1);
        assert_eq!(self.ann.all("/api/tags").await.len(), 0);
    }
}

async fn a_body_that_is_not_json_is_an_invalid_request(database: Database) {
    let scene = scene(database).await;
    let bodies: [&[u8]; 12] = [
        b"",
        b" ",
        b"nonsense",
        b"{",
        b"{\"content\":",
        b"{}{}",
        b"\xef\xbb\xbf{}",
        b"{\"content\":{\"type\":\"text\",\"text\":\"\xff\xfe\"}}",
        b"{\"title\":\"\\ud800\"}",
        b"null",
        b"[]",
        b"\"words\"",
    ];
    for (method, path) in scene.routes() {
        // The role of a participant has a default, so that body may be left out.
        let optional = path.contains("/participants/");
        for body in bodies {
            if optional && body.is_empty() {
                continue;
            }
            let answer = scene
                .ask(method.clone(), &path, "application/json", body.into())
                .await;
            let problem = answer.expect_problem(400, "invalid_request");
            let shown = String::from_utf8_lossy(body);
            assert!(
                problem["errors"].is_array(),
                "{method} {path} {shown}: {problem}"
            );
        }
    }
    scene.assert_well().await;
}

async fn a_body_nested_without_end_is_an_invalid_request(database: Database) {
    let scene = scene(database).await;
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    let bodies = [
        deep("[", "]"),
        deep("{\"a\":", "}"),
        "[".repeat(100_000),
        format!("{{\"unknown\":{}}}", deep("[", "]")),
        format!("{{\"metadata\":{}}}", deep("{\"a\":", "}")),
        format!("{{\"content\":{}}}", deep("[", "]")),
    ];
    for (method, path) in scene.routes() {
        for body in &bodies {
            let body = body.clone().into_bytes();
            let answer = scene
                .ask(method.clone(), &path, "application/json", body)
                .await;
            let status = answer.status.as_u16();
            let code = if status == 413 {
                "payload_too_large"
            } else {
                "invalid_request"
            };
            assert!(
                matches!(status, 400 | 413),
                "{method} {path}: {}",
                answer.text()
            );
            answer.expect_problem(status, code);
        }
    }
    scene.assert_well().await;
}

async fn a_body_of_another_type_is_unsupported(database: Database) {
    let scene = scene(database).await;
    for kind in [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
    ] {
        for (method, path) in scene.routes() {
            let answer = scene.ask(method, &path, kind, b"{}".into()).await;
            answer.expect_problem(415, "unsupported_media_type");
        }
    }
    scene.assert_well().await;
}

async fn ten_megabytes_are_too_large_with_and_without_a_length(database: Database) {
    let scene = scene(database).await;
    let before = scene.server.resident_kib();
    for (method, path) in scene.routes() {
        let body = vec![b'['; 10 << 20];
        let answer = scene.ask(method, &path, "application/json", body).await;
        answer.expect_problem(413, "payload_too_large");
    }
    for _ in 0..5 {
        let mut raw = Raw::connect(scene.ann.address).await;
        let head = format!(
            "POST /api/messages HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ntransfer-encoding: chunked\r\n\
             connection: close\r\n\r\n",
            scene.ann.token
        );
        raw.write(head).await.unwrap();
        let chunk = [b"10000\r\n", "x".repeat(0x1_0000).as_bytes(), b"\r\n"].concat();
        for _ in 0..160 {
            if raw.write(&chunk).await.is_err() {
                break;
            }
        }
        let _ = raw.write("0\r\n\r\n").await;
        let answer = raw.read_to_end(Duration::from_secs(15)).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 413"),
            "{answer}"
        );
    }
    let grown = scene.server.resident_kib().saturating_sub(before);
    assert!(grown < 32 * 1024, "{grown} KiB more than before");
    scene.assert_well().await;
}

async fn a_body_cut_short_ends_the_request(database: Database) {
    let scene = scene(database).await;
    let whole = json!({ "thread_id": scene.thread, "client_id": "c", "content": text("cut") });
    let whole = whole.to_string();
    for keep in [1, 20, whole.len() - 1] {
        let mut raw = Raw::connect(scene.ann.address).await;
        raw.write(post(&scene.ann, whole.len())).await.unwrap();
        raw.write(&whole[..keep]).await.unwrap();
        drop(raw);
    }
    scene.assert_well().await;
}

async fn a_body_that_never_comes_ends_in_ten_seconds(database: Database) {
    let scene = scene(database).await;
    let mut raw = Raw::connect(scene.ann.address).await;
    raw.write(post(&scene.ann, 100)).await.unwrap();
    let began = Instant::now();
    let mut answer = [0; 12];
    let read = raw.stream.read_exact(&mut answer);
    within(Duration::from_secs(15), "an answer", read)
        .await
        .unwrap();
    assert_eq!(answer.as_slice(), b"HTTP/1.1 408");
    let took = began.elapsed();
    assert!(took >= Duration::from_secs(8), "{took:?}");
    raw.read_to_end(Duration::from_secs(20)).await;
    scene.assert_well().await;
}

async fn a_header_that_never_ends_is_closed_in_ten_seconds(database: Database) {
    let scene = scene(database).await;
    let began = Instant::now();
    let mut raw = Raw::connect(scene.ann.address).await;
    raw.write("GET /api/threads HTTP/1.1\r\nhost: x\r\n")
        .await
        .unwrap();
    let mut dripping = tokio::time::interval(Duration::from_millis(200));
    let closed = loop {
        dripping.tick().await;
        // A write fails some time after the server has closed; the read tells at once.
        if raw.write("x-more: and more\r\n").await.is_err() {
            break true;
        }
        let mut byte = [0];
        match raw.stream.try_read(&mut byte) {
            Ok(0) => break true,
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => break true,
            _ if began.elapsed() > Duration::from_secs(20) => break false,
            _ => {}
        }
    };
    assert!(closed, "still open after {:?}", began.elapsed());
    let took = began.elapsed();
    assert!((8..=14).contains(&took.as_secs()), "{took:?}");
    scene.assert_well().await;
}

async fn headers_without_measure_are_refused(database: Database) {
    let scene = scene(database).await;
    let before = scene.server.resident_kib();
    for _ in 0..5 {
        let mut raw = Raw::connect(scene.ann.address).await;
        raw.write("GET /api/threads HTTP/1.1\r\nhost: x\r\n")
            .await
            .unwrap();
        let line = format!("x-filler: {}\r\n", "x".repeat(8000));
        for _ in 0..2000 {
            if raw.write(&line).await.is_err() {
                break;
            }
        }
        let answer = raw.read_to_end(Duration::from_secs(15)).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
    let long = format!("/api/threads?cursor={}", "x".repeat(60_000));
    let answer = scene.ann.try_ask(Method::GET, &long, None).await;
    assert!(answer.is_none_or(|answer| answer.status.is_client_error()));
    let grown = scene.server.resident_kib().saturating_sub(before);
    assert!(grown < 16 * 1024, "{grown} KiB more than before");
    scene.assert_well().await;
}

async fn what_is_not_http_is_refused(database: Database) {
    let scene = scene(database).await;
    let nonsense: [&[u8]; 6] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n",
    ];
    for bytes in nonsense {
        let mut raw = Raw::connect(scene.ann.address).await;
        raw.write(bytes).await.unwrap();
        let answer = raw.read_to_end(Duration::from_secs(15)).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
    scene.assert_well().await;
}

async fn many_idle_connections_hold_nobody_up(database: Database) {
    let scene = scene(database).await;
    let mut idle = Vec::new();
    for _ in 0..300 {
        let mut raw = Raw::connect(scene.ann.address).await;
        raw.write("POST /api/messages HTTP/1.1\r\nhost")
            .await
            .unwrap();
        idle.push(raw);
    }
    let began = Instant::now();
    scene.assert_well().await;
    let took = began.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    for raw in &mut idle {
        raw.read_to_end(Duration::from_secs(20)).await;
    }
}

/// The head of a message that is to be sent, with this length.
fn post(person: &Person, length: usize) -> String {
    format!(
        "POST /api/messages HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n",
        person.token
    )
}
