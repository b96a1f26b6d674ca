//! The log as an application follows it.

use messaging_core::{
    Messaging,
    caller::{Caller, Role},
    id::Position,
    memory::MemoryStore,
    message::SendMessage,
    testkit::{text, user},
    thread::{CreateThread, Invitee},
};
use tokio::time::{Duration, Instant};

/// A reader that is behind reads on at once: the doorbell does not ring for what is in the log.
#[tokio::test(start_paused = true)]
async fn what_was_missed_comes_without_a_wait() {
    let messaging = Messaging::builder(MemoryStore::new()).build();
    let ann = Caller::new(user("ann"), Role::Client);
    let wish = CreateThread {
        participants: vec![Invitee {
            user_id: user("bob"),
            role: None,
        }],
        kind: None,
        title: None,
        metadata: serde_json::Map::new(),
        message: None,
    };
    let thread_id = messaging
        .threads()
        .create(&ann, wish)
        .await
        .unwrap()
        .thread
        .id;
    for number in 0..1_000 {
        let wish = SendMessage {
            thread_id,
            client_id: number.to_string(),
            content: text("hello"),
            reply_to: None,
        };
        messaging.messages().send(&ann, wish).await.unwrap();
    }
    let mut events = messaging.events().subscribe_after(Position::ZERO);
    let began = Instant::now();
    for position in 1..=1_001 {
        let entry = events.next().await.unwrap();
        assert_eq!(entry.position, Position::new(position));
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
}
