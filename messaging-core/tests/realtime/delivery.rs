//! Who is told what, in which order.

use std::sync::Arc;

use messaging_core::{moderation::ModerationMode, testkit::MarkerModerator};
use serde_json::json;

use crate::line::World;

#[tokio::test(start_paused = true)]
async fn an_ack_stands_for_the_event_in_the_session_that_sent_it() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let (mut phone, mut laptop) = (world.connect("ann"), world.connect("ann"));
    let mut ben = world.connect("ben");
    for line in [&mut phone, &mut laptop, &mut ben] {
        line.ready().await;
    }

    phone.send("r1", thread_id, "hello").await;

    let (reference, ack, cursor) = phone.ack().await;
    assert_eq!(
        (reference.as_str(), &ack["message"]["seq"]),
        ("r1", &json!(1))
    );
    assert_eq!(ack["message"]["client_id"], "hello");
    let on_laptop = laptop.event().await;
    assert_eq!(on_laptop["type"], "message.new");
    assert_eq!(on_laptop["data"]["message"]["client_id"], "hello");
    let with_ben = ben.event().await;
    assert_eq!(with_ben["data"]["message"]["content"]["text"], "hello");
    assert_eq!(with_ben["data"]["message"].get("client_id"), None);
    assert_eq!(with_ben["cursor"], cursor.unwrap().as_str());

    // Nothing else came to the phone: the next thing it hears is the answer to a ping.
    phone.say("ping", Some("r2"), json!({})).await;
    assert_eq!(phone.ack().await.0, "r2");
}

#[tokio::test(start_paused = true)]
async fn without_a_reference_the_event_itself_comes() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let mut ann = world.connect("ann");
    ann.ready().await;
    let content = json!({ "type": "text", "text": "hi" });
    let data = json!({ "thread_id": thread_id, "client_id": "1", "content": content });
    ann.say("message.send", None, data).await;
    assert_eq!(ann.event().await["type"], "message.new");
}

#[tokio::test(start_paused = true)]
async fn commands_of_one_session_keep_their_order() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let (mut ann, mut ben) = (world.connect("ann"), world.connect("ben"));
    ann.ready().await;
    ben.ready().await;
    for number in 0..200 {
        ann.send(&format!("r{number}"), thread_id, &format!("m{number}"))
            .await;
    }
    for number in 0..200 {
        assert_eq!(ann.ack().await.0, format!("r{number}"));
        let event = ben.event().await;
        assert_eq!(event["data"]["message"]["seq"], number + 1);
        assert_eq!(
            event["data"]["message"]["content"]["text"],
            format!("m{number}")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_why_and_bears_its_reference() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let mut eve = world.connect("eve");
    eve.ready().await;
    eve.send("r1", thread_id, "let me in").await;
    assert_eq!(eve.failure().await, "not_found");
    eve.say("message.send", Some("r2"), json!({ "thread_id": 5 }))
        .await;
    assert_eq!(eve.failure().await, "invalid_request");
    eve.say("message.shout", Some("r3"), json!({})).await;
    assert_eq!(eve.failure().await, "invalid_request");
    eve.say(
        "thread.subscribe",
        Some("r4"),
        json!({ "thread_id": thread_id }),
    )
    .await;
    assert_eq!(eve.failure().await, "not_found");
    eve.say(
        "typing.start",
        Some("r5"),
        json!({ "thread_id": thread_id }),
    )
    .await;
    assert_eq!(eve.failure().await, "not_found");
}

#[tokio::test(start_paused = true)]
async fn markers_and_reactions_reach_both_sides() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let (mut ann, mut ben) = (world.connect("ann"), world.connect("ben"));
    ann.ready().await;
    ben.ready().await;
    ann.send("r1", thread_id, "hello").await;
    let message_id = ann.ack().await.1["message"]["id"].clone();
    ben.event_of("message.new").await;

    ben.say(
        "message.mark_read",
        Some("r2"),
        json!({ "message_id": message_id }),
    )
    .await;
    let (_, ack, cursor) = ben.ack().await;
    assert_eq!(ack, json!({ "thread_id": thread_id, "seq": 1 }));
    let read = ann.event().await;
    assert_eq!(read["type"], "message.read");
    assert_eq!(read["data"]["user_id"], "ben");
    assert_eq!(read["cursor"], cursor.unwrap().as_str());

    let react = json!({ "message_id": message_id, "emoji": "👍" });
    ben.say("message.react", Some("r3"), react).await;
    assert_eq!(
        ben.ack().await.1["message"]["reactions"],
        json!({ "👍": ["ben"] })
    );
    assert_eq!(ann.event().await["type"], "message.reacted");
}

#[tokio::test(start_paused = true)]
async fn a_subscription_with_a_place_brings_what_was_missed_there_once() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let (mut ann, mut ben) = (world.connect("ann"), world.connect("ben"));
    ann.ready().await;
    ben.ready().await;
    for number in 1..=5 {
        ann.send("r", thread_id, &format!("m{number}")).await;
        ann.ack().await;
    }
    let subscribe = json!({ "thread_id": thread_id, "after_seq": 2 });
    let mut tablet = world.connect("ben");
    tablet.ready().await;
    tablet.say("thread.subscribe", Some("s"), subscribe).await;
    let (_, ack, _) = tablet.ack().await;
    assert_eq!(ack["thread"]["last_seq"], 5);
    assert_eq!(
        ack["presence"],
        json!([{
            "user_id": "ann", "status": "online", "last_seen_at": null,
        }])
    );
    ann.send("r", thread_id, "m6").await;
    for seq in 3..=6 {
        assert_eq!(tablet.event().await["data"]["message"]["seq"], seq);
    }
}

#[tokio::test(start_paused = true)]
async fn commands_keep_their_order_however_long_they_are_judged() {
    let moderator = Arc::new(MarkerModerator::new());
    let world = World::with(|builder| {
        let builder = builder.moderator(moderator);
        builder.moderation(ModerationMode::Enforce)
    });
    let thread_id = world.thread("ann", "ben").await;
    let mut ann = world.connect("ann");
    ann.ready().await;
    let words = ["[slow] 1", "2", "[slow] 3", "[block]", "4"];
    for (number, words) in words.iter().enumerate() {
        ann.send(&format!("r{number}"), thread_id, words).await;
    }
    let mut answers = Vec::new();
    for _ in words {
        answers.push(ann.answer().await);
    }
    let seqs: Vec<_> = answers
        .iter()
        .map(|(reference, outcome)| {
            let seq = outcome.as_ref().map(|data| data["message"]["seq"].clone());
            (reference.as_str(), seq.ok())
        })
        .collect();
    for (reference, seq) in [("r0", 1), ("r1", 2), ("r2", 3), ("r4", 4)] {
        assert!(seqs.contains(&(reference, Some(json!(seq)))), "{seqs:?}");
    }
    assert!(answers.contains(&("r3".to_owned(), Err("message_rejected"))));
}
