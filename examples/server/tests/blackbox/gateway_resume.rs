//! Coming back by cursor: every durable event once, in order, before the live ones.

use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use crate::support::{Database, Person, Server, Session, open, say, shape, text, upgrade};

on_each_database! {
    what_was_missed_comes_once_in_order_then_live,
    a_client_may_resume_by_a_command,
    a_client_may_resume_with_its_first_frame,
    a_cursor_that_cannot_be_resumed_from_asks_for_a_resync,
    nothing_is_lost_or_repeated_while_others_write,
    a_long_absence_is_caught_up,
    an_acknowledgements_cursor_is_a_place_to_resume_from,
    an_erased_word_is_not_caught_up,
    a_session_resumes_on_another_node,
    a_session_resumes_after_a_crash,
}

async fn what_was_missed_comes_once_in_order_then_live(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let first = bob.connect().await;
    let cursor = first.cursor();
    drop(first);
    let thread = open(&ann, &[&bob]).await;
    let message = say(&ann, &thread, "one").await;
    let path = format!("/api/messages/{}", message["id"].as_str().unwrap());
    ann.set(&format!("{path}/reactions/x"))
        .await
        .expect_no_content();
    let mut of_ann = ann.connect().await;
    bob.put(&format!("/api/threads/{thread}"), json!({ "pinned": true }))
        .await
        .expect(200);
    say(&bob, &thread, "two").await;
    of_ann
        .call(
            "message.mark_read",
            json!({ "thread_id": thread, "seq": 2 }),
        )
        .await;

    let mut session = bob.resume(&cursor).await;
    assert_eq!(session.ready["data"]["resumed"], true);
    let expected = [
        "thread.created",
        "message.new",
        "message.reacted",
        "thread.updated",
        "message.new",
        "message.read",
    ];
    for kind in expected {
        let frame = session.expect(kind).await;
        assert!(frame["cursor"].is_string(), "{frame}");
    }
    say(&ann, &thread, "three").await;
    assert_eq!(
        session.expect("message.new").await["data"]["message"]["seq"],
        3
    );
    assert_eq!(session.drain().await, [Value::Null; 0]);
}

async fn a_client_may_resume_by_a_command(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let cursor = bob.connect().await.cursor();
    say(&ann, &thread, "missed").await;
    let mut session = bob.connect().await;
    session
        .call("session.resume", json!({ "cursor": cursor }))
        .await;
    let missed = session.expect("message.new").await;
    assert_eq!(missed["data"]["message"]["seq"], 1);
    say(&ann, &thread, "live").await;
    assert_eq!(
        session.expect("message.new").await["data"]["message"]["seq"],
        2
    );
    let bad = session
        .refused("session.resume", json!({ "cursor": "x" }))
        .await;
    assert!(bad["status"].is_u64());
}

async fn a_client_may_resume_with_its_first_frame(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let cursor = bob.connect().await.cursor();
    say(&ann, &thread, "missed").await;
    let request = upgrade(server.address(), "");
    let mut session = Session::handshake(server.address(), request).await.unwrap();
    let first = json!({ "token": bob.token, "cursor": cursor });
    session.call("session.authenticate", first).await;
    let ready = session.expect("session.ready").await;
    assert_eq!(ready["data"]["resumed"], true);
    session.expect("message.new").await;
}

async fn a_cursor_that_cannot_be_resumed_from_asks_for_a_resync(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let good = ann.connect().await.cursor();
    let tampered = format!("{}{}", &good[..good.len() - 2], "AA");
    for bad in ["x", &tampered, &"A".repeat(3000)] {
        let mut session = ann.resume(bad).await;
        assert_eq!(session.ready["data"]["resumed"], false);
        let resync = session.expect("session.resync").await;
        assert!(resync["data"]["reason"].is_string());
        say(&bob, &thread, &format!("live {}", bad.len())).await;
        session.expect("message.new").await;
    }
}

async fn nothing_is_lost_or_repeated_while_others_write(database: Database) {
    const MESSAGES: u32 = 600;
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut cursor = bob.connect().await.cursor();
    let writer = tokio::spawn(write(ann.connect().await, thread, MESSAGES));

    let mut dice = StdRng::seed_from_u64(7);
    let mut seen = Vec::new();
    while seen.last() != Some(&MESSAGES) {
        let mut session = bob.resume(&cursor).await;
        for _ in 0..dice.random_range(0..60) {
            if seen.last() == Some(&MESSAGES) {
                break;
            }
            let frame = session.expect("message.new").await;
            seen.push(u32::try_from(frame["data"]["message"]["seq"].as_u64().unwrap()).unwrap());
            frame["cursor"].as_str().unwrap().clone_into(&mut cursor);
        }
    }
    assert_eq!(seen, (1..=MESSAGES).collect::<Vec<_>>());
    assert_eq!(bob.resume(&cursor).await.drain().await, [Value::Null; 0]);
    writer.await.unwrap();
}

/// Sends numbered messages, eight on their way at a time.
async fn write(mut session: Session, thread: String, count: u32) {
    let mut waiting = 0;
    for n in 1..=count {
        let wish =
            json!({ "thread_id": thread, "client_id": format!("c-{n}"), "content": text("x") });
        session.post("message.send", wish).await;
        waiting += 1;
        while waiting >= 8 {
            session.expect("ack").await;
            waiting -= 1;
        }
    }
    for _ in 0..waiting {
        session.expect("ack").await;
    }
}

async fn a_long_absence_is_caught_up(database: Database) {
    const MESSAGES: u32 = 2_000;
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let cursor = bob.connect().await.cursor();
    write(ann.connect().await, thread.clone(), MESSAGES).await;
    let mut session = bob.resume(&cursor).await;
    for seq in 1..=MESSAGES {
        let frame = session.expect("message.new").await;
        assert_eq!(frame["data"]["message"]["seq"], seq);
    }
    say(&ann, &thread, "live").await;
    let live = session.expect("message.new").await;
    assert_eq!(live["data"]["message"]["seq"], MESSAGES + 1);
}

async fn an_acknowledgements_cursor_is_a_place_to_resume_from(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut session = ann.connect().await;
    say(&bob, &thread, "before").await;
    let wish = json!({ "thread_id": thread, "client_id": "c", "content": text("mine") });
    let ack = session.call("message.send", wish).await;
    let before = session.drain().await;
    assert_eq!(
        before.len(),
        1,
        "what came before the own message was told before its ack"
    );
    drop(session);
    say(&bob, &thread, "after").await;
    let mut session = ann.resume(ack["cursor"].as_str().unwrap()).await;
    let after = session.expect("message.new").await;
    assert_eq!(after["data"]["message"]["seq"], 3);
    assert_eq!(session.drain().await, [Value::Null; 0]);
}

async fn an_erased_word_is_not_caught_up(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let cursor = bob.connect().await.cursor();
    let message = say(&ann, &thread, "unsayable").await;
    let path = format!("/api/messages/{}", message["id"].as_str().unwrap());
    ann.delete(&path).await.expect_no_content();
    let mut session = bob.resume(&cursor).await;
    let missed = session.expect("message.new").await;
    shape::assert_message(&missed["data"]["message"]);
    assert_eq!(missed["data"]["message"]["content"], Value::Null);
    session.expect("message.deleted").await;
}

async fn a_session_resumes_on_another_node(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let cursor = bob.connect().await.cursor();
    let other = server.second_node().await;
    say(&ann, &thread, "one").await;
    let there = Person {
        address: other.address,
        ..bob.clone()
    };
    let mut session = there.resume(&cursor).await;
    assert_eq!(
        session.expect("message.new").await["data"]["message"]["seq"],
        1
    );
    say(&ann, &thread, "two").await;
    let live = session.expect("message.new").await;
    assert_eq!(
        live["data"]["message"]["seq"], 2,
        "what another node commits comes live"
    );
    let wish = json!({ "thread_id": thread, "client_id": "c", "content": text("three") });
    session.call("message.send", wish).await;
    let mut back = bob.resume(live["cursor"].as_str().unwrap()).await;
    assert_eq!(
        back.expect("message.new").await["data"]["message"]["seq"],
        3
    );
}

async fn a_session_resumes_after_a_crash(database: Database) {
    let mut server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let mut session = bob.connect().await;
    say(&ann, &thread, "seen").await;
    let seen = session.expect("message.new").await;
    say(&ann, &thread, "perhaps not seen").await;
    server.crash_and_restart().await;
    let address = server.address();
    let (ann, bob) = (Person { address, ..ann }, Person { address, ..bob });
    say(&ann, &thread, "after").await;
    let mut session = bob.resume(seen["cursor"].as_str().unwrap()).await;
    for seq in [2, 3] {
        assert_eq!(
            session.expect("message.new").await["data"]["message"]["seq"],
            seq
        );
    }
    assert_eq!(session.drain().await, [Value::Null; 0]);
}
