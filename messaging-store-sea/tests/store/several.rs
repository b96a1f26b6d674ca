//! Several stores on one database, as several nodes have it.

use std::{collections::BTreeSet, sync::Arc};

use crate::support::open;
use messaging_core::{
    Store,
    id::{Position, Seq, ThreadId},
    log::{Change, CommitReceiver},
    message::{SendError, SeqRange},
    page::PageSize,
    testkit::{Scene, user},
};
use messaging_store_sea::{SeaStore, testkit::TestDatabase};

const TASKS: usize = 16;
const EACH: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_on_sqlite_make_one_log_without_a_gap() {
    two_stores_make_one_log(&TestDatabase::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stores_on_postgres_make_one_log_without_a_gap() {
    two_stores_make_one_log(&TestDatabase::postgres().await).await;
}

async fn two_stores_make_one_log(database: &TestDatabase) {
    let stores = [0, 1].map(|_| open(database, SeaStore::options().group(8)));
    let [one, two] = stores;
    let stores: [Arc<dyn Store>; 2] = [Arc::new(one.await), Arc::new(two.await)];
    let doorbells = [0, 1].map(|index| stores[index].subscribe_commits());
    let scene = Scene::new(stores[0].clone());
    let hot = scene.direct("ann", "bob").await;
    let cool = scene.group("ann", &["bob", "cid"]).await;
    let acknowledged = send_from_everywhere(&scene, &stores, &[hot, cool]).await;
    assert_eq!(
        acknowledged.len(),
        TASKS * EACH,
        "every position is another"
    );
    let entries = stores[1].read_log(Position::ZERO, 10_000).await.unwrap();
    let positions: Vec<i64> = entries.iter().map(|entry| entry.position.get()).collect();
    let head = stores[0].log_bounds().await.unwrap().head;
    assert_eq!(positions, (1..=head.get()).collect::<Vec<_>>());
    for thread in [hot, cool] {
        assert_dense(&*stores[0], thread).await;
    }
    let told = doorbells.map(heard);
    assert!(
        told[0].is_disjoint(&told[1]),
        "each tells of its own commits"
    );
    assert_eq!(told[0].len() + told[1].len(), positions.len());
    for store in stores {
        store.close().await;
    }
}

/// Many tasks send through both stores, each call twice; answers the positions.
async fn send_from_everywhere(
    scene: &Scene,
    stores: &[Arc<dyn Store>; 2],
    threads: &[ThreadId; 2],
) -> BTreeSet<Position> {
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..TASKS {
        let (store, other) = (stores[task % 2].clone(), stores[(task + 1) % 2].clone());
        let sender = if task % 3 == 0 { "ann" } else { "bob" };
        let messages: Vec<_> = (0..EACH)
            .map(|n| scene.new_message(threads[(task + n) % 2], sender, "hello"))
            .collect();
        tasks.spawn(async move {
            let mut positions = Vec::new();
            for message in messages {
                let sent = store.append(message.clone()).await.unwrap();
                let again = other.append(message).await.unwrap();
                assert!(!again.value.created);
                assert_eq!(again.value.message, sent.value.message);
                positions.push(sent.position.unwrap());
            }
            positions
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

async fn assert_dense(store: &dyn Store, thread: ThreadId) {
    let range = SeqRange::After(messaging_core::id::Seq::ZERO);
    let ann = user("ann");
    let messages = store.list_messages(thread, &ann, range, PageSize::MAX);
    let messages = messages.await.unwrap().unwrap();
    let seqs: Vec<i64> = messages.iter().map(|message| message.seq.get()).collect();
    let count = i64::try_from(messages.len()).unwrap();
    assert_eq!(seqs, (1..=count).collect::<Vec<_>>());
    let view = store.lookup_thread(thread, &ann).await.unwrap().unwrap();
    assert_eq!(view.last_seq.get(), count);
    let unread = messages.iter().rev();
    let unread = unread
        .take_while(|message| message.sender_id != ann)
        .count();
    assert_eq!(view.unread_count, i64::try_from(unread).unwrap());
}

fn heard(mut doorbell: CommitReceiver) -> BTreeSet<Position> {
    let mut heard = BTreeSet::new();
    while let Ok(batch) = doorbell.try_recv() {
        for entry in batch.iter() {
            if let Change::MessageSent { message } = &entry.change {
                assert!(entry.audience.contains(&message.sender_id));
            }
            assert!(heard.insert(entry.position));
        }
    }
    heard
}

#[tokio::test]
async fn a_writer_sees_on_sqlite_what_another_one_has_changed() {
    a_writer_sees_what_another_one_has_changed(&TestDatabase::sqlite()).await;
}

#[tokio::test]
async fn a_writer_sees_on_postgres_what_another_one_has_changed() {
    a_writer_sees_what_another_one_has_changed(&TestDatabase::postgres().await).await;
}

/// What a writer remembers of threads and people must not outlive another writer's change, not even
/// one that no log entry tells of.
async fn a_writer_sees_what_another_one_has_changed(database: &TestDatabase) {
    let [here, there] = [0, 1].map(|_| open(database, SeaStore::options()));
    let here = Scene::new(Arc::new(here.await));
    let there = Scene::new(Arc::new(there.await));
    let direct = here.direct("ann", "bob").await;
    let group = here.group("ann", &["bob", "cid"]).await;
    let send = async |scene: &Scene, thread, sender| {
        let new = here.new_message(thread, sender, "hello");
        scene
            .store()
            .append(new)
            .await
            .map(|sent| sent.value.message.seq)
    };
    for scene in [&here, &there, &here] {
        send(scene, direct, "ann").await.unwrap();
        send(scene, group, "ann").await.unwrap();
    }
    assert_eq!(send(&there, direct, "bob").await.unwrap(), Seq::new(4));
    assert_eq!(send(&here, direct, "bob").await.unwrap(), Seq::new(5));
    there.block("bob", "ann").await;
    let refused = send(&here, direct, "ann").await;
    assert!(matches!(refused, Err(SendError::RecipientUnavailable)));
    let (bob, ann) = (user("bob"), user("ann"));
    there.store().remove_block(&bob, &ann).await.unwrap();
    send(&here, direct, "ann").await.unwrap();
    there.leave(group, "cid").await;
    let refused = send(&here, group, "cid").await;
    assert!(matches!(refused, Err(SendError::NoSuchThread)));
    there.ban("ann").await;
    let refused = send(&here, group, "ann").await;
    assert!(matches!(refused, Err(SendError::CallerDisabled)));
    for scene in [here, there] {
        scene.store().close().await;
    }
}
