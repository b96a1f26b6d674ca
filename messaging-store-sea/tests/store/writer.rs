//! What the writer promises: a bounded queue, groups whose members do not harm each other, nothing
//! for callers who left, and a close that drains.
//!
//! These tests run on one thread, so that the writer does not run before the test waits: what is
//! started in a row is one group.

use crate::support::{hold_writers, scene, start};
use messaging_core::{
    error::{ErrorKind, Fault, StoreError},
    message::SendError,
    testkit::{Scene, user},
};
use messaging_store_sea::{SeaStore, testkit::TestDatabase};

async fn databases() -> [TestDatabase; 2] {
    [TestDatabase::sqlite(), TestDatabase::postgres().await]
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_harms_nothing() {
    for database in databases().await {
        let scene = scene(&database, SeaStore::options().queue(4).group(1)).await;
        let thread = scene.direct("ann", "bob").await;
        let lock = hold_writers(&database).await;
        let mut waiting = Vec::new();
        for _ in 0..4 {
            let message = scene.new_message(thread, "ann", "hello");
            waiting.push(start(scene.store().append(message)).await);
        }
        let one_more = scene.new_message(thread, "ann", "too much");
        let refused = scene.store().append(one_more.clone()).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Unavailable);
        lock.rollback().await.unwrap();
        for call in waiting {
            call.await.unwrap();
        }
        let appended = scene.store().append(one_more).await.unwrap();
        assert_eq!(appended.value.message.seq.get(), 5);
        scene.store().close().await;
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_stored_does_not_fail_its_group() {
    for database in databases().await {
        let scene = scene(&database, SeaStore::options()).await;
        let thread = scene.direct("ann", "bob").await;
        let first = scene.send(thread, "ann", "first").await;
        let mut twin = scene.new_message(thread, "bob", "an id that is taken");
        twin.id = first.id;
        let messages = [
            scene.new_message(thread, "ann", "second"),
            twin,
            scene.new_message(thread, "bob", "third"),
        ];
        let mut calls = Vec::new();
        for message in messages {
            calls.push(start(scene.store().append(message)).await);
        }
        let mut outcomes = Vec::new();
        for call in calls {
            outcomes.push(call.await.map(|done| done.value.message.seq.get()));
        }
        assert_eq!(*outcomes[0].as_ref().unwrap(), 2);
        let error = outcomes[1].as_ref().unwrap_err();
        assert!(
            matches!(error, SendError::Store(StoreError::Backend(_))),
            "{error:?}"
        );
        assert_eq!(*outcomes[2].as_ref().unwrap(), 3);
        assert_dense(&scene).await;
        scene.store().close().await;
    }
}

#[tokio::test]
async fn an_id_given_twice_in_one_group_is_refused() {
    for database in databases().await {
        let scene = scene(&database, SeaStore::options()).await;
        let thread = scene.direct("ann", "bob").await;
        let one = scene.new_message(thread, "ann", "one");
        let mut two = scene.new_message(thread, "ann", "two");
        two.id = one.id;
        let one = start(scene.store().append(one)).await;
        let two = start(scene.store().append(two)).await;
        assert_eq!(one.await.unwrap().value.message.seq.get(), 1);
        assert!(matches!(two.await, Err(SendError::Store(_))));
        let three = scene.send(thread, "ann", "three").await;
        assert_eq!(three.seq.get(), 2);
        assert_dense(&scene).await;
        scene.store().close().await;
    }
}

#[tokio::test]
async fn a_caller_who_leaves_while_waiting_changes_nothing() {
    for database in databases().await {
        let scene = scene(&database, SeaStore::options()).await;
        let thread = scene.direct("ann", "bob").await;
        let gone = scene.new_message(thread, "ann", "never mind");
        drop(start(scene.store().append(gone.clone())).await);
        let stayed = scene.send(thread, "ann", "hello").await;
        assert_eq!(stayed.seq.get(), 1);
        let found = scene.store().lookup_message(gone.id).await.unwrap();
        assert_eq!(found, None);
        scene.store().close().await;
    }
}

#[tokio::test]
async fn closing_makes_what_was_accepted_and_takes_nothing_more() {
    for database in databases().await {
        let scene = scene(&database, SeaStore::options().group(2)).await;
        let thread = scene.direct("ann", "bob").await;
        let lock = hold_writers(&database).await;
        let mut waiting = Vec::new();
        for _ in 0..5 {
            let message = scene.new_message(thread, "ann", "hello");
            waiting.push(start(scene.store().append(message)).await);
        }
        let closing = start(scene.store().close()).await;
        lock.rollback().await.unwrap();
        closing.await;
        for (index, call) in waiting.into_iter().enumerate() {
            let seq = call.await.unwrap().value.message.seq;
            assert_eq!(seq.get(), i64::try_from(index).unwrap() + 1);
        }
        let late = scene.new_message(thread, "ann", "late");
        let refused = scene.store().append(late).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
        let refused = scene
            .store()
            .lookup_account(&user("ann"))
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
        scene.store().close().await;
    }
}

#[tokio::test]
async fn a_database_that_nobody_can_reach_is_unavailable() {
    let nowhere = "postgres://postgres@127.0.0.1:1/nowhere";
    let error = SeaStore::connect(nowhere).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn addresses_that_are_no_database_are_refused() {
    for url in [
        "",
        "mysql://h/db",
        "sqlite::memory:",
        "sqlite://x?mode=memory",
    ] {
        let error = SeaStore::connect(url).await.unwrap_err();
        assert!(matches!(error, StoreError::Backend(_)), "{url}: {error:?}");
    }
}

/// The log has no gap, and its head is its newest entry.
async fn assert_dense(scene: &Scene) {
    let bounds = scene.store().log_bounds().await.unwrap();
    let entries = scene.store().read_log(bounds.pruned, 10_000).await.unwrap();
    let positions: Vec<i64> = entries.iter().map(|entry| entry.position.get()).collect();
    let expected: Vec<i64> = (1..=bounds.head.get()).collect();
    assert_eq!(positions, expected);
}
