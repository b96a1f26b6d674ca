//! What sessions are told while they are open, and in which order.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Database, Server, open, say, shape, text};

on_each_database! {
    two_devices_of_a_user_see_the_same_stream,
    every_change_over_rest_reaches_the_sockets,
    participants_come_and_go_in_their_own_streams,
    everyone_sees_a_busy_group_in_the_same_order,
    receipts_reach_the_participants_and_never_go_back,
    receipts_can_be_turned_off,
}

async fn two_devices_of_a_user_see_the_same_stream(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let (mut phone, mut laptop) = (ann.connect().await, ann.connect().await);
    let mut other = bob.connect().await;

    let wish =
        |client_id| json!({ "thread_id": thread, "client_id": client_id, "content": text("x") });
    let ack = phone.call("message.send", wish("with-ref")).await;
    let on_laptop = laptop.expect("message.new").await;
    let on_other = other.expect("message.new").await;
    assert_eq!(on_laptop["data"], ack["data"]);
    assert_eq!(
        on_laptop["cursor"], ack["cursor"],
        "the ack stands at its event's place"
    );
    assert_eq!(on_other["cursor"], ack["cursor"]);
    assert_eq!(on_other["data"]["message"].get("client_id"), None);

    phone.send("message.send", wish("without-ref")).await;
    let on_phone = phone.expect("message.new").await;
    assert_eq!(on_phone["data"]["message"]["client_id"], "without-ref");
    assert_eq!(laptop.expect("message.new").await, on_phone);
    let id = &ack["data"]["message"]["id"];
    let read = phone
        .call("message.mark_read", json!({ "message_id": id }))
        .await;
    assert_eq!(
        read["cursor"],
        Value::Null,
        "sending has moved the marker there already"
    );
    let edit = json!({ "message_id": id, "content": text("y") });
    let edited = laptop.call("message.edit", edit).await;
    assert_eq!(
        phone.expect("message.edited").await["cursor"],
        edited["cursor"]
    );
    assert_eq!(phone.drain().await, [Value::Null; 0]);
    assert_eq!(laptop.drain().await, [Value::Null; 0]);
}

async fn every_change_over_rest_reaches_the_sockets(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let (mut of_ann, mut of_bob) = (ann.connect().await, bob.connect().await);
    let mut of_eve = server.client("eve").connect().await;
    let thread = open(&ann, &[&bob]).await;
    let message = say(&ann, &thread, "one").await;
    let path = format!("/api/messages/{}", message["id"].as_str().unwrap());
    ann.put(&path, json!({ "content": text("two") }))
        .await
        .expect(200);
    bob.set(&format!("{path}/reactions/x"))
        .await
        .expect_no_content();
    ann.put(&format!("/api/threads/{thread}"), json!({ "title": "T" }))
        .await
        .expect(200);
    ann.delete(&path).await.expect_no_content();
    for (session, viewer) in [(&mut of_ann, "ann"), (&mut of_bob, "bob")] {
        let created = session.expect("thread.created").await;
        shape::assert_thread(&created["data"]["thread"]);
        let new = session.expect("message.new").await;
        assert_eq!(new["data"]["message"]["id"], message["id"]);
        let own = new["data"]["message"].get("client_id").is_some();
        assert_eq!(own, viewer == "ann");
        session.expect("message.edited").await;
        session.expect("message.reacted").await;
        let updated = session.expect("thread.updated").await;
        assert_eq!(updated["data"]["thread"]["title"], "T");
        let deleted = session.expect("message.deleted").await;
        assert_eq!(deleted["data"]["message"]["content"], Value::Null);
    }
    ann.put(&format!("/api/threads/{thread}"), json!({ "muted": true }))
        .await
        .expect(200);
    let own = of_ann.expect("thread.updated").await;
    assert_eq!(own["data"]["thread"]["muted"], true);
    say(&bob, &thread, "last").await;
    of_bob.expect("message.new").await;
    assert_eq!(of_eve.drain().await, [Value::Null; 0]);
}

async fn participants_come_and_go_in_their_own_streams(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob, eve) = (
        server.client("ann"),
        server.creator("bob"),
        server.client("eve"),
    );
    let dan = server.client("dan");
    let group = open(&ann, &[&bob, &eve]).await;
    let mut of_dan = dan.connect().await;
    let mut of_bob = bob.connect().await;
    let path = format!("/api/threads/{group}/participants/dan");
    assert!(
        ann.put(&path, json!({ "role": "client" }))
            .await
            .status
            .is_success()
    );
    let created = of_dan.expect("thread.created").await;
    assert_eq!(
        created["data"]["thread"]["participants"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    let updated = of_bob.expect("thread.updated").await;
    assert_eq!(
        updated["data"]["thread"]["participants"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    say(&ann, &group, "welcome").await;
    of_dan.expect("message.new").await;
    of_bob.expect("message.new").await;

    assert!(ann.delete(&path).await.status.is_success());
    let left = of_dan.next().await;
    assert_eq!(left["data"]["thread_id"], group.as_str(), "{left}");
    let updated = of_bob.expect("thread.updated").await;
    assert_eq!(
        updated["data"]["thread"]["participants"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    say(&ann, &group, "after").await;
    of_bob.expect("message.new").await;
    assert_eq!(of_dan.drain().await, [Value::Null; 0]);
}

async fn everyone_sees_a_busy_group_in_the_same_order(database: Database) {
    const EACH: usize = 40;
    let server = Server::start(database).await;
    let people: Vec<_> = (0..5)
        .map(|n| server.client(&format!("user-{n}")))
        .collect();
    let group = open(&people[0], &people[1..].iter().collect::<Vec<_>>()).await;
    let mut sessions = Vec::new();
    for person in &people {
        sessions.push(person.connect().await);
    }
    let mut tasks = JoinSet::new();
    for mut session in sessions {
        let group = group.clone();
        tasks.spawn(async move {
            for n in 0..EACH {
                let wish = json!({
                    "thread_id": group, "client_id": format!("c-{n}"), "content": text("x"),
                });
                session.post("message.send", wish).await;
            }
            let mut seen = Vec::new();
            while seen.len() < EACH * 5 {
                let frame = session.next().await;
                let message = &frame["data"]["message"];
                seen.push((message["seq"].as_u64().unwrap(), message["id"].clone()));
            }
            seen
        });
    }
    let streams = tasks.join_all().await;
    let seqs: Vec<_> = streams[0].iter().map(|(seq, _)| *seq).collect();
    assert_eq!(seqs, (1..=EACH as u64 * 5).collect::<Vec<_>>());
    for stream in &streams {
        assert_eq!(
            *stream, streams[0],
            "acks and events in one order for everyone"
        );
    }
}

async fn receipts_reach_the_participants_and_never_go_back(database: Database) {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    for n in 1..=4 {
        say(&bob, &thread, &format!("number {n}")).await;
    }
    let (mut of_ann, mut of_bob) = (ann.connect().await, bob.connect().await);
    let up_to = |seq| json!({ "thread_id": thread, "seq": seq });
    of_ann.call("message.mark_delivered", up_to(4)).await;
    let delivered = of_bob.expect("message.delivered").await;
    let data = &delivered["data"];
    assert_eq!((&data["user_id"], &data["seq"]), (&json!("ann"), &json!(4)));
    assert_eq!(data["thread_id"], thread.as_str());
    assert!(shape::is_time(&data["at"]));
    of_ann.call("message.mark_read", up_to(3)).await;
    assert_eq!(of_bob.expect("message.read").await["data"]["seq"], 3);

    let back = of_ann.call("message.mark_read", up_to(1)).await;
    assert_eq!(back["data"]["seq"], 3, "a marker never goes back");
    let shown = bob.get(&format!("/api/threads/{thread}")).await.expect(200);
    let marker = &shown["thread"]["participants"][0];
    assert_eq!(
        (&marker["delivered_seq"], &marker["read_seq"]),
        (&json!(4), &json!(3))
    );
    assert_eq!(of_bob.drain().await, [Value::Null; 0]);
}

async fn receipts_can_be_turned_off(database: Database) {
    let settings = [("MESSAGING_ENABLE_READ_RECEIPTS", "false")];
    let server = Server::start_with(database, &settings).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    say(&bob, &thread, "hello").await;
    let (mut phone, mut laptop) = (ann.connect().await, ann.connect().await);
    let mut of_bob = bob.connect().await;
    phone
        .call(
            "message.mark_read",
            json!({ "thread_id": thread, "seq": 1 }),
        )
        .await;
    laptop.expect("message.read").await;
    say(&ann, &thread, "an answer").await;
    of_bob.expect("message.new").await;
    let shown = bob.get(&format!("/api/threads/{thread}")).await.expect(200);
    assert_eq!(shown["thread"]["participants"][0]["read_seq"], 0);
}
