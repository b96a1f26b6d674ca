//! Reading messages.

use crate::{
    id::{Seq, ThreadId},
    message::{Message, SeqRange},
    testkit::{Scene, page, seq, user},
};

async fn list(scene: &Scene, thread: ThreadId, range: SeqRange, size: u32) -> Vec<Message> {
    let listed = scene
        .store()
        .list_messages(thread, &user("ann"), range, page(size))
        .await;
    listed.unwrap().unwrap()
}

async fn seqs(scene: &Scene, thread: ThreadId, range: SeqRange, size: u32) -> Vec<i64> {
    let messages = list(scene, thread, range, size).await;
    messages.iter().map(|message| message.seq.get()).collect()
}

async fn thread_of(scene: &Scene, messages: usize) -> ThreadId {
    let thread = scene.direct("ann", "ben").await;
    for number in 0..messages {
        scene.send(thread, "ben", &number.to_string()).await;
    }
    thread
}

/// The newest come first, those before a place too, and one more than the page holds.
pub async fn backwards_the_nearest_come_first(scene: Scene) {
    let thread = thread_of(&scene, 9).await;
    let before = |bound: i64| SeqRange::Before(Some(seq(bound)));
    assert_eq!(
        seqs(&scene, thread, SeqRange::Before(None), 3).await,
        [9, 8, 7, 6]
    );
    assert_eq!(seqs(&scene, thread, before(7), 3).await, [6, 5, 4, 3]);
    assert_eq!(seqs(&scene, thread, before(4), 3).await, [3, 2, 1]);
    assert_eq!(seqs(&scene, thread, before(100), 2).await, [9, 8, 7]);
    assert!(seqs(&scene, thread, before(1), 3).await.is_empty());
    assert!(seqs(&scene, thread, before(-5), 3).await.is_empty());
}

/// Those after a place come in order.
pub async fn forwards_the_nearest_come_first(scene: Scene) {
    let thread = thread_of(&scene, 9).await;
    let after = |bound: i64| SeqRange::After(seq(bound));
    assert_eq!(seqs(&scene, thread, after(0), 3).await, [1, 2, 3, 4]);
    assert_eq!(seqs(&scene, thread, after(3), 5).await, [4, 5, 6, 7, 8, 9]);
    assert_eq!(seqs(&scene, thread, after(-9), 1).await, [1, 2]);
    assert!(seqs(&scene, thread, after(9), 3).await.is_empty());
    assert!(seqs(&scene, thread, after(100), 3).await.is_empty());
}

/// Listed messages are whole, as they are now, tombstones in their places.
pub async fn listed_messages_are_as_they_are_now(scene: Scene) {
    let thread = thread_of(&scene, 3).await;
    let messages = list(&scene, thread, SeqRange::After(Seq::ZERO), 10).await;
    scene.edit(&messages[0], "edited").await;
    scene.delete(&messages[1]).await;
    scene.react(&messages[2], "ann", "+1", true).await;
    scene.react(&messages[0], "ben", "-1", true).await;
    let mut now = Vec::new();
    for message in &messages {
        now.push(scene.message(message.id).await);
    }
    assert_eq!(
        list(&scene, thread, SeqRange::After(Seq::ZERO), 10).await,
        now
    );
    now.reverse();
    assert_eq!(list(&scene, thread, SeqRange::Before(None), 10).await, now);
}

/// Paging back goes on undisturbed while new messages come.
pub async fn paging_back_is_not_disturbed_by_new_messages(scene: Scene) {
    let thread = thread_of(&scene, 10).await;
    let (mut seen, mut bound) = (Vec::new(), None);
    loop {
        let mut messages = seqs(&scene, thread, SeqRange::Before(bound), 3).await;
        let more = messages.len() > 3;
        messages.truncate(3);
        seen.extend_from_slice(&messages);
        bound = messages.last().map(|last| seq(*last));
        if !more {
            break;
        }
        scene.send(thread, "ben", "new").await;
    }
    assert_eq!(seen, (1..=10).rev().collect::<Vec<_>>());
}

/// A thread without messages has an empty history; one never taken part in has none.
pub async fn a_history_is_for_those_who_took_part(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let read = async |thread, name| {
        let newest = SeqRange::Before(None);
        scene
            .store()
            .list_messages(thread, &user(name), newest, page(5))
            .await
            .unwrap()
    };
    assert_eq!(read(thread, "ann").await, Some(vec![]));
    assert_eq!(read(thread, "cid").await, None);
    assert_eq!(read(scene.thread_id(), "ann").await, None);
}

/// A single message is seen by those who take part; the unrestricted lookup sees all there is.
pub async fn a_message_is_seen_by_those_who_take_part(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let message = scene.send(thread, "ann", "hello").await;
    let unknown = scene.message_id();
    let seen = async |id, name| {
        let seen = scene.store().lookup_message_for(id, &user(name)).await;
        seen.unwrap()
    };
    for name in ["ann", "ben"] {
        assert_eq!(seen(message.id, name).await, Some(message.clone()));
    }
    assert_eq!(seen(message.id, "cid").await, None);
    assert_eq!(seen(unknown, "ann").await, None);
    let found = async |id| scene.store().lookup_message(id).await.unwrap();
    assert_eq!(found(message.id).await, Some(message.clone()));
    assert_eq!(found(unknown).await, None);
}

/// One who comes in later sees what was written before.
pub async fn a_newcomer_sees_single_messages_of_before(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let message = scene.send(thread, "ann", "hello").await;
    scene.add(thread, "ann", "cid").await;
    let seen = scene
        .store()
        .lookup_message_for(message.id, &user("cid"))
        .await;
    assert_eq!(seen.unwrap(), Some(message));
}
