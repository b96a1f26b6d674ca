//! A store as a whole.

use futures_util::future::join_all;

use crate::{
    account::AccountChange,
    error::StoreError,
    id::{Position, Seq},
    message::{DeleteError, EditError, ReactError, Removal, SendError, SeqRange},
    page::PageSize,
    receipt::{MarkError, Marker},
    tag::{TagError, TagUpdate},
    testkit::{Scene, muted, user},
    thread::{CreateThreadError, ParticipantError, ThreadChange, ThreadFilter, UpdateThreadError},
};

/// An open store is well.
pub async fn an_open_store_is_well(scene: Scene) {
    scene.store().check_health().await.unwrap();
}

/// After `close` every change is refused as unavailable.
pub async fn a_closed_store_refuses_changes(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let message = scene.send(thread, "ann", "hello").await;
    let tag = scene.tag("ann", "work").await;
    let (store, ann, ben, at) = (scene.store(), user("ann"), user("ben"), scene.now());
    store.close().await;
    let refused = store.open_thread(scene.new_direct("ann", "cid")).await;
    assert_refused!(
        refused,
        CreateThreadError::Store(StoreError::Unavailable(_))
    );
    let refused = store
        .update_thread(thread, &ann, ThreadChange::default(), at)
        .await;
    assert_refused!(
        refused,
        UpdateThreadError::Store(StoreError::Unavailable(_))
    );
    let refused = store
        .set_thread_settings(thread, &ann, muted(true), at)
        .await;
    assert_refused!(
        refused,
        UpdateThreadError::Store(StoreError::Unavailable(_))
    );
    let refused = store
        .add_participant(thread, &ann, &ben, crate::caller::Role::Admin, at)
        .await;
    assert_refused!(refused, ParticipantError::Store(StoreError::Unavailable(_)));
    let refused = store.remove_participant(thread, &ann, &ben, at).await;
    assert_refused!(refused, ParticipantError::Store(StoreError::Unavailable(_)));
    let refused = store.append(scene.new_message(thread, "ann", "x")).await;
    assert_refused!(refused, SendError::Store(StoreError::Unavailable(_)));
    let refused = store
        .edit_message(scene.new_edit(&message, "ann", "x"))
        .await;
    assert_refused!(refused, EditError::Store(StoreError::Unavailable(_)));
    let removal = Removal {
        message_id: message.id,
        user_id: user("ann"),
        at,
    };
    let refused = store.delete_message(removal).await;
    assert_refused!(refused, DeleteError::Store(StoreError::Unavailable(_)));
    let refused = store
        .set_reaction(scene.new_reaction(&message, "ann", "+1", true))
        .await;
    assert_refused!(refused, ReactError::Store(StoreError::Unavailable(_)));
    let refused = store
        .advance_marker(scene.new_advance(thread, "ben", Marker::Read, 1))
        .await;
    assert_refused!(refused, MarkError::Store(StoreError::Unavailable(_)));
    let refused = store.create_tag(scene.new_tag("ann", "play")).await;
    assert_refused!(refused, TagError::Store(StoreError::Unavailable(_)));
    let refused = store.update_tag(&ann, tag.id, TagUpdate::default()).await;
    assert_refused!(refused, TagError::Store(StoreError::Unavailable(_)));
    let refused = store.apply_tag(&ann, tag.id, thread, true, at).await;
    assert_refused!(refused, TagError::Store(StoreError::Unavailable(_)));
    assert_refused!(
        store.delete_tag(&ann, tag.id).await,
        TagError::Store(StoreError::Unavailable(_))
    );
    assert_refused!(
        store.add_block(&ann, &ben, at).await,
        StoreError::Unavailable(_)
    );
    assert_refused!(
        store.remove_block(&ann, &ben).await,
        StoreError::Unavailable(_)
    );
    let refused = store.set_account(&ann, AccountChange::Deactivate, at).await;
    assert_refused!(refused, StoreError::Unavailable(_));
    assert_refused!(store.prune_log(at, 10).await, StoreError::Unavailable(_));
}

/// After `close` every read is refused as unavailable.
pub async fn a_closed_store_refuses_reads(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let message = scene.send(thread, "ann", "hello").await;
    let (store, ann, size) = (scene.store(), user("ann"), PageSize::default());
    store.close().await;
    assert_refused!(store.check_health().await, StoreError::Unavailable(_));
    assert_refused!(store.lookup_account(&ann).await, StoreError::Unavailable(_));
    assert_refused!(
        store.list_blocks(&ann, None, size).await,
        StoreError::Unavailable(_)
    );
    assert_refused!(
        store.list_tags(&ann, None, size).await,
        StoreError::Unavailable(_)
    );
    assert_refused!(store.log_bounds().await, StoreError::Unavailable(_));
    assert_refused!(
        store.read_log(Position::ZERO, 1).await,
        StoreError::Unavailable(_)
    );
    let (zero, one) = (Position::ZERO, Position::new(1));
    assert_refused!(
        store.read_log_for(&ann, zero, one, 1).await,
        StoreError::Unavailable(_)
    );
    assert_refused!(
        store.lookup_message(message.id).await,
        StoreError::Unavailable(_)
    );
    let refused = store.lookup_message_for(message.id, &ann).await;
    assert_refused!(refused, StoreError::Unavailable(_));
    let all = SeqRange::After(Seq::ZERO);
    let refused = store.list_messages(thread, &ann, all, size).await;
    assert_refused!(refused, StoreError::Unavailable(_));
    assert_refused!(
        store.lookup_thread(thread, &ann).await,
        StoreError::Unavailable(_)
    );
    let viewers = [user("ann")];
    let refused = store.lookup_thread_for(thread, &viewers).await;
    assert_refused!(refused, StoreError::Unavailable(_));
    let refused = store
        .list_threads(&ann, ThreadFilter::default(), None, size)
        .await;
    assert_refused!(refused, StoreError::Unavailable(_));
}

/// Closing again does nothing, also at the same time.
pub async fn closing_again_does_nothing(scene: Scene) {
    let closing = (0..4).map(|_| {
        let store = scene.shared_store();
        tokio::spawn(async move { store.close().await })
    });
    for closed in join_all(closing).await {
        closed.unwrap();
    }
    scene.store().close().await;
}

/// What was accepted before the store closes is finished: every call ends as written, or as refused
/// because the store is closed, and none hangs.
pub async fn closing_finishes_what_was_accepted(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let calls: Vec<_> = (0..32)
        .map(|_| {
            let (store, new) = (
                scene.shared_store(),
                scene.new_message(thread, "ann", "hello"),
            );
            tokio::spawn(async move { store.append(new).await })
        })
        .collect();
    tokio::task::yield_now().await;
    scene.store().close().await;
    for call in join_all(calls).await {
        match call.unwrap() {
            Ok(sent) => assert!(sent.value.created),
            refused => assert_refused!(refused, SendError::Store(StoreError::Unavailable(_))),
        }
    }
}
