//! Every command of the gateway: its acknowledgement, its refusals, what it does not reveal.

use serde_json::{Value, json};

use crate::support::{Database, Person, Server, Session, open, say, shape, text};

on_each_database! {
    every_write_is_acknowledged_with_what_it_made,
    a_retried_command_is_acknowledged_and_changes_nothing,
    a_command_without_a_reference_is_answered_by_errors_only,
    a_subscription_shows_the_thread_and_who_is_there,
    what_came_after_a_seq_follows_a_subscription,
    a_refused_command_says_why,
    anothers_objects_do_not_exist_for_any_command,
    references_and_names_are_checked,
}

struct Pair {
    server: Server,
    ann: Person,
    bob: Person,
    thread: String,
    session: Session,
}

async fn pair(database: Database) -> Pair {
    let server = Server::start(database).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    let session = ann.connect().await;
    Pair {
        server,
        ann,
        bob,
        thread,
        session,
    }
}

async fn every_write_is_acknowledged_with_what_it_made(database: Database) {
    let mut pair = pair(database).await;
    let wish = json!({ "thread_id": pair.thread, "client_id": "c-1", "content": text("frist") });
    let ack = pair.session.call("message.send", wish).await;
    assert!(ack["cursor"].is_string(), "{ack}");
    let message = ack["data"]["message"].clone();
    shape::assert_message(&message);
    assert_eq!(
        (&message["seq"], &message["client_id"]),
        (&json!(1), &json!("c-1"))
    );
    let id = message["id"].clone();

    let reply = json!({
        "thread_id": pair.thread, "client_id": "c-2", "content": text("reply"), "reply_to": id,
    });
    let reply = pair.session.call("message.send", reply).await;
    assert_eq!(reply["data"]["message"]["reply_to"], id);

    let edit = json!({ "message_id": id, "content": text("first") });
    let edited = pair.session.call("message.edit", edit).await["data"]["message"].take();
    assert_eq!(edited["content"], text("first"));
    assert!(shape::is_time(&edited["edited_at"]));
    let react = json!({ "message_id": id, "emoji": "\u{1F44D}" });
    let reacted = pair.session.call("message.react", react).await["data"]["message"].take();
    assert_eq!(reacted["reactions"], json!({ "\u{1F44D}": ["ann"] }));
    let unreact = json!({ "message_id": id, "emoji": "\u{1F44D}", "remove": true });
    let unreacted = pair.session.call("message.react", unreact).await["data"]["message"].take();
    assert_eq!(unreacted["reactions"], json!({}));
    let deleted = pair
        .session
        .call("message.delete", json!({ "message_id": id }))
        .await;
    assert_eq!(deleted["data"]["message"]["content"], Value::Null);
    assert!(shape::is_time(&deleted["data"]["message"]["deleted_at"]));

    let from_bob = say(&pair.bob, &pair.thread, "yes").await;
    let delivered = json!({ "message_id": from_bob["id"] });
    let marked = pair.session.call("message.mark_delivered", delivered).await;
    assert_eq!(
        marked["data"],
        json!({ "thread_id": pair.thread, "seq": 3 })
    );
    let read = json!({ "thread_id": pair.thread, "seq": 3 });
    let marked = pair.session.call("message.mark_read", read).await;
    assert_eq!(
        marked["data"],
        json!({ "thread_id": pair.thread, "seq": 3 })
    );
    for (kind, data) in [
        ("presence.set", json!({ "status": "away" })),
        ("typing.start", json!({ "thread_id": pair.thread })),
        ("typing.stop", json!({ "thread_id": pair.thread })),
        ("thread.unsubscribe", json!({ "thread_id": pair.thread })),
    ] {
        pair.session.call(kind, data).await;
    }
    assert_eq!(
        pair.session.call("ping", json!({})).await["data"],
        json!({})
    );
}

async fn a_retried_command_is_acknowledged_and_changes_nothing(database: Database) {
    let mut pair = pair(database).await;
    let send = json!({ "thread_id": pair.thread, "client_id": "c-1", "content": text("once") });
    let first = pair.session.call("message.send", send.clone()).await;
    let again = pair.session.call("message.send", send).await;
    assert_eq!(again["data"], first["data"]);
    let other = json!({ "thread_id": pair.thread, "client_id": "c-1", "content": text("other") });
    assert_eq!(
        pair.session.refused("message.send", other).await["code"],
        "conflict"
    );
    let id = &first["data"]["message"]["id"];
    for _ in 0..2 {
        let react = json!({ "message_id": id, "emoji": "x" });
        pair.session.call("message.react", react).await;
        let read = json!({ "thread_id": pair.thread, "seq": 1 });
        pair.session.call("message.mark_read", read).await;
    }
    let cursor = first["cursor"].as_str().unwrap();
    let page = pair
        .bob
        .get(&format!("/api/sync?cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(page["events"].as_array().unwrap().len(), 1, "{page}");
    assert_eq!(page["events"][0]["type"], "message.reacted");
}

async fn a_command_without_a_reference_is_answered_by_errors_only(database: Database) {
    let mut pair = pair(database).await;
    pair.session.send("ping", json!({})).await;
    pair.session
        .send(
            "message.mark_read",
            json!({ "thread_id": pair.thread, "seq": 9 }),
        )
        .await;
    let error = pair.session.expect("error").await;
    assert_eq!(error.get("ref"), None);
    shape::assert_problem(&error["error"], 400, "invalid_request");
    let send = json!({ "thread_id": pair.thread, "client_id": "c-1", "content": text("hello") });
    pair.session.send("message.send", send).await;
    let event = pair.session.expect("message.new").await;
    assert_eq!(
        event["data"]["message"]["client_id"], "c-1",
        "its sender sees the client_id"
    );
    assert!(event["cursor"].is_string());
}

async fn a_subscription_shows_the_thread_and_who_is_there(database: Database) {
    let mut pair = pair(database).await;
    let subscribe = json!({ "thread_id": pair.thread });
    let ack = pair
        .session
        .call("thread.subscribe", subscribe.clone())
        .await;
    shape::assert_thread(&ack["data"]["thread"]);
    let of_bob = &ack["data"]["presence"][0];
    assert_eq!(
        (&of_bob["user_id"], &of_bob["status"]),
        (&json!("bob"), &json!("offline"))
    );
    assert_eq!(ack["data"]["presence"].as_array().unwrap().len(), 1);
    let mut other = pair.bob.connect().await;
    let ack = other.call("thread.subscribe", subscribe).await;
    assert_eq!(ack["data"]["presence"][0]["status"], "online");
}

async fn what_came_after_a_seq_follows_a_subscription(database: Database) {
    let mut pair = pair(database).await;
    for n in 1..=5 {
        say(&pair.bob, &pair.thread, &format!("number {n}")).await;
    }
    pair.session.drain().await;
    let mut late = pair.ann.connect().await;
    let subscribe = json!({ "thread_id": pair.thread, "after_seq": 2 });
    let ack = late.call("thread.subscribe", subscribe).await;
    assert_eq!(ack["data"]["thread"]["last_seq"], 5);
    for seq in 3..=5 {
        let missed = late.expect("message.new").await;
        assert_eq!(missed["data"]["message"]["seq"], seq);
    }
    say(&pair.bob, &pair.thread, "number 6").await;
    let live = late.expect("message.new").await;
    assert_eq!(
        live["data"]["message"]["seq"], 6,
        "live goes on where the missed ones end"
    );
}

async fn a_refused_command_says_why(database: Database) {
    let mut pair = pair(database).await;
    let of_bob = say(&pair.bob, &pair.thread, "mine").await["id"].take();
    let gone = say(&pair.ann, &pair.thread, "gone").await["id"].take();
    pair.session
        .call("message.delete", json!({ "message_id": gone }))
        .await;
    let thread = &pair.thread;
    let cases = [
        (
            "message.send",
            json!({ "thread_id": thread, "client_id": "", "content": text("x") }),
            400,
        ),
        (
            "message.send",
            json!({ "thread_id": thread, "client_id": "c", "content": text("") }),
            400,
        ),
        (
            "message.send",
            json!({ "thread_id": "x", "client_id": "c", "content": text("x") }),
            400,
        ),
        (
            "message.send",
            json!({ "client_id": "c", "content": text("x") }),
            400,
        ),
        ("message.send", json!({}), 400),
        (
            "message.edit",
            json!({ "message_id": of_bob, "content": text("x") }),
            403,
        ),
        (
            "message.edit",
            json!({ "message_id": gone, "content": text("x") }),
            403,
        ),
        ("message.delete", json!({ "message_id": of_bob }), 403),
        (
            "message.react",
            json!({ "message_id": gone, "emoji": "x" }),
            403,
        ),
        (
            "message.react",
            json!({ "message_id": of_bob, "emoji": "a b" }),
            400,
        ),
        ("message.react", json!({ "message_id": of_bob }), 400),
        (
            "message.mark_read",
            json!({ "thread_id": thread, "seq": 3 }),
            400,
        ),
        ("message.mark_read", json!({ "thread_id": thread }), 400),
        ("message.mark_delivered", json!({ "seq": 1 }), 400),
        ("presence.set", json!({ "status": "asleep" }), 400),
        ("thread.subscribe", json!({}), 400),
        (
            "thread.subscribe",
            json!({ "thread_id": thread, "after_seq": "x" }),
            400,
        ),
        ("typing.start", json!([]), 400),
    ];
    for (kind, data, status) in cases {
        let problem = pair.session.refused(kind, data.clone()).await;
        let code = if status == 400 {
            "invalid_request"
        } else {
            "forbidden"
        };
        shape::assert_problem(&problem, status, code);
        let named = !shape::fields_at_fault(&problem).is_empty();
        assert_eq!(named, status == 400, "{kind} {data} gave {problem}");
    }
    pair.bob.set("/api/blocks/ann").await.expect_no_content();
    let send = json!({ "thread_id": thread, "client_id": "c", "content": text("x") });
    let problem = pair.session.refused("message.send", send).await;
    shape::assert_problem(&problem, 403, "recipient_unavailable");
}

async fn anothers_objects_do_not_exist_for_any_command(database: Database) {
    let pair = pair(database).await;
    let message = say(&pair.ann, &pair.thread, "between us").await["id"].take();
    let mut mallory = pair.server.creator("mallory").connect().await;
    let (thread, message) = (&pair.thread, &message);
    let some_id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let commands = |thread: &str, message: &str| {
        [
            (
                "message.send",
                json!({ "thread_id": thread, "client_id": "c", "content": text("x") }),
            ),
            (
                "message.edit",
                json!({ "message_id": message, "content": text("x") }),
            ),
            ("message.delete", json!({ "message_id": message })),
            (
                "message.react",
                json!({ "message_id": message, "emoji": "x" }),
            ),
            ("message.mark_read", json!({ "message_id": message })),
            (
                "message.mark_read",
                json!({ "thread_id": thread, "seq": 1 }),
            ),
            ("message.mark_delivered", json!({ "message_id": message })),
            (
                "message.mark_delivered",
                json!({ "thread_id": thread, "seq": 1 }),
            ),
            ("thread.subscribe", json!({ "thread_id": thread })),
            (
                "thread.subscribe",
                json!({ "thread_id": thread, "after_seq": 0 }),
            ),
            ("typing.start", json!({ "thread_id": thread })),
        ]
    };
    let theirs = commands(thread, message.as_str().unwrap());
    for ((kind, theirs), (_, missing)) in theirs.into_iter().zip(commands(some_id, some_id)) {
        let theirs = mallory.refused(kind, theirs).await;
        shape::assert_problem(&theirs, 404, "not_found");
        let missing = mallory.refused(kind, missing).await;
        assert_eq!(
            theirs["detail"], missing["detail"],
            "{kind} tells what exists"
        );
    }
    for kind in ["thread.unsubscribe", "typing.stop"] {
        // Whatever these answer, nothing comes of them.
        mallory
            .try_call(kind, json!({ "thread_id": thread }))
            .await
            .unwrap();
    }
    say(&pair.ann, thread, "still between us").await;
    assert_eq!(mallory.drain().await, [Value::Null; 0]);
}

async fn references_and_names_are_checked(database: Database) {
    let mut pair = pair(database).await;
    let problem = pair.session.refused("message.shout", json!({})).await;
    shape::assert_problem(&problem, 400, "invalid_request");
    let longest = "r".repeat(64);
    let ping = |reference: &str| json!({ "type": "ping", "ref": reference }).to_string();
    pair.session.send_text(ping(&longest)).await;
    assert_eq!(pair.session.expect("ack").await["ref"], longest.as_str());
    pair.session.send_text(ping(&"r".repeat(65))).await;
    let error = pair.session.expect("error").await;
    shape::assert_problem(&error["error"], 400, "invalid_request");
    for odd in [
        r#"{"type":7}"#,
        r#"{"data":{}}"#,
        r#"{"type":"ping","ref":7}"#,
    ] {
        pair.session.send_text(odd).await;
        let error = pair.session.expect("error").await;
        shape::assert_problem(&error["error"], 400, "invalid_request");
    }
    pair.session
        .send_text(r#"{"type":"ping","ref":"a","more":[1],"data":{"x":1}}"#)
        .await;
    assert_eq!(
        pair.session.expect("ack").await["ref"],
        "a",
        "unknown fields are ignored"
    );
}
