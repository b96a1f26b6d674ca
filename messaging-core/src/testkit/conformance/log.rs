//! The log.

use std::sync::Arc;

use crate::{
    account::AccountChange,
    id::{Position, UserId},
    log::{Change, LogBounds, LogEntry, UserLog},
    receipt::Marker,
    testkit::{Scene, archived, user},
};

async fn bounds(scene: &Scene) -> (i64, i64) {
    let LogBounds { pruned, head } = scene.store().log_bounds().await.unwrap();
    (pruned.get(), head.get())
}

async fn positions(scene: &Scene, after: i64, limit: usize) -> Vec<i64> {
    let read = scene.store().read_log(Position::new(after), limit).await;
    read.unwrap()
        .iter()
        .map(|entry| entry.position.get())
        .collect()
}

async fn own_log(scene: &Scene, name: &str, after: i64, until: i64, limit: usize) -> UserLog {
    let (after, until) = (Position::new(after), Position::new(until));
    let read = scene
        .store()
        .read_log_for(&user(name), after, until, limit)
        .await;
    read.unwrap()
}

fn own_positions(log: &UserLog) -> Vec<i64> {
    log.entries
        .iter()
        .map(|entry| entry.position.get())
        .collect()
}

/// A log begins empty, at zero.
pub async fn a_log_begins_empty(scene: Scene) {
    assert_eq!(bounds(&scene).await, (0, 0));
    assert!(positions(&scene, 0, 10).await.is_empty());
    let own = own_log(&scene, "ann", 0, 0, 10).await;
    assert_eq!((own_positions(&own), own.through), (vec![], Position::ZERO));
}

/// Positions count 1, 2, 3, … over all threads and users, in the order of the calls.
pub async fn positions_count_over_everything(scene: Scene) {
    let one = scene.direct("ann", "ben").await;
    scene.ban("zoe").await;
    let other = scene.group("cid", &["dan"]).await;
    scene.send(one, "ann", "hello").await;
    scene.send(other, "dan", "hello").await;
    scene.mark(one, "ben", Marker::Read, 1).await;
    assert_eq!(positions(&scene, 0, 100).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(bounds(&scene).await, (0, 6));
}

/// The log is read in order, after a place, and up to a limit.
pub async fn the_log_is_read_after_a_place_up_to_a_limit(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    for _ in 0..9 {
        scene.send(thread, "ann", "hello").await;
    }
    assert_eq!(positions(&scene, 0, 3).await, [1, 2, 3]);
    assert_eq!(positions(&scene, 3, 4).await, [4, 5, 6, 7]);
    assert_eq!(positions(&scene, 8, 100).await, [9, 10]);
    assert!(positions(&scene, 10, 100).await.is_empty());
    assert!(positions(&scene, 99, 100).await.is_empty());
}

/// A message's entry is told with the message as it is now, not as it was.
pub async fn entries_are_told_with_the_rows_as_they_are_now(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let message = scene.send(thread, "ann", "first").await;
    let sent = scene.last_entry().await;
    let written = Arc::new(message.clone());
    assert_eq!(sent.change, Change::MessageSent { message: written });
    assert_eq!(
        (sent.actor, sent.at),
        (Some(user("ann")), message.created_at)
    );
    assert_eq!(sent.audience[..], [user("ann"), user("ben")]);
    scene.edit(&message, "second").await;
    scene.react(&message, "ben", "+1", true).await;
    let now = Arc::new(scene.message(message.id).await);
    let told = scene
        .log_after(Position::new(1))
        .await
        .into_iter()
        .map(|entry| entry.change);
    let expected = [
        Change::MessageSent {
            message: now.clone(),
        },
        Change::MessageEdited {
            message: now.clone(),
        },
        Change::MessageReacted { message: now },
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

/// A user's log holds what they were told, and nothing of before they came or after they left.
pub async fn a_users_log_is_what_they_were_told(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await; // 1
    scene.send(thread, "ann", "before").await; // 2
    scene.add(thread, "ann", "cid").await; // 3
    scene.send(thread, "ben", "during").await; // 4
    scene.keep(thread, "ann", archived(true)).await; // 5: ann's alone
    scene.leave(thread, "cid").await; // 6
    scene.send(thread, "ben", "after").await; // 7
    scene.direct("dan", "eve").await; // 8: theirs
    scene.account("ann", AccountChange::Deactivate).await; // 9: nobody's
    let whole = async |name| own_positions(&own_log(&scene, name, 0, 9, 100).await);
    assert_eq!(whole("ann").await, [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(whole("ben").await, [1, 2, 3, 4, 6, 7]);
    assert_eq!(whole("cid").await, [3, 4, 6]);
    assert_eq!(whole("dan").await, [8]);
    assert!(whole("zoe").await.is_empty());
    let all = scene.log_after(Position::ZERO).await;
    for entry in own_log(&scene, "cid", 0, 9, 100).await.entries {
        assert_eq!(*entry.audience, [user("cid")], "nobody else is named");
        let whole = all.iter().find(|whole| whole.position == entry.position);
        let told = whole.map(|whole| LogEntry {
            audience: entry.audience.clone(),
            ..whole.clone()
        });
        assert_eq!(told, Some(entry), "the same entry, whoever reads it");
    }
}

/// A stretch reaches to its end when nothing was left out, else to its last entry.
pub async fn a_stretch_says_how_far_it_reaches(scene: Scene) {
    let theirs = scene.direct("ann", "ben").await; // 1
    let others = scene.direct("cid", "dan").await; // 2
    for _ in 0..3 {
        scene.send(theirs, "ann", "hello").await; // 3, 5, 7
        scene.send(others, "cid", "hello").await; // 4, 6, 8
    }
    for (after, until, limit, found, through) in [
        (0, 8, 100, vec![1, 3, 5, 7], 8),
        (0, 8, 4, vec![1, 3, 5, 7], 8),
        (0, 8, 3, vec![1, 3, 5], 5),
        (0, 8, 1, vec![1], 1),
        (1, 8, 1, vec![3], 3),
        (5, 8, 1, vec![7], 8),
        (0, 5, 100, vec![1, 3, 5], 5),
        (0, 6, 3, vec![1, 3, 5], 6),
        (3, 4, 10, vec![], 4),
        (8, 8, 10, vec![], 8),
    ] {
        let own = own_log(&scene, "ben", after, until, limit).await;
        let said = (own_positions(&own), own.through.get());
        assert_eq!(
            said,
            (found, through),
            "after {after}, until {until}, limit {limit}"
        );
    }
}

/// What was acknowledged is there for any read that begins then.
pub async fn a_read_sees_what_was_acknowledged_before(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    for _ in 0..30 {
        let new = scene.new_message(thread, "ann", "hello");
        let sent = scene.store().append(new).await.unwrap();
        let (message, position) = (sent.value.message, sent.position.unwrap());
        assert!(scene.head().await >= position);
        let seen = scene.thread(thread, "ben").await;
        assert_eq!(seen.last_seq, message.seq);
        let before = position.get() - 1;
        assert_eq!(positions(&scene, before, 1).await, [position.get()]);
        let own = own_log(&scene, "ben", before, position.get(), 1).await;
        assert_eq!(own_positions(&own), [position.get()]);
    }
}

/// Those who are told are whoever took part at that position, whatever has come since.
pub async fn an_audience_is_of_its_position(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let message = scene.send(thread, "ann", "hello").await;
    scene.leave(thread, "ben").await;
    scene.edit(&message, "edited").await;
    scene.add(thread, "ann", "cid").await;
    scene.react(&message, "cid", "+1", true).await;
    scene.leave(thread, "ann").await;
    scene.delete(&message).await;
    let told = scene.log_after(Position::ZERO).await;
    let audiences: Vec<Vec<&str>> = told
        .iter()
        .map(|entry| entry.audience.iter().map(UserId::as_str).collect())
        .collect();
    let expected: [&[&str]; 8] = [
        &["ann", "ben"],
        &["ann", "ben"],
        &["ann", "ben"],
        &["ann"],
        &["ann", "cid"],
        &["ann", "cid"],
        &["ann", "cid"],
        &["cid"],
    ];
    assert_eq!(audiences, expected);
}
