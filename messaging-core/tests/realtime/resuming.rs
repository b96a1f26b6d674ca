//! Coming back without a gap or a double.

use messaging_core::{
    caller::{Caller, Role},
    message::{Content, SendMessage},
    page::Cursor,
    realtime::Outgoing,
    testkit::user,
};
use serde_json::json;

use crate::line::World;

fn words(number: usize) -> SendMessageOf {
    SendMessageOf(number)
}

struct SendMessageOf(usize);

impl SendMessageOf {
    fn to(self, thread_id: messaging_core::id::ThreadId) -> SendMessage {
        SendMessage {
            thread_id,
            client_id: self.0.to_string(),
            content: Content::Text {
                text: self.0.to_string(),
            },
            reply_to: None,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_absence_is_caught_up_with_in_order() {
    let world = World::with_queue(16);
    let thread_id = world.thread("ann", "ben").await;
    let mut ben = world.connect("ben");
    let cursor = ben.ready().await;
    ben.hang_up();
    let ann = Caller::new(user("ann"), Role::Client);
    for number in 0..1_000 {
        let messages = world.messaging.messages();
        messages
            .send(&ann, words(number).to(thread_id))
            .await
            .unwrap();
    }
    let mut ben = world.resume("ben", &cursor);
    let ready = ben.event().await;
    assert_eq!(ready["data"]["resumed"], true);
    assert_eq!(ready["data"]["cursor"], cursor);
    for seq in 1..=1_000 {
        assert_eq!(ben.event().await["data"]["message"]["seq"], seq);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cursor_that_was_tampered_with_asks_for_the_lists() {
    let world = World::new();
    for cursor in ["", "nonsense", Cursor::encode("log", &999_999).as_str()] {
        let mut ann = world.resume("ann", cursor);
        let ready = ann.event().await;
        assert_eq!(ready["data"]["resumed"], false);
        let resync = ann.event().await;
        assert_eq!(resync["type"], "session.resync");
        assert_eq!(resync["data"]["reason"], "invalid_cursor");
    }
}

#[tokio::test(start_paused = true)]
async fn the_resume_command_fills_in_what_lies_before_the_session() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let mut ben = world.connect("ben");
    let cursor = ben.ready().await;
    ben.hang_up();
    let ann = Caller::new(user("ann"), Role::Client);
    for number in 0..3 {
        let messages = world.messaging.messages();
        messages
            .send(&ann, words(number).to(thread_id))
            .await
            .unwrap();
    }
    let mut ben = world.connect("ben");
    ben.ready().await;
    ben.say("session.resume", Some("r"), json!({ "cursor": cursor }))
        .await;
    assert_eq!(ben.ack().await.1, json!({ "resumed": true }));
    for seq in 1..=3 {
        assert_eq!(ben.event().await["data"]["message"]["seq"], seq);
    }
    ben.say("session.resume", Some("r"), json!({ "cursor": cursor }))
        .await;
    assert_eq!(ben.failure().await, "conflict");
}

/// A client that comes and goes while others write sees everything once and in order. On several
/// threads, so that the moments at which it comes fall anywhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn coming_and_going_amid_writes_misses_nothing() {
    const MESSAGES: usize = 2_000;
    let world = World::with_queue(32);
    let thread_id = world.thread("ann", "ben").await;
    let mut line = world.connect("ben");
    let mut cursor = line.ready().await;
    let writer = {
        let world = world.clone();
        tokio::spawn(async move {
            let ann = Caller::new(user("ann"), Role::Client);
            for number in 0..MESSAGES {
                let messages = world.messaging.messages();
                messages
                    .send(&ann, words(number).to(thread_id))
                    .await
                    .unwrap();
                if number % 7 == 0 {
                    tokio::task::yield_now().await;
                }
            }
        })
    };
    let mut seen = 0;
    let mut stay = 1;
    while seen < MESSAGES {
        for _ in 0..stay {
            match line.next().await {
                Some(Outgoing::Frame(frame)) if frame.kind() == "message.new" => {
                    let event = serde_json::to_value(&frame).unwrap();
                    seen += 1;
                    assert_eq!(event["data"]["message"]["seq"], seen);
                    cursor = event["cursor"].as_str().unwrap().to_owned();
                }
                Some(_) => {}
                None => break,
            }
            if seen == MESSAGES {
                break;
            }
        }
        stay = stay % 97 + 3;
        line.hang_up();
        line = world.resume("ben", &cursor);
    }
    writer.await.unwrap();
}
