//! The store in memory against itself: what it shows is that the histories can be played, and that
//! its lock makes tasks one after another.

use messaging_core::{
    account::{AccountChange, AccountStore, Ban},
    clock::Clock,
    memory::MemoryStore,
    testkit::{ManualClock, histories, user},
};

async fn open() -> (MemoryStore, ()) {
    (MemoryStore::new(), ())
}

#[test]
fn histories_can_be_played() {
    histories::check(open, 64);
}

#[test]
fn tasks_at_once_come_to_one_order() {
    histories::check_concurrent(open, 32);
}

/// A store that knows something the model does not.
async fn open_with_a_ban() -> (MemoryStore, ()) {
    let ban = AccountChange::Ban(Ban {
        reason: "spam".to_owned(),
        until: None,
    });
    let store = MemoryStore::new();
    let banned = store
        .set_account(&user("ben:1"), ban, ManualClock::default().now())
        .await;
    banned.expect("the user is banned");
    (store, ())
}

#[test]
#[should_panic(expected = "MESSAGING_HISTORY_SEED")]
fn a_store_that_differs_is_noticed() {
    histories::check(open_with_a_ban, 8);
}

#[test]
#[should_panic(expected = "MESSAGING_HISTORY_SEED")]
fn a_store_that_differs_is_noticed_with_tasks_at_once() {
    histories::check_concurrent(open_with_a_ban, 8);
}
