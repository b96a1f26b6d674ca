//! The doorbell, and the log while others write.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use tokio::time::timeout;

use crate::{
    id::Position,
    log::{Change, CommitReceiver, LogEntry},
    testkit::{Scene, archived},
};

/// Long enough for any store to ring its doorbell, short enough for a test that fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// Receives batches until one reaches `until`.
async fn hear(commits: &mut CommitReceiver, until: Position) -> Vec<LogEntry> {
    let mut heard: Vec<LogEntry> = Vec::new();
    while heard.last().is_none_or(|last| last.position < until) {
        let batch: Arc<[LogEntry]> = timeout(PATIENCE, commits.recv()).await.unwrap().unwrap();
        assert!(!batch.is_empty(), "a batch tells of something");
        heard.extend(batch.iter().cloned());
    }
    heard
}

/// Many writers at once leave no gap, and each answer's position is its own entry's.
pub async fn writers_at_once_leave_no_gap(scene: Scene) {
    let mut threads = Vec::new();
    for number in 0..8 {
        threads.push(scene.direct("ann", &format!("user{number}")).await);
    }
    let head = scene.head().await;
    let tasks = (0..64).map(|task| {
        let (scene, thread) = (scene.clone(), threads[task % threads.len()]);
        tokio::spawn(async move {
            let new = scene.new_message(thread, "ann", &task.to_string());
            let (id, sent) = (new.id, scene.store().append(new).await.unwrap());
            (id, sent.position.unwrap())
        })
    });
    let answers = join_all(tasks).await;
    let entries = scene.log_after(head).await;
    let read: Vec<i64> = entries.iter().map(|entry| entry.position.get()).collect();
    assert_eq!(read, (head.get() + 1..=head.get() + 64).collect::<Vec<_>>());
    for answer in answers {
        let (id, position) = answer.unwrap();
        let entry = entries
            .iter()
            .find(|entry| entry.position == position)
            .unwrap();
        assert!(matches!(&entry.change, Change::MessageSent { message } if message.id == id));
    }
}

/// Within a thread, the log's order is the order of `seq`.
pub async fn the_log_follows_the_order_of_seq(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let tasks = (0..40).map(|task| {
        let scene = scene.clone();
        let sender = if task % 2 == 0 { "ann" } else { "ben" };
        tokio::spawn(async move { scene.send(thread, sender, "hello").await })
    });
    join_all(tasks).await;
    let mut expected = 1;
    for entry in scene.log_after(Position::ZERO).await {
        if let Change::MessageSent { message } = entry.change {
            assert_eq!(message.seq.get(), expected);
            expected += 1;
        }
    }
    assert_eq!(expected, 41);
}

/// A reader that follows the log while others write never skips a position, nor does what it has
/// read ever change places.
pub async fn a_follower_never_skips_while_others_write(scene: Scene) {
    const WRITES: i64 = 120;
    let thread = scene.direct("ann", "ben").await;
    let start = scene.head().await;
    let follower = {
        let scene = scene.clone();
        tokio::spawn(async move {
            let mut followed: Vec<LogEntry> = Vec::new();
            let mut after = start;
            while after.get() < start.get() + WRITES {
                for entry in scene.store().read_log(after, 7).await.unwrap() {
                    assert_eq!(entry.position, after.next(), "no position is skipped");
                    after = entry.position;
                    followed.push(entry);
                }
                tokio::task::yield_now().await;
            }
            followed
        })
    };
    let writers = (0..8).map(|_| {
        let scene = scene.clone();
        tokio::spawn(async move {
            for _ in 0..WRITES / 8 {
                scene.send(thread, "ann", "hello").await;
            }
        })
    });
    join_all(writers).await;
    let seen = timeout(PATIENCE, follower).await.unwrap().unwrap();
    assert_eq!(seen, scene.log_after(start).await);
}

/// Commits are told in order, once, as the log holds them, to everyone who listens.
pub async fn commits_are_told_in_order(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let start = scene.head().await;
    let mut commits = scene.store().subscribe_commits();
    let mut second = scene.store().subscribe_commits();
    let tasks = (0..32).map(|_| {
        let scene = scene.clone();
        tokio::spawn(async move { scene.send(thread, "ann", "hello").await })
    });
    join_all(tasks).await;
    scene.ban("zoe").await;
    let head = scene.head().await;
    let expected = scene.log_after(start).await;
    for commits in [&mut commits, &mut second] {
        // What was committed before the subscription may still be on its way.
        let mut told = hear(commits, head).await;
        told.retain(|entry| entry.position > start);
        assert_eq!(told, expected);
    }
}

/// A commit is durable when it is told: a reader finds it in the log.
pub async fn what_is_told_is_in_the_log(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let start = scene.head().await;
    let mut commits = scene.store().subscribe_commits();
    let writer = {
        let scene = scene.clone();
        tokio::spawn(async move {
            for _ in 0..20 {
                scene.send(thread, "ann", "hello").await;
            }
        })
    };
    let mut after = start;
    while after.get() < start.get() + 20 {
        let batch = timeout(PATIENCE, commits.recv()).await.unwrap().unwrap();
        for entry in batch.iter() {
            if entry.position <= start {
                continue;
            }
            let read = scene
                .log_after(Position::new(entry.position.get() - 1))
                .await;
            assert_eq!(read.first(), Some(entry));
            after = entry.position;
        }
    }
    writer.await.unwrap();
}

/// What changes nothing and what is refused is not told.
pub async fn what_is_not_appended_is_not_told(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let start = scene.head().await;
    let mut commits = scene.store().subscribe_commits();
    let new = scene.new_message(thread, "stranger", "hello");
    assert!(scene.store().append(new).await.is_err());
    scene.keep(thread, "ann", archived(false)).await;
    scene.block("ann", "cid").await;
    scene.tag("ann", "work").await;
    scene.send(thread, "ann", "hello").await;
    let mut heard = hear(&mut commits, start.next()).await;
    heard.retain(|entry| entry.position > start);
    assert_eq!(heard.len(), 1);
    assert_eq!(scene.head().await, start.next());
}
