//! Forgetting the log's beginning.

use std::time::Duration;

use crate::{
    clock::{Clock, Timestamp},
    id::{Position, ThreadId},
    log::LogBounds,
    testkit::{Scene, user},
};

async fn bounds(scene: &Scene) -> (i64, i64) {
    let LogBounds { pruned, head } = scene.store().log_bounds().await.unwrap();
    (pruned.get(), head.get())
}

async fn prune(scene: &Scene, before: Timestamp, limit: usize) -> u64 {
    scene.store().prune_log(before, limit).await.unwrap()
}

async fn kept(scene: &Scene) -> Vec<i64> {
    let entries = scene.log_after(Position::ZERO).await;
    entries.iter().map(|entry| entry.position.get()).collect()
}

/// A thread and so many messages, a minute apart; the times of all entries.
async fn history(scene: &Scene, messages: usize) -> (ThreadId, Vec<Timestamp>) {
    let thread = scene.direct("ann", "ben").await;
    for _ in 0..messages {
        scene.clock().advance(Duration::from_mins(1));
        scene.send(thread, "ann", "hello").await;
    }
    let entries = scene.log_after(Position::ZERO).await;
    (thread, entries.iter().map(|entry| entry.at).collect())
}

/// What was made before a moment is forgotten; what was made at it or later is kept.
pub async fn what_was_made_before_a_moment_is_forgotten(scene: Scene) {
    let (_, times) = history(&scene, 9).await;
    assert_eq!(prune(&scene, times[0], 100).await, 0);
    assert_eq!(bounds(&scene).await, (0, 10));
    assert_eq!(prune(&scene, times[3], 100).await, 3);
    assert_eq!(bounds(&scene).await, (3, 10));
    assert_eq!(kept(&scene).await, [4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(prune(&scene, times[3], 100).await, 0);
}

/// No more is forgotten in one call than the limit says, and the oldest first.
pub async fn no_more_is_forgotten_than_the_limit(scene: Scene) {
    let (_, times) = history(&scene, 9).await;
    assert_eq!(prune(&scene, times[7], 2).await, 2);
    assert_eq!(kept(&scene).await.first(), Some(&3));
    assert_eq!(prune(&scene, times[7], 4).await, 4);
    assert_eq!(prune(&scene, times[7], 4).await, 1);
    assert_eq!(prune(&scene, times[7], 4).await, 0);
    assert_eq!(bounds(&scene).await, (7, 10));
}

/// The newest entry always stays, and positions go on after it.
pub async fn the_newest_entry_stays(scene: Scene) {
    assert_eq!(prune(&scene, scene.now(), 100).await, 0);
    let (thread, _) = history(&scene, 4).await;
    scene.clock().advance(Duration::from_hours(1));
    let later = scene.clock().now();
    assert_eq!(prune(&scene, later, 100).await, 4);
    assert_eq!(
        (bounds(&scene).await, kept(&scene).await),
        ((4, 5), vec![5])
    );
    let new = scene.new_message(thread, "ben", "next");
    let sent = scene.store().append(new).await.unwrap();
    assert_eq!(sent.position, Some(Position::new(6)));
    assert_eq!(kept(&scene).await, [5, 6]);
}

/// Clocks are set back: forgetting stops at the first entry that is to stay, whatever follows it.
pub async fn forgetting_stops_at_the_first_that_stays(scene: Scene) {
    let (thread, times) = history(&scene, 3).await;
    scene.clock().set(times[0]);
    scene.send(thread, "ann", "set back").await;
    scene.send(thread, "ann", "set back").await;
    assert_eq!(prune(&scene, times[2], 100).await, 2);
    assert_eq!(kept(&scene).await, [3, 4, 5, 6]);
}

/// Only the log forgets: threads, messages and users' places stay as they are.
pub async fn only_the_log_forgets(scene: Scene) {
    let (thread, _) = history(&scene, 4).await;
    let before = (
        scene.thread(thread, "ann").await,
        scene.thread(thread, "ben").await,
    );
    scene.clock().advance(Duration::from_hours(1));
    prune(&scene, scene.clock().now(), 100).await;
    let after = (
        scene.thread(thread, "ann").await,
        scene.thread(thread, "ben").await,
    );
    assert_eq!(after, before);
    let head = scene.head().await;
    let own = scene
        .store()
        .read_log_for(&user("ben"), Position::ZERO, head, 100)
        .await;
    assert_eq!(own.unwrap().entries.len(), 1);
}
