//! A filled database is as if everything had been sent.

use messaging_core::{
    Messaging,
    caller::{Caller, Role},
    id::{Position, Seq, ThreadId},
    log::Change,
    message::{Content, ListMessages, SendMessage},
    page::PageSize,
    thread::ListThreads,
};
use messaging_store_sea::SeaStore;

use super::{ANN, TEXT, World, thread_id};
use crate::target::Database;

const WORLD: World = World {
    threads: 4,
    first: 7,
    others: 2,
};

async fn filled(database: Database) {
    let database = database.create().await;
    WORLD.make(database.url()).await.unwrap();
    let store = SeaStore::connect(database.url()).await.unwrap();
    let messaging = Messaging::builder(store).build();
    let ann = Caller::new(ANN.parse().unwrap(), Role::Client);
    the_log_agrees(&messaging).await;
    the_lists_agree(&messaging, &ann).await;
    the_next_message_follows(&messaging, &ann).await;
    messaging.shutdown().await;
}

async fn the_log_agrees(messaging: &Messaging) {
    let log = messaging.store().read_log(Position::ZERO, 100).await;
    let log = log.unwrap();
    let positions: Vec<i64> = log.iter().map(|entry| entry.position.get()).collect();
    let head = i64::try_from(WORLD.head()).unwrap();
    assert_eq!(positions, (1..=head).collect::<Vec<_>>());
    let messages = log.iter().filter_map(|entry| match &entry.change {
        Change::MessageSent { message } => Some((entry, message)),
        _ => None,
    });
    assert_eq!(messages.clone().count() as u64, WORLD.messages());
    for (entry, message) in messages {
        assert_eq!(entry.actor.as_ref(), Some(&message.sender_id));
        assert!(entry.audience.contains(&message.sender_id));
    }
}

async fn the_lists_agree(messaging: &Messaging, ann: &Caller) {
    let threads = messaging.threads().list(ann, &ListThreads::default()).await;
    let threads = threads.unwrap().items;
    let expected: Vec<_> = [3, 2, 1, 0]
        .map(|k| ThreadId::from_uuid(thread_id(k)))
        .into();
    assert_eq!(threads.iter().map(|t| t.id).collect::<Vec<_>>(), expected);
    for thread in threads {
        let messages = messages(messaging, ann, thread.id).await;
        let count = if thread.id == expected[3] { 7 } else { 2 };
        assert_eq!(messages, (1..=count).map(Seq::new).collect::<Vec<_>>());
        assert_eq!(thread.last_seq, Seq::new(count));
        assert_eq!(thread.last_message.unwrap().seq, Seq::new(count));
        assert_eq!(thread.unread_count, 0);
    }
}

async fn messages(messaging: &Messaging, ann: &Caller, thread_id: ThreadId) -> Vec<Seq> {
    let wish = ListMessages {
        thread_id,
        before_seq: None,
        after_seq: None,
        cursor: None,
        size: PageSize::default(),
    };
    let page = messaging.messages().list(ann, &wish).await.unwrap();
    page.items.iter().map(|message| message.seq).collect()
}

async fn the_next_message_follows(messaging: &Messaging, ann: &Caller) {
    let wish = SendMessage {
        thread_id: ThreadId::from_uuid(thread_id(2)),
        client_id: "next".to_owned(),
        content: Content::Text {
            text: TEXT.to_owned(),
        },
        reply_to: None,
    };
    let sent = messaging.messages().send(ann, wish).await.unwrap();
    assert_eq!(sent.message.seq, Seq::new(3));
    let bounds = messaging.store().log_bounds().await.unwrap();
    assert_eq!(bounds.head.get().cast_unsigned(), WORLD.head() + 1);
}

#[tokio::test]
async fn a_filled_sqlite_database_is_the_stores_own() {
    filled(Database::Sqlite).await;
}

#[tokio::test]
async fn a_filled_postgres_database_is_the_stores_own() {
    filled(Database::Postgres).await;
}
