//! Markers.

use crate::{
    id::{Seq, ThreadId},
    log::Change,
    receipt::{MarkError, Marker},
    testkit::{Scene, seq, user},
};

/// A user's delivered and read markers, as another sees them.
async fn markers(scene: &Scene, thread: ThreadId, name: &str) -> (Seq, Seq) {
    let seen = scene.thread(thread, "ann").await;
    let found = seen
        .participants
        .into_iter()
        .find(|p| p.user_id == user(name));
    let participant = found.unwrap();
    (participant.delivered_seq, participant.read_seq)
}

/// A direct thread with so many messages of ann's.
async fn thread_of(scene: &Scene, messages: usize) -> ThreadId {
    let thread = scene.direct("ann", "ben").await;
    for _ in 0..messages {
        scene.send(thread, "ann", "hello").await;
    }
    thread
}

/// A marker moves forward and answers where it stands; everyone sees it.
pub async fn a_marker_moves_forward(scene: Scene) {
    let thread = thread_of(&scene, 5).await;
    assert_eq!(markers(&scene, thread, "ben").await, (seq(0), seq(0)));
    let moved = scene.mark(thread, "ben", Marker::Delivered, 3).await;
    assert_eq!(moved.value, seq(3));
    assert_eq!(markers(&scene, thread, "ben").await, (seq(3), seq(0)));
    scene.mark(thread, "ben", Marker::Read, 2).await;
    assert_eq!(markers(&scene, thread, "ben").await, (seq(3), seq(2)));
    assert_eq!(
        markers(&scene, thread, "ann").await,
        (seq(5), seq(5)),
        "ann's stay hers"
    );
}

/// A move is one entry for the participants, and moves neither thread nor `updated_at`.
pub async fn a_move_is_told_and_moves_no_thread(scene: Scene) {
    let thread = thread_of(&scene, 5).await;
    let before = scene.thread(thread, "ben").await;
    for (marker, place) in [(Marker::Delivered, 2), (Marker::Read, 4)] {
        let head = scene.head().await;
        let moved = scene.mark(thread, "ben", marker, place).await;
        assert_eq!(moved.position, Some(head.next()));
        assert_eq!(scene.head().await, head.next());
        let entry = scene.last_entry().await;
        assert_eq!(entry.actor, Some(user("ben")));
        assert_eq!(entry.audience[..], [user("ann"), user("ben")]);
        let change = Change::MarkerAdvanced {
            thread_id: thread,
            user_id: user("ben"),
            marker,
            seq: seq(place),
        };
        assert_eq!(entry.change, change);
    }
    let after = scene.thread(thread, "ben").await;
    assert_eq!(
        (after.activity, after.updated_at),
        (before.activity, before.updated_at)
    );
}

/// A marker never moves back: what it has reached changes nothing and answers where it stands.
pub async fn a_marker_never_moves_back(scene: Scene) {
    let thread = thread_of(&scene, 5).await;
    scene.mark(thread, "ben", Marker::Delivered, 4).await;
    scene.mark(thread, "ben", Marker::Read, 3).await;
    let head = scene.head().await;
    for (marker, place, stands) in [
        (Marker::Read, 3, 3),
        (Marker::Read, 1, 3),
        (Marker::Read, 0, 3),
        (Marker::Read, -7, 3),
        (Marker::Delivered, 4, 4),
        (Marker::Delivered, 2, 4),
    ] {
        let stayed = scene.mark(thread, "ben", marker, place).await;
        assert_eq!((stayed.position, stayed.value), (None, seq(stands)));
    }
    assert_eq!(scene.head().await, head);
    assert_eq!(markers(&scene, thread, "ben").await, (seq(4), seq(3)));
}

/// Reading delivers: the delivered marker comes along, without an entry of its own.
pub async fn reading_delivers(scene: Scene) {
    let thread = thread_of(&scene, 5).await;
    let head = scene.head().await;
    scene.mark(thread, "ben", Marker::Read, 3).await;
    assert_eq!(markers(&scene, thread, "ben").await, (seq(3), seq(3)));
    assert_eq!(scene.head().await, head.next());
    let stayed = scene.mark(thread, "ben", Marker::Delivered, 3).await;
    assert_eq!((stayed.position, stayed.value), (None, seq(3)));
    scene.mark(thread, "ben", Marker::Delivered, 5).await;
    scene.mark(thread, "ben", Marker::Read, 4).await;
    assert_eq!(markers(&scene, thread, "ben").await, (seq(5), seq(4)));
}

/// A marker does not go beyond the newest message.
pub async fn a_marker_does_not_go_beyond_the_end(scene: Scene) {
    let empty = scene.direct("ann", "cid").await;
    let thread = thread_of(&scene, 2).await;
    let head = scene.head().await;
    for (place, name, beyond) in [
        (thread, "ben", 3),
        (empty, "cid", 1),
        (thread, "ben", i64::MAX),
    ] {
        let advance = scene.new_advance(place, name, Marker::Delivered, beyond);
        let refused = scene.store().advance_marker(advance).await;
        assert_refused!(refused, MarkError::BeyondTheEnd);
    }
    assert_eq!(scene.head().await, head);
    assert_eq!(
        scene.mark(empty, "cid", Marker::Read, 0).await.value,
        Seq::ZERO
    );
}

/// Markers are for those who take part; their account is not asked.
pub async fn markers_are_for_those_who_take_part(scene: Scene) {
    let thread = thread_of(&scene, 2).await;
    for (place, name) in [(thread, "cid"), (scene.thread_id(), "ann")] {
        for to in [1, 99] {
            let advance = scene.new_advance(place, name, Marker::Read, to);
            let refused = scene.store().advance_marker(advance).await;
            assert_refused!(refused, MarkError::NoSuchThread);
        }
    }
    scene.ban("ben").await;
    assert_eq!(
        scene.mark(thread, "ben", Marker::Read, 2).await.value,
        seq(2)
    );
}

/// Moves of one marker at once end at the furthest, each told at most once, always forward.
pub async fn moves_at_once_end_at_the_furthest(scene: Scene) {
    let thread = thread_of(&scene, 20).await;
    let head = scene.head().await;
    let calls = (1..=20).rev().map(|place| {
        let advance = scene.new_advance(thread, "ben", Marker::Read, (place * 8) % 21);
        let store = scene.shared_store();
        tokio::spawn(async move { store.advance_marker(advance).await.unwrap() })
    });
    for call in futures_util::future::join_all(calls).await {
        call.unwrap();
    }
    assert_eq!(markers(&scene, thread, "ben").await, (seq(20), seq(20)));
    let mut stood = Seq::ZERO;
    for entry in scene.log_after(head).await {
        if let Change::MarkerAdvanced { seq, .. } = entry.change {
            assert!(seq > stood);
            stood = seq;
        }
    }
    assert_eq!(stood, seq(20));
}
