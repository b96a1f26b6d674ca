//! The same call again.

use futures_util::future::join_all;

use crate::{
    message::{NewMessage, SendError},
    testkit::{Scene, seq, text},
};

/// The same call again answers with the first message and writes nothing.
pub async fn the_same_call_again_answers_with_the_first_message(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let new = scene.new_message(thread, "ann", "once");
    let first = scene.store().append(new.clone()).await.unwrap();
    scene.send(thread, "ben", "in between").await;
    let (head, before) = (scene.head().await, scene.thread(thread, "ben").await);
    let repeated = NewMessage {
        id: scene.message_id(),
        at: scene.now(),
        ..new
    };
    let again = scene.store().append(repeated.clone()).await.unwrap();
    assert!(!again.value.created);
    assert_eq!(again.position, None);
    assert_eq!(again.value.message, first.value.message);
    assert_eq!(scene.head().await, head);
    assert_eq!(scene.thread(thread, "ben").await, before);
    let second = scene.store().lookup_message(repeated.id).await.unwrap();
    assert_eq!(second, None, "the repeated call's own id names nothing");
}

/// The same `client_id` with another content, or another `reply_to`, is a conflict.
pub async fn another_content_under_the_same_client_id_is_a_conflict(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let answered = scene.send(thread, "ben", "question").await;
    let new = NewMessage {
        reply_to: Some(answered.id),
        ..scene.new_message(thread, "ann", "answer")
    };
    scene.store().append(new.clone()).await.unwrap();
    let head = scene.head().await;
    let other_content = NewMessage {
        content: text("Answer"),
        ..new.clone()
    };
    assert_refused!(
        scene.store().append(other_content).await,
        SendError::Conflict
    );
    let other_reply = NewMessage {
        reply_to: None,
        ..new
    };
    assert_refused!(scene.store().append(other_reply).await, SendError::Conflict);
    assert_eq!(scene.head().await, head);
}

/// A `client_id` is its sender's in its thread, and counts by its bytes.
pub async fn a_client_id_is_its_senders_in_its_thread(scene: Scene) {
    let one = scene.direct("ann", "ben").await;
    let other = scene.direct("ann", "cid").await;
    let places = [
        (one, "ann", "k"),
        (one, "ben", "k"),
        (other, "ann", "k"),
        (one, "ann", "K"),
    ];
    for (thread, sender, client_id) in places {
        let new = NewMessage {
            client_id: client_id.to_owned(),
            ..scene.new_message(thread, sender, sender)
        };
        let sent = scene.store().append(new).await.unwrap();
        assert!(sent.value.created, "{sender} {client_id}");
        assert_eq!(sent.value.message.client_id, client_id);
    }
}

/// After an edit, the call is recognised by what it first said, and answered with what it says now.
pub async fn an_edited_message_is_recognised_by_its_first_content(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let new = scene.new_message(thread, "ann", "first");
    let sent = scene.store().append(new.clone()).await.unwrap();
    let edited = scene.edit(&sent.value.message, "second").await;
    let again = scene.store().append(new.clone()).await.unwrap();
    assert!(!again.value.created);
    assert_eq!(again.value.message, edited.value);
    let as_it_is_now = NewMessage {
        content: text("second"),
        ..new
    };
    assert_refused!(
        scene.store().append(as_it_is_now).await,
        SendError::Conflict
    );
}

/// After a deletion nobody can tell what it first said: any content is answered with the tombstone.
pub async fn a_deleted_message_answers_any_content(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let new = scene.new_message(thread, "ann", "first");
    let sent = scene.store().append(new.clone()).await.unwrap();
    let tombstone = scene.delete(&sent.value.message).await.value;
    let other = NewMessage {
        content: text("whatever"),
        reply_to: Some(scene.message_id()),
        ..new.clone()
    };
    for call in [new, other] {
        let again = scene.store().append(call).await.unwrap();
        assert!(!again.value.created);
        assert_eq!(again.position, None);
        assert_eq!(again.value.message, tombstone);
    }
}

/// A repeated call is answered before anything else is asked: the sender may have left, be banned,
/// or be blocked in the meantime.
pub async fn a_repeated_call_is_answered_whatever_has_happened_since(scene: Scene) {
    let direct = scene.direct("ann", "ben").await;
    let group = scene.group("ann", &["ben", "cid"]).await;
    let in_direct = scene.new_message(direct, "ann", "direct");
    let in_group = scene.new_message(group, "ann", "group");
    for new in [&in_direct, &in_group] {
        scene.store().append(new.clone()).await.unwrap();
    }
    scene.block("ben", "ann").await;
    scene.block("ann", "ben").await;
    scene.leave(group, "ann").await;
    scene.ban("ann").await;
    for new in [in_direct, in_group] {
        let again = scene.store().append(new.clone()).await.unwrap();
        assert_eq!(again.value.message.id, new.id);
        let other = NewMessage {
            content: text("other"),
            ..new
        };
        assert_refused!(scene.store().append(other).await, SendError::Conflict);
    }
}

/// The same call many times at once makes one message; all are answered with it.
pub async fn the_same_call_at_once_makes_one_message(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let new = scene.new_message(thread, "ann", "once");
    let calls = (0..16).map(|_| {
        let store = scene.shared_store();
        let id = scene.message_id();
        let new = NewMessage { id, ..new.clone() };
        tokio::spawn(async move { store.append(new).await.unwrap() })
    });
    let answers: Vec<_> = join_all(calls)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let created: Vec<_> = answers
        .iter()
        .filter(|answer| answer.value.created)
        .collect();
    assert_eq!(created.len(), 1);
    for answer in &answers {
        assert_eq!(answer.value.message, created[0].value.message);
        assert_eq!(answer.position.is_some(), answer.value.created);
    }
    assert_eq!(scene.thread(thread, "ann").await.last_seq, seq(1));
}

/// A call that is dropped half-way has happened or not, wholly; the same call finds out.
pub async fn a_dropped_append_has_happened_wholly_or_not(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    for _ in 0..20 {
        let new = scene.new_message(thread, "ann", "maybe");
        let (store, copy) = (scene.shared_store(), new.clone());
        let call = tokio::spawn(async move { store.append(copy).await.map(drop) });
        tokio::task::yield_now().await;
        call.abort();
        let _ = call.await;
        let sent = scene.store().append(new).await.unwrap();
        let message = sent.value.message;
        assert_eq!(scene.thread(thread, "ann").await.last_seq, message.seq);
    }
    assert_eq!(scene.thread(thread, "ann").await.last_seq, seq(20));
}
