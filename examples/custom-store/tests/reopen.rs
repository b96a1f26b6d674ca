//! What the store holds outlives the process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::{fs, io::Write, path::PathBuf, sync::Arc};

use messaging_core::{
    Store,
    account::{AccountChange, AccountStore, Ban},
    error::StoreError,
    id::Position,
    log::LogStore,
    message::{Edit, MessageStore, NewMessage, SendError},
    moderation::{Action, Judgement, Refused},
    testkit::{Scene, verdict},
};
use messaging_example_custom_store::JournalStore;

fn journal(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("messaging-{name}-{}", std::process::id()));
    let _ = fs::remove_file(&path);
    path
}

#[tokio::test]
async fn a_store_that_is_opened_again_holds_the_same_log() {
    let path = journal("same-log");
    let store = Arc::new(JournalStore::open(&path).await.unwrap());
    let scene = Scene::new(store.clone());
    let thread = scene.direct("ann", "maya").await;
    let message = scene.send(thread, "ann", "hello").await;
    scene.edit(&message, "hello there").await;
    scene.react(&message, "maya", "👍", true).await;
    scene.tag("ann", "friends").await;
    scene.block("maya", "eve").await;
    scene.ban("eve").await;
    let before = store.read_log(Position::ZERO, 100).await.unwrap();
    store.close().await;

    let again = JournalStore::open(&path).await.unwrap();
    let after = again.read_log(Position::ZERO, 100).await.unwrap();
    assert_eq!(before, after);
    fs::remove_file(&path).unwrap();
}

#[tokio::test]
async fn verdicts_outlive_the_process_and_rejected_words_are_written_nowhere() {
    let path = journal("verdicts");
    let store = Arc::new(JournalStore::open(&path).await.unwrap());
    let scene = Scene::new(store.clone());
    let thread = scene.direct("ann", "maya").await;
    let judged = |judgement| NewMessage {
        judgement,
        ..scene.new_message(thread, "ann", "unspeakable")
    };
    let flags = verdict(Action::Block, &["scam"]).flags;
    let rejected = Judgement::Refuse(Refused::Rejected { flags });
    let refused = store.append(judged(rejected.clone())).await;
    assert!(matches!(refused, Err(SendError::Moderation(_))));
    let message = scene.send(thread, "ann", "hello").await;
    let edit = |judgement| Edit {
        judgement,
        ..scene.new_edit(&message, "ann", "unspeakable")
    };
    store.edit_message(edit(rejected)).await.unwrap_err();
    assert!(!fs::read_to_string(&path).unwrap().contains("unspeakable"));

    let kept = Judgement::Deliver(Some(verdict(Action::Flag, &["scam"])));
    store.append(judged(kept.clone())).await.unwrap();
    let edited = store.edit_message(edit(kept)).await.unwrap().value;
    let before = store.read_log(Position::ZERO, 100).await.unwrap();
    store.close().await;
    let again = JournalStore::open(&path).await.unwrap();
    let after = again.read_log(Position::ZERO, 100).await.unwrap();
    assert_eq!(before, after);
    let found = again.lookup_message(message.id).await.unwrap();
    assert_eq!(found, Some(edited));
    fs::remove_file(&path).unwrap();
}

#[tokio::test]
async fn a_line_that_was_never_finished_is_cut_off_and_a_broken_one_is_named() {
    let path = journal("cut");
    let ban = || {
        let reason = "spam".to_owned();
        AccountChange::Ban(Ban {
            reason,
            until: None,
        })
    };
    let eve = "eve".parse().unwrap();
    let now = messaging_core::clock::Timestamp::from_millis(0).unwrap();
    let store = JournalStore::open(&path).await.unwrap();
    store.set_account(&eve, ban(), now).await.unwrap();
    drop(store);
    let whole = fs::read(&path).unwrap();

    append(&path, br#"{"account":{"us"#);
    let store = JournalStore::open(&path).await.unwrap();
    assert!(store.lookup_account(&eve).await.unwrap().ban.is_some());
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), whole);

    append(&path, b"{}\n");
    let error = JournalStore::open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { id, .. } if id == "2"));
    fs::remove_file(&path).unwrap();
}

fn append(path: &PathBuf, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}
