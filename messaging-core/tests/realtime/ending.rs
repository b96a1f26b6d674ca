//! How sessions end.

use std::time::Duration;

use messaging_core::{
    account::{AccountChange, Ban},
    clock::Clock,
    realtime::{CloseReason, Incoming, Outgoing},
    testkit::user,
};
use serde_json::json;
use tokio::time::Instant;

use crate::line::World;

#[tokio::test(start_paused = true)]
async fn a_ban_ends_every_session_of_the_user_and_admits_no_new_one() {
    let world = World::new();
    let (mut phone, mut laptop) = (world.connect("ann"), world.connect("ann"));
    phone.ready().await;
    laptop.ready().await;
    let ban = AccountChange::Ban(Ban {
        reason: "fraud".into(),
        until: None,
    });
    world
        .messaging
        .accounts()
        .set(&user("ann"), ban)
        .await
        .unwrap();
    assert_eq!(phone.closed().await, Some(CloseReason::Banned));
    assert_eq!(laptop.closed().await, Some(CloseReason::Banned));
    assert_eq!(
        world.connect("ann").closed().await,
        Some(CloseReason::Banned)
    );
    world
        .messaging
        .accounts()
        .set(&user("ann"), AccountChange::Unban)
        .await
        .unwrap();
    world.connect("ann").ready().await;
}

/// The hub does not know of a session that still catches up: it looks for itself.
#[tokio::test(start_paused = true)]
async fn a_ban_ends_a_session_that_is_still_coming_back() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let mut ann = world.connect("ann");
    let cursor = ann.ready().await;
    for number in 0..300 {
        let words = number.to_string();
        ann.send(&words, thread_id, &words).await;
        ann.ack().await;
    }
    let mut ben = world.open(Some("ben"), Some(&cursor), 1);
    ben.ready().await;
    let ban = AccountChange::Ban(Ban {
        reason: "fraud".into(),
        until: None,
    });
    let accounts = world.messaging.accounts();
    accounts.set(&user("ben"), ban).await.unwrap();
    assert_eq!(ben.closed().await, Some(CloseReason::Banned));
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_with_its_token_unless_it_is_renewed() {
    let world = World::new();
    let expiry = world.clock.now().as_millis() + 2_000;
    let mut brief = world.connect(&format!("ann@{expiry}"));
    let mut renewed = world.connect(&format!("ann@{expiry}"));
    brief.ready().await;
    renewed.ready().await;
    let later = format!("ann@{}", expiry + 60_000);
    renewed
        .say("session.authenticate", Some("r"), json!({ "token": later }))
        .await;
    renewed.ack().await;
    world.clock.advance(Duration::from_secs(2));
    assert_eq!(brief.closed().await, Some(CloseReason::Unauthenticated));
    renewed
        .say("session.authenticate", Some("r"), json!({ "token": "ben" }))
        .await;
    assert_eq!(renewed.failure().await, "forbidden");
}

#[tokio::test(start_paused = true)]
async fn a_token_may_come_as_the_first_command_but_not_late() {
    let world = World::new();
    let mut line = world.open(None, None, 64);
    line.say("session.authenticate", Some("a"), json!({ "token": "ann" }))
        .await;
    assert_eq!(line.ack().await.0, "a");
    line.ready().await;

    let mut late = world.open(None, None, 64);
    let began = Instant::now();
    assert_eq!(late.closed().await, Some(CloseReason::Unauthenticated));
    assert_eq!(began.elapsed().as_secs(), 10);

    let mut other = world.open(None, None, 64);
    other.say("ping", Some("p"), json!({})).await;
    assert_eq!(other.closed().await, Some(CloseReason::Unauthenticated));

    let mut forged = world.connect("not a name");
    assert_eq!(forged.failure().await, "unauthenticated");
    assert_eq!(forged.closed().await, Some(CloseReason::Unauthenticated));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_gives_no_sign_of_life_is_let_go() {
    let world = World::new();
    let (mut quiet, mut dead) = (world.connect("ann"), world.connect("ben"));
    quiet.ready().await;
    dead.ready().await;
    let began = Instant::now();
    assert!(matches!(quiet.next().await, Some(Outgoing::Ping)));
    assert_eq!(began.elapsed().as_secs(), 25);
    quiet.incoming(Incoming::Pong).await;
    assert_eq!(dead.closed().await, Some(CloseReason::TooSlow));
    assert_eq!(began.elapsed().as_secs(), 45);
    quiet.say("ping", Some("p"), json!({})).await;
    assert_eq!(quiet.ack().await.0, "p");
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_closed_resumes_and_holds_nobody_up() {
    let world = World::with_queue(8);
    let thread_id = world.thread("ann", "ben").await;
    let mut ann = world.connect("ann");
    ann.ready().await;
    let mut slow = world.open(Some("ben"), None, 2);
    let cursor = slow.ready().await;
    for number in 0..40 {
        ann.send("r", thread_id, &format!("m{number}")).await;
        ann.ack().await;
    }
    // What the client does read before the end continues where it was, without a gap.
    let mut seen = 0;
    let mut cursor = cursor;
    let reason = loop {
        match slow.next().await {
            Some(Outgoing::Frame(frame)) => {
                let event = serde_json::to_value(&frame).unwrap();
                seen += 1;
                assert_eq!(event["data"]["message"]["seq"], seen);
                cursor = event["cursor"].as_str().unwrap().to_owned();
            }
            Some(Outgoing::Close(reason)) => break reason,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(reason, CloseReason::TooSlow);
    assert!(seen < 40);
    let mut back = world.resume("ben", &cursor);
    back.ready().await;
    for seq in seen + 1..=40 {
        assert_eq!(back.event().await["data"]["message"]["seq"], seq);
    }
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_tells_clients_to_come_back() {
    let world = World::new();
    let mut ann = world.connect("ann");
    ann.ready().await;
    let messaging = world.messaging.clone();
    let shutdown = tokio::spawn(async move { messaging.shutdown().await });
    let closing = ann.event().await;
    assert_eq!(closing["type"], "session.closing");
    assert!(closing["data"]["reconnect_after_ms"].as_u64().unwrap() >= 500);
    assert_eq!(ann.closed().await, Some(CloseReason::GoingAway));
    shutdown.await.unwrap();
    assert_eq!(world.messaging.hub().session_count(), 0);
    assert_eq!(
        world.connect("ann").closed().await,
        Some(CloseReason::GoingAway)
    );
}

#[tokio::test(start_paused = true)]
async fn unreadable_frames_end_a_session() {
    let world = World::new();
    let mut broken = world.connect("ann");
    broken.ready().await;
    broken.incoming(Incoming::Violation).await;
    assert_eq!(broken.failure().await, "invalid_request");
    assert_eq!(broken.closed().await, Some(CloseReason::Unreadable));
    let mut large = world.connect("ann");
    large.ready().await;
    large.incoming(Incoming::TooLarge).await;
    assert_eq!(large.closed().await, Some(CloseReason::TooLarge));
}

#[tokio::test(start_paused = true)]
async fn a_command_that_was_taken_is_carried_out_although_its_client_hangs_up() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let (mut ann, mut ben) = (world.connect("ann"), world.connect("ben"));
    ann.ready().await;
    ben.ready().await;
    ann.send("r", thread_id, "goodbye").await;
    ann.hang_up();
    assert_eq!(ben.event().await["data"]["message"]["seq"], 1);
}
