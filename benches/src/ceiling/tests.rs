//! What bare sqlx leaves behind is what the library leaves behind.

use messaging_core::{
    Messaging,
    caller::{Caller, Role},
    id::{Position, ThreadId},
    log::Change,
    message::{Content, Message},
    thread::ListThreads,
};
use messaging_store_sea::SeaStore;

use super::{Sender, group::Groups, transaction::Transactions};
use crate::{
    seed::{TEXT, thread_id},
    target::Database,
};

/// Sends into two threads at once, then lets the library look at it.
async fn store<S: Sender>(sender: S, url: &str) {
    let sending = (0..20).map(|number| {
        let sender = sender.clone();
        async move { sender.send(usize::from(number % 4 == 0), number).await }
    });
    futures_util::future::try_join_all(sending).await.unwrap();
    let again = sender.send(1, 0).await.unwrap_err().to_string();
    assert!(again.contains("sent before"), "{again}");
    let nowhere = sender.send(2, 100).await;
    assert!(nowhere.is_err(), "there is no thread 2");

    let library = Messaging::builder(SeaStore::connect(url).await.unwrap()).build();
    let log = library.store().read_log(Position::ZERO, 100).await.unwrap();
    let positions: Vec<i64> = log.iter().map(|entry| entry.position.get()).collect();
    assert_eq!(positions, (1..=22).collect::<Vec<_>>());
    let sent = log.iter().filter_map(|entry| match &entry.change {
        Change::MessageSent { message } => Some(&**message),
        _ => None,
    });
    for (thread, count) in [(0, 15), (1, 5)] {
        let id = ThreadId::from_uuid(thread_id(thread));
        let messages: Vec<&Message> = sent.clone().filter(|m| m.thread_id == id).collect();
        let seqs: Vec<i64> = messages.iter().map(|message| message.seq.get()).collect();
        assert_eq!(seqs, (1..=count).collect::<Vec<_>>());
        let text = Content::Text {
            text: TEXT.to_owned(),
        };
        assert!(messages.iter().all(|m| m.content.as_ref() == Some(&text)));
        let other = Caller::new(format!("creator-{thread}").parse().unwrap(), Role::Creator);
        let page = library
            .threads()
            .list(&other, &ListThreads::default())
            .await;
        let listed = page.unwrap().items.remove(0);
        assert_eq!(listed.unread_count, count);
    }
    library.shutdown().await;
}

#[tokio::test]
async fn groups_on_sqlite_store_what_the_library_stores() {
    let database = Database::Sqlite.create().await;
    let url = database.url();
    store(Groups::open(url, 2).await.unwrap(), url).await;
}

#[tokio::test]
async fn groups_on_postgres_store_what_the_library_stores() {
    let database = Database::Postgres.create().await;
    let url = database.url();
    store(Groups::open(url, 2).await.unwrap(), url).await;
}

#[tokio::test]
async fn transactions_on_sqlite_store_what_the_library_stores() {
    let database = Database::Sqlite.create().await;
    let url = database.url();
    store(Transactions::open(url, 2).await.unwrap(), url).await;
}

#[tokio::test]
async fn transactions_on_postgres_store_what_the_library_stores() {
    let database = Database::Postgres.create().await;
    let url = database.url();
    store(Transactions::open(url, 2).await.unwrap(), url).await;
}
