//! Threads of users who are deactivated: put away, and brought back.

use futures_util::future::join_all;

use crate::{
    account::AccountChange,
    id::{Position, ThreadId, UserId},
    log::{Change, LogEntry},
    testkit::{Scene, archived, muted, pinned, user},
    thread::{ArchiveReason, ThreadFilter},
};

/// A step, and whether there is more to do.
async fn step(scene: &Scene, name: &str, limit: usize) -> bool {
    let swept = scene
        .store()
        .sweep_threads(&user(name), limit, scene.now())
        .await;
    swept.unwrap().value
}

/// All steps of a sweep.
async fn sweep(scene: &Scene, name: &str) {
    while step(scene, name, 2).await {}
}

async fn deactivate(scene: &Scene, name: &str) {
    scene.account(name, AccountChange::Deactivate).await;
    sweep(scene, name).await;
}

async fn reactivate(scene: &Scene, name: &str) {
    scene.account(name, AccountChange::Reactivate).await;
    sweep(scene, name).await;
}

/// Whether the thread is archived, for each of these.
async fn away<const N: usize>(scene: &Scene, thread: ThreadId, names: [&str; N]) -> [bool; N] {
    let mut away = [false; N];
    for (away, name) in away.iter_mut().zip(names) {
        *away = scene.thread(thread, name).await.archived;
    }
    away
}

async fn sweeps(scene: &Scene) -> Vec<UserId> {
    scene.store().list_sweeps(None, 100).await.unwrap()
}

/// The changes after a position, and whose they are.
fn changes(entries: Vec<LogEntry>) -> Vec<(Change, Vec<UserId>)> {
    let changes = entries.into_iter();
    let changes = changes.inspect(|entry| assert_eq!(entry.actor, None));
    changes
        .map(|entry| (entry.change, entry.audience.to_vec()))
        .collect()
}

fn gone(thread_id: ThreadId, name: &str) -> (Change, Vec<UserId>) {
    let user_id = user(name);
    let change = Change::ThreadArchived {
        thread_id,
        user_id: user_id.clone(),
        reason: ArchiveReason::Deactivated,
    };
    (change, vec![user_id])
}

fn back(thread_id: ThreadId, name: &str) -> (Change, Vec<UserId>) {
    (Change::ThreadSettings { thread_id }, vec![user(name)])
}

/// A deactivation puts direct threads away for both sides and groups for the user alone, the newest
/// activity first, and tells each whose inbox it is; its undoing brings all of it back.
pub async fn a_deactivation_puts_threads_away_and_its_undoing_brings_them_back(scene: Scene) {
    let direct = scene.direct("ben", "ann").await;
    let group = scene.group("ann", &["ben", "cid"]).await;
    let other = scene.direct("ben", "cid").await;
    scene.keep(direct, "ben", pinned(true)).await;
    scene.account("ann", AccountChange::Deactivate).await;
    let head = scene.head().await;
    assert_eq!(sweeps(&scene).await, [user("ann")]);
    let at = scene.now();
    let swept = scene.store().sweep_threads(&user("ann"), 10, at).await;
    let swept = swept.unwrap();
    assert_eq!(
        (swept.value, swept.position),
        (false, Some(Position::new(head.get() + 3)))
    );
    let entries = scene.log_after(head).await;
    assert!(entries.iter().all(|entry| entry.at == at));
    let expected = [gone(group, "ann"), gone(direct, "ann"), gone(direct, "ben")];
    assert_eq!(changes(entries), expected);
    assert_eq!(away(&scene, direct, ["ann", "ben"]).await, [true, true]);
    assert_eq!(
        away(&scene, group, ["ann", "ben", "cid"]).await,
        [true, false, false]
    );
    assert_eq!(away(&scene, other, ["ben", "cid"]).await, [false, false]);
    assert!(sweeps(&scene).await.is_empty());

    scene.account("ann", AccountChange::Reactivate).await;
    assert_eq!(sweeps(&scene).await, [user("ann")]);
    let head = scene.head().await;
    sweep(&scene, "ann").await;
    let mut expected = [back(direct, "ann"), back(direct, "ben"), back(group, "ann")];
    if group < direct {
        expected.rotate_right(1);
    }
    assert_eq!(changes(scene.log_after(head).await), expected);
    assert_eq!(away(&scene, direct, ["ann", "ben"]).await, [false, false]);
    assert_eq!(away(&scene, group, ["ann"]).await, [false]);
    assert!(scene.thread(direct, "ben").await.pinned);
    assert!(sweeps(&scene).await.is_empty());
}

/// A step goes through so many threads and no more, and a sweep through all of them, whichever of
/// them are archived or pinned; each of its steps is told in one row.
pub async fn a_step_is_bounded_and_the_steps_reach_every_thread(scene: Scene) {
    let mut threads = Vec::new();
    for number in 0..7 {
        let other = format!("user{number}");
        let thread = scene.direct("ann", &other).await;
        scene.keep(thread, "ann", archived(number % 3 == 1)).await;
        scene.keep(thread, "ann", pinned(number % 2 == 1)).await;
        threads.push((thread, other));
    }
    scene.account("ann", AccountChange::Deactivate).await;
    let mut steps = 0;
    loop {
        let head = scene.head().await;
        let more = step(&scene, "ann", 3).await;
        assert!(changes(scene.log_after(head).await).len() <= 6);
        steps += 1;
        if !more {
            break;
        }
        assert_eq!(sweeps(&scene).await, [user("ann")]);
    }
    assert_eq!(steps, 3);
    for (number, (thread, other)) in threads.iter().enumerate() {
        assert_eq!(away(&scene, *thread, ["ann", other]).await, [true, true]);
        let own = scene.thread(*thread, "ann").await;
        assert_eq!(own.pinned, number % 2 == 1);
    }
    reactivate(&scene, "ann").await;
    for (number, (thread, other)) in threads.iter().enumerate() {
        let stays = number % 3 == 1;
        assert_eq!(away(&scene, *thread, ["ann", other]).await, [stays, false]);
    }
}

/// Without a sweep a step does nothing; a ban begins none, nor does a change that changes nothing.
pub async fn a_ban_puts_nothing_away(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    scene.ban("ann").await;
    scene.account("ann", AccountChange::Unban).await;
    scene.account("ben", AccountChange::Reactivate).await;
    assert!(sweeps(&scene).await.is_empty());
    let head = scene.head().await;
    for name in ["ann", "ben", "stranger"] {
        assert!(!step(&scene, name, 10).await);
    }
    assert_eq!(scene.head().await, head);
    assert_eq!(away(&scene, thread, ["ann", "ben"]).await, [false, false]);
    deactivate(&scene, "ann").await;
    scene.account("ann", AccountChange::Deactivate).await;
    scene.ban("ann").await;
    assert!(sweeps(&scene).await.is_empty());
}

/// Sweeps are listed by user id, after one, up to a limit.
pub async fn sweeps_are_listed_by_user(scene: Scene) {
    for name in ["cid", "Ann", "ben"] {
        scene.account(name, AccountChange::Deactivate).await;
    }
    assert_eq!(sweeps(&scene).await, ["Ann", "ben", "cid"].map(user));
    let store = scene.store();
    let first = store.list_sweeps(None, 2).await.unwrap();
    assert_eq!(first, ["Ann", "ben"].map(user));
    let rest = store.list_sweeps(first.last(), 2).await.unwrap();
    assert_eq!(rest, [user("cid")]);
}

/// Who has archived the thread before, or sets it themselves since, keeps it so: also what was put
/// away already is theirs once they put it away. Muting and pinning says nothing of it.
pub async fn what_a_participant_has_settled_stays_so(scene: Scene) {
    let [before, again, taken, other] = [
        scene.direct("ann", "ben").await,
        scene.direct("ann", "cid").await,
        scene.direct("ann", "dan").await,
        scene.direct("ann", "eve").await,
    ];
    scene.keep(before, "ben", archived(true)).await;
    deactivate(&scene, "ann").await;
    let same = scene.keep(again, "cid", archived(true)).await;
    assert_eq!(same.position, None);
    scene.keep(taken, "dan", archived(false)).await;
    assert!(!scene.thread(taken, "dan").await.archived);
    scene.keep(taken, "ann", archived(false)).await;
    scene.keep(taken, "ann", archived(true)).await;
    scene.keep(other, "eve", muted(true)).await;
    let head = scene.head().await;
    reactivate(&scene, "ann").await;
    assert_eq!(away(&scene, before, ["ann", "ben"]).await, [false, true]);
    assert_eq!(away(&scene, again, ["ann", "cid"]).await, [false, true]);
    assert_eq!(away(&scene, taken, ["ann", "dan"]).await, [true, false]);
    assert_eq!(away(&scene, other, ["ann", "eve"]).await, [false, false]);
    assert_eq!(scene.log_after(head).await.len(), 1 + 4);
}

/// A message brings a group back to the deactivated user's inbox: before the sweep has come to it,
/// it is not put away, and after that it is the message's doing.
pub async fn a_message_brings_a_group_back(scene: Scene) {
    let [early, late] = [
        scene.group("ann", &["ben"]).await,
        scene.group("ann", &["ben"]).await,
    ];
    scene.account("ann", AccountChange::Deactivate).await;
    scene.send(early, "ben", "hello").await;
    sweep(&scene, "ann").await;
    assert_eq!(away(&scene, early, ["ann"]).await, [false]);
    assert_eq!(away(&scene, late, ["ann"]).await, [true]);
    scene.send(late, "ben", "hello").await;
    assert_eq!(away(&scene, late, ["ann"]).await, [false]);
    let head = scene.head().await;
    reactivate(&scene, "ann").await;
    assert_eq!(
        scene.log_after(head).await.len(),
        1,
        "nothing to bring back"
    );
    scene.keep(late, "ann", archived(true)).await;
    deactivate(&scene, "ann").await;
    reactivate(&scene, "ann").await;
    assert_eq!(away(&scene, late, ["ann"]).await, [true]);
}

/// What is said before the sweep has brought a thread back brings it back to its reader; its writer
/// has it back from the sweep, though it has moved.
pub async fn a_message_does_not_keep_a_thread_from_coming_back(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    deactivate(&scene, "ann").await;
    scene.account("ann", AccountChange::Reactivate).await;
    scene.send(thread, "ann", "hello").await;
    assert_eq!(away(&scene, thread, ["ann", "ben"]).await, [true, false]);
    let head = scene.head().await;
    sweep(&scene, "ann").await;
    assert_eq!(away(&scene, thread, ["ann", "ben"]).await, [false, false]);
    let told = changes(scene.log_after(head).await);
    assert_eq!(told, [back(thread, "ann")]);
}

/// A direct thread whose other side is deactivated stays away until that one comes back too, in
/// whatever order they went.
pub async fn a_direct_thread_waits_for_both_sides(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let both = ["ann", "ben"];
    for (first, second) in [("ann", "ben"), ("ben", "ann")] {
        deactivate(&scene, "ann").await;
        deactivate(&scene, "ben").await;
        let head = scene.head().await;
        reactivate(&scene, first).await;
        assert_eq!(away(&scene, thread, both).await, [true, true]);
        assert_eq!(scene.log_after(head).await.len(), 1);
        reactivate(&scene, second).await;
        assert_eq!(away(&scene, thread, both).await, [false, false]);
    }
}

/// A ban of the other side keeps no thread away.
pub async fn a_banned_side_keeps_no_thread_away(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    scene.ban("ben").await;
    deactivate(&scene, "ann").await;
    reactivate(&scene, "ann").await;
    assert_eq!(away(&scene, thread, ["ann", "ben"]).await, [false, false]);
}

/// A change of mind takes the place of a sweep that is not through: what was put away is brought
/// back, and what was not is left alone; and the other way round.
pub async fn a_change_of_mind_takes_the_sweeps_place(scene: Scene) {
    let mut threads = Vec::new();
    for name in ["ben", "cid", "dan"] {
        threads.push(scene.direct("ann", name).await);
    }
    let count = async || {
        let filter = ThreadFilter {
            archived: Some(true),
            ..ThreadFilter::default()
        };
        scene.threads("ann", filter).await.len()
    };
    scene.account("ann", AccountChange::Deactivate).await;
    assert!(step(&scene, "ann", 1).await);
    assert_eq!(count().await, 1);
    reactivate(&scene, "ann").await;
    assert_eq!(count().await, 0);
    deactivate(&scene, "ann").await;
    scene.account("ann", AccountChange::Reactivate).await;
    assert!(
        step(&scene, "ann", 3).await,
        "the other side of one, and two"
    );
    deactivate(&scene, "ann").await;
    assert_eq!(count().await, 3);
    reactivate(&scene, "ann").await;
    assert_eq!(count().await, 0);
    for (thread, name) in threads.iter().zip(["ben", "cid", "dan"]) {
        assert_eq!(away(&scene, *thread, [name]).await, [false]);
    }
}

/// One who leaves is through with it: coming back, the group is as new.
pub async fn leaving_ends_what_a_deactivation_did(scene: Scene) {
    let group = scene.group("ben", &["ann"]).await;
    deactivate(&scene, "ann").await;
    scene.leave(group, "ann").await;
    scene.account("ann", AccountChange::Reactivate).await;
    scene.add(group, "ben", "ann").await;
    scene.keep(group, "ann", archived(true)).await;
    let head = scene.head().await;
    sweep(&scene, "ann").await;
    assert_eq!(scene.head().await, head);
    assert_eq!(away(&scene, group, ["ann"]).await, [true]);
}

/// Several nodes that sweep at once, while others write and one changes their mind, archive each
/// inbox once, and in the end the threads are as the accounts say.
pub async fn many_may_sweep_at_once(scene: Scene) {
    let mut threads = Vec::new();
    for number in 0..24 {
        let other = format!("user{number}");
        threads.push((scene.direct("ann", &other).await, other));
    }
    let group = scene.group("ann", &["ben"]).await;
    let busy = scene.direct("ben", "user0").await;
    let go_through = async || {
        let sweepers = (0..4).map(|_| {
            let scene = scene.clone();
            tokio::spawn(async move { sweep(&scene, "ann").await })
        });
        let writer = {
            let scene = scene.clone();
            tokio::spawn(async move {
                for _ in 0..10 {
                    scene.send(busy, "ben", "hello").await;
                    scene.send(group, "ben", "hello").await;
                }
            })
        };
        for ended in join_all(sweepers.chain([writer])).await {
            ended.unwrap();
        }
    };
    for _ in 0..2 {
        let head = scene.head().await;
        scene.account("ann", AccountChange::Deactivate).await;
        go_through().await;
        assert!(sweeps(&scene).await.is_empty());
        for (thread, other) in &threads {
            let names = ["ann", other.as_str()];
            assert_eq!(away(&scene, *thread, names).await, [true, true]);
            let told = scene.log_after(head).await;
            let told = told
                .iter()
                .filter(|entry| entry.change.thread_id() == Some(*thread));
            assert_eq!(told.count(), 2, "each inbox once");
        }
        assert_eq!(away(&scene, busy, ["ben", "user0"]).await, [false, false]);
        assert_eq!(away(&scene, group, ["ann", "ben"]).await, [false, false]);
        scene.account("ann", AccountChange::Reactivate).await;
        go_through().await;
        for (thread, other) in &threads {
            let names = ["ann", other.as_str()];
            assert_eq!(away(&scene, *thread, names).await, [false, false]);
        }
    }
}
