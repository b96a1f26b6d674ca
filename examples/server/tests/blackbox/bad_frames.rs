//! Frames that no client library sends: each ends its own session and nobody else's.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::support::{
    Database, Person, Server, Session, open,
    raw::{Raw, frame},
    say,
};

on_each_database! {
    a_million_empty_continuation_frames_end_the_session,
    a_message_in_countless_fragments_is_too_large,
    a_frame_that_claims_too_much_is_too_large,
    broken_framing_ends_the_session,
    commands_nested_without_end_are_refused,
    a_flood_of_pings_holds_nobody_up,
    a_bad_upgrade_is_refused,
}

/// A server with two who talk while a third misbehaves.
struct Scene {
    server: Server,
    ann: Person,
    bob: Person,
    mallory: Person,
    thread: String,
    session: Session,
    said: u64,
    memory: u64,
}

async fn scene(database: Database) -> Scene {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut scene = Scene {
        mallory: server.client("mallory"),
        session: bob.connect().await,
        server,
        ann,
        bob,
        thread,
        said: 0,
        memory: 0,
    };
    scene.assert_live().await;
    scene.memory = scene.server.resident_kib();
    scene
}

impl Scene {
    /// A message still goes from one to the other, soon.
    async fn assert_live(&mut self) {
        let began = Instant::now();
        self.said += 1;
        say(&self.ann, &self.thread, &format!("number {}", self.said)).await;
        let frame = self.session.expect("message.new").await;
        assert_eq!(frame["data"]["message"]["seq"], self.said);
        let took = began.elapsed();
        assert!(took < Duration::from_secs(3), "{took:?}");
    }

    /// All is as it was before, memory too.
    async fn assert_well(&mut self) {
        self.assert_live().await;
        self.bob.connect().await.call("ping", json!({})).await;
        let grown = self.server.resident_kib().saturating_sub(self.memory);
        assert!(grown < 16 * 1024, "{grown} KiB more than before");
    }
}

const SOME_TIME: Duration = Duration::from_secs(30);
const TEXT: u8 = 0x81;
const TEXT_BEGINS: u8 = 0x01;
const GOES_ON: u8 = 0x00;
const PING: u8 = 0x89;

async fn a_million_empty_continuation_frames_end_the_session(database: Database) {
    let mut scene = scene(database).await;
    let mut raw = Raw::upgraded(&scene.mallory).await;
    raw.write(frame(TEXT_BEGINS, b"{")).await.unwrap();
    let thousand = frame(GOES_ON, b"").repeat(1000);
    let mut sent = 0;
    for _ in 0..1000 {
        if raw.write(&thousand).await.is_err() {
            break;
        }
        sent += 1000;
        if sent % 100_000 == 0 {
            scene.assert_live().await;
        }
    }
    // What is on its way when the server closes makes the system reset the connection, and the
    // close frame may be lost with that; the end is not.
    let code = raw.close_code(SOME_TIME).await;
    assert!(matches!(code, Some(4400) | None), "{code:?}");
    scene.assert_well().await;
}

async fn a_message_in_countless_fragments_is_too_large(database: Database) {
    let mut scene = scene(database).await;
    for size in [1, 1000, 60_000] {
        let mut raw = Raw::upgraded(&scene.mallory).await;
        raw.write(frame(TEXT_BEGINS, b"\"")).await.unwrap();
        let fragment = frame(GOES_ON, &b"x".repeat(size));
        let batch = fragment.repeat((70_000 / size).min(1000));
        for _ in 0..100 {
            if raw.write(&batch).await.is_err() {
                break;
            }
        }
        let code = raw.close_code(SOME_TIME).await;
        assert!(
            matches!(code, Some(4400 | 1009 | 4029) | None),
            "{size}: {code:?}"
        );
    }
    scene.assert_well().await;
}

async fn a_frame_that_claims_too_much_is_too_large(database: Database) {
    let mut scene = scene(database).await;
    for length in [65_537_u64, 1 << 31, 1 << 40, i64::MAX as u64, u64::MAX] {
        let mut raw = Raw::upgraded(&scene.mallory).await;
        let claim = [&[TEXT, 0xff], length.to_be_bytes().as_slice(), &[0; 4]].concat();
        raw.write(claim).await.unwrap();
        let code = raw.close_code(SOME_TIME).await;
        assert!(matches!(code, Some(1009 | 4400)), "{length}: {code:?}");
    }
    scene.assert_well().await;
}

async fn broken_framing_ends_the_session(database: Database) {
    let mut scene = scene(database).await;
    let unmasked = vec![TEXT, 2, b'{', b'}'];
    let cases = [
        ("an unmasked frame", unmasked),
        ("a reserved bit", frame(0xc1, b"{}")),
        ("a reserved opcode", frame(0x83, b"{}")),
        ("a reserved control opcode", frame(0x8b, b"")),
        ("a continuation of nothing", frame(0x80, b"{}")),
        ("a long ping", frame(PING, &[b'x'; 126])),
        ("a ping in fragments", frame(0x09, b"x")),
        (
            "text within a text",
            [frame(TEXT_BEGINS, b"{"), frame(TEXT, b"{}")].concat(),
        ),
        (
            "text that is not UTF-8",
            frame(TEXT, b"{\"type\":\"\xff\"}"),
        ),
    ];
    for (what, bytes) in cases {
        let mut raw = Raw::upgraded(&scene.mallory).await;
        raw.write(bytes).await.unwrap();
        let code = raw.close_code(SOME_TIME).await;
        assert_eq!(code, Some(4400), "{what}");
    }
    // A close frame with nonsense in it is the client's end of the session all the same.
    for bytes in [
        frame(0x88, b"x"),
        frame(0x88, &[0, 1]),
        frame(0x88, b"\x03\xe8\xff"),
    ] {
        let mut raw = Raw::upgraded(&scene.mallory).await;
        raw.write(bytes).await.unwrap();
        raw.read_to_end(SOME_TIME).await;
    }
    scene.assert_well().await;
}

async fn commands_nested_without_end_are_refused(database: Database) {
    let mut scene = scene(database).await;
    let mut session = scene.mallory.connect().await;
    let deep = "[".repeat(30_000);
    let back = "]".repeat(30_000);
    for text in [
        format!(r#"{{"type":"ping","ref":"a","data":{{"x":{deep}{back}}}}}"#),
        format!(r#"{{"type":"ping","ref":"a","unknown":{deep}{back}}}"#),
        format!(r#"{{"type":"message.send","ref":"a","data":{{"content":{deep}{back}}}}}"#),
    ] {
        session.send_text(text).await;
        let error = session.expect("error").await;
        assert_eq!(error["error"]["code"], "invalid_request");
    }
    session.call("ping", json!({})).await;
    for text in [deep.clone(), format!("{deep}{back}")] {
        let mut session = scene.mallory.connect().await;
        session.send_text(text).await;
        assert_eq!(session.closed().await, 4400);
    }
    scene.assert_well().await;
}

async fn a_flood_of_pings_holds_nobody_up(database: Database) {
    let mut scene = scene(database).await;
    let mut raw = Raw::upgraded(&scene.mallory).await;
    let thousand = frame(PING, b"are you there?").repeat(1000);
    // Nothing is read: the answers pile up on the way, and must not pile up in the server.
    let flood = async {
        for _ in 0..1000 {
            if raw.write(&thousand).await.is_err() {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(3), flood).await;
    scene.assert_well().await;
}

async fn a_bad_upgrade_is_refused(database: Database) {
    let mut scene = scene(database).await;
    let good = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    for (broken, value) in [
        ("connection", "keep-alive"),
        ("upgrade", "h2c"),
        ("sec-websocket-version", "8"),
        ("sec-websocket-key", ""),
    ] {
        let mut head = format!(
            "GET /ws/messaging HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n",
            scene.mallory.token
        );
        for (name, usual) in good {
            let value = if name == broken { value } else { usual };
            head = format!("{head}{name}: {value}\r\n");
        }
        let mut raw = Raw::connect(scene.mallory.address).await;
        raw.write(head + "\r\n").await.unwrap();
        let mut status = [0; 12];
        tokio::io::AsyncReadExt::read_exact(&mut raw.stream, &mut status)
            .await
            .unwrap();
        let status = String::from_utf8_lossy(&status);
        assert!(status.starts_with("HTTP/1.1 4"), "a bad {broken}: {status}");
    }
    scene.assert_well().await;
}
