//! What one message passes through in the core, without a database and without a network.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use messaging_core::{
    Messaging,
    caller::{Caller, Role},
    id::{Position, ThreadId},
    memory::MemoryStore,
    message::{Content, SendMessage},
    page::Cursor,
    realtime::Frame,
    thread::{CreateThread, Invitee},
};
use tokio::runtime::Runtime;

fn ann() -> Caller {
    Caller::new("ann".parse().expect("a user id"), Role::Client)
}

fn message(thread_id: ThreadId, client_id: String) -> SendMessage {
    let text = "Hello! Is there still a place on Tuesday, and what should I bring?".to_owned();
    SendMessage {
        thread_id,
        client_id,
        content: Content::Text { text },
        reply_to: None,
    }
}

async fn open() -> (Messaging, ThreadId) {
    let messaging = Messaging::builder(MemoryStore::new()).build();
    let wish = CreateThread {
        participants: vec![Invitee {
            user_id: "ben".parse().expect("a user id"),
            role: None,
        }],
        kind: None,
        title: None,
        metadata: serde_json::Map::new(),
        message: None,
    };
    let created = messaging.threads().create(&ann(), wish).await;
    let thread_id = created.expect("a thread").thread.id;
    (messaging, thread_id)
}

fn send(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let (messaging, thread_id) = runtime.block_on(open());
    let caller = ann();
    let mut number = 0_u64;
    criterion.bench_function("send, memory store", |bencher| {
        bencher.to_async(&runtime).iter_batched(
            || {
                number += 1;
                message(thread_id, number.to_string())
            },
            |wish| async { messaging.messages().send(&caller, wish).await },
            BatchSize::SmallInput,
        );
    });
}

fn frame(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let sent = runtime.block_on(async {
        let (messaging, thread_id) = open().await;
        let sent = messaging
            .messages()
            .send(&ann(), message(thread_id, "1".into()))
            .await;
        sent.expect("sent").message
    });
    criterion.bench_function("frame, encode", |bencher| {
        bencher.iter(|| {
            let data = serde_json::json!({ "message": sent.shown_to_sender(false) });
            Frame::durable("message.new", &data, Position::new(1_000_000)).text()
        });
    });
    let cursor = Cursor::of_position(Position::new(1_000_000));
    criterion.bench_function("cursor, decode", |bencher| {
        bencher.iter(|| cursor.to_position());
    });
}

criterion_group!(benches, send, frame);
criterion_main!(benches);
