//! Lists of threads.

use crate::{
    id::ThreadId,
    testkit::{Scene, archived, page, pinned, user},
    thread::{Thread, ThreadFilter, ThreadKey},
};

const ALL: ThreadFilter = ThreadFilter {
    archived: None,
    tag: None,
    unread: false,
};

fn key(thread: &Thread) -> ThreadKey {
    ThreadKey {
        pinned: thread.pinned,
        activity: thread.activity,
    }
}

/// Opens direct threads of ann's, the oldest first.
async fn open_many(scene: &Scene, count: usize) -> Vec<ThreadId> {
    let mut threads = Vec::new();
    for number in 0..count {
        threads.push(scene.direct("ann", &format!("user{number}")).await);
    }
    threads
}

/// Pages through ann's threads, calling `between` after each page.
async fn page_through(
    scene: &Scene,
    filter: ThreadFilter,
    size: u32,
    mut between: impl AsyncFnMut(usize),
) -> Vec<ThreadId> {
    let size = page(size);
    let (mut seen, mut after) = (Vec::new(), None);
    for round in 0.. {
        let listed = scene
            .store()
            .list_threads(&user("ann"), filter, after, size)
            .await;
        let mut threads = listed.unwrap();
        let more = threads.len() > size.get();
        assert!(threads.len() <= size.get() + 1);
        threads.truncate(size.get());
        seen.extend(threads.iter().map(|thread| thread.id));
        after = threads.last().map(key);
        if !more {
            break;
        }
        between(round).await;
    }
    seen
}

/// A list holds the viewer's own threads as they see them, newest activity first.
pub async fn a_list_is_newest_activity_first(scene: Scene) {
    let threads = open_many(&scene, 4).await;
    scene.direct("user0", "user1").await;
    assert_eq!(
        scene.threads("ann", ALL).await,
        [threads[3], threads[2], threads[1], threads[0]]
    );
    scene.send(threads[1], "user1", "hello").await;
    assert_eq!(
        scene.threads("ann", ALL).await,
        [threads[1], threads[3], threads[2], threads[0]]
    );
    let listed = scene
        .store()
        .list_threads(&user("ann"), ALL, None, page(10))
        .await;
    for thread in listed.unwrap() {
        assert_eq!(thread, scene.thread(thread.id, "ann").await);
    }
    assert!(scene.threads("nobody", ALL).await.is_empty());
}

/// Pinned threads stand above the others, among themselves by activity too.
pub async fn pinned_threads_stand_above(scene: Scene) {
    let threads = open_many(&scene, 5).await;
    for place in [2, 0] {
        scene.keep(threads[place], "ann", pinned(true)).await;
    }
    let order = |places: [usize; 5]| places.map(|place| threads[place]);
    assert_eq!(scene.threads("ann", ALL).await, order([2, 0, 4, 3, 1]));
    scene.send(threads[0], "user0", "hello").await;
    scene.send(threads[1], "user1", "hello").await;
    assert_eq!(scene.threads("ann", ALL).await, order([0, 2, 1, 4, 3]));
    scene.keep(threads[2], "ann", pinned(false)).await;
    assert_eq!(scene.threads("ann", ALL).await, order([0, 1, 4, 3, 2]));
    assert_eq!(
        scene.threads("user2", ALL).await,
        [threads[2]],
        "pins are one's own"
    );
}

/// Pages of every size, over pinned and others, give each thread once and in order.
pub async fn pages_of_every_size_give_each_thread_once(scene: Scene) {
    let threads = open_many(&scene, 7).await;
    for place in [1, 4, 6] {
        scene.keep(threads[place], "ann", pinned(true)).await;
    }
    let expected = [6, 4, 1, 5, 3, 2, 0].map(|place| threads[place]);
    for size in 1..=8 {
        let seen = page_through(&scene, ALL, size, async |_| {}).await;
        assert_eq!(seen, expected, "pages of {size}");
    }
}

/// While threads move up, paging shows none twice, and each that stood still once.
pub async fn paging_goes_on_while_threads_move_up(scene: Scene) {
    let threads = open_many(&scene, 9).await;
    let seen = page_through(&scene, ALL, 2, async |round| {
        // The oldest jumps to the top, over the reader's head; a new one comes in above as well.
        scene.send(threads[round], "ann", "up").await;
        scene.direct("ann", &format!("new{round}")).await;
    })
    .await;
    let mut once = seen.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), seen.len(), "no thread is shown twice");
    for still in &threads[4..] {
        assert!(seen.contains(still));
    }
}

/// A key need not be any thread's any more.
pub async fn a_page_goes_on_after_a_key_that_is_gone(scene: Scene) {
    let threads = open_many(&scene, 4).await;
    let after = key(&scene.thread(threads[2], "ann").await);
    scene.send(threads[2], "ann", "up").await;
    let listed = scene
        .store()
        .list_threads(&user("ann"), ALL, Some(after), page(10))
        .await;
    let ids: Vec<_> = listed.unwrap().iter().map(|thread| thread.id).collect();
    assert_eq!(ids, [threads[1], threads[0]]);
}

/// Archived ones only, or the others only, or both.
pub async fn a_list_can_be_of_archived_threads(scene: Scene) {
    let threads = open_many(&scene, 3).await;
    scene.keep(threads[1], "ann", archived(true)).await;
    let filtered = async |archived| {
        let filter = ThreadFilter { archived, ..ALL };
        scene.threads("ann", filter).await
    };
    assert_eq!(filtered(Some(true)).await, [threads[1]]);
    assert_eq!(filtered(Some(false)).await, [threads[2], threads[0]]);
    assert_eq!(filtered(None).await, [threads[2], threads[1], threads[0]]);
    scene.send(threads[1], "user1", "hello").await;
    assert!(filtered(Some(true)).await.is_empty());
    assert_eq!(
        filtered(Some(false)).await,
        [threads[1], threads[2], threads[0]]
    );
}

/// Those with unread messages only.
pub async fn a_list_can_be_of_unread_threads(scene: Scene) {
    let threads = open_many(&scene, 3).await;
    let filter = ThreadFilter {
        unread: true,
        ..ALL
    };
    scene.send(threads[0], "ann", "own").await;
    assert!(scene.threads("ann", filter).await.is_empty());
    let message = scene.send(threads[0], "user0", "hello").await;
    scene.send(threads[1], "user1", "hello").await;
    assert_eq!(scene.threads("ann", filter).await, [threads[1], threads[0]]);
    scene.delete(&message).await;
    assert_eq!(scene.threads("ann", filter).await, [threads[1]]);
    scene
        .mark(threads[1], "ann", crate::receipt::Marker::Read, 1)
        .await;
    assert!(scene.threads("ann", filter).await.is_empty());
}

/// Those that bear a tag of the viewer's. A tag of another, or none, is borne by no thread.
pub async fn a_list_can_be_of_tagged_threads(scene: Scene) {
    let threads = open_many(&scene, 3).await;
    let shared = scene.group("ann", &["ben"]).await;
    let own = scene.tag("ann", "work").await;
    let other = scene.tag("ben", "work").await;
    for thread in [threads[2], threads[0], shared] {
        scene.apply("ann", own.id, thread, true).await;
    }
    scene.apply("ben", other.id, shared, true).await;
    let tagged = |tag| ThreadFilter {
        tag: Some(tag),
        ..ALL
    };
    assert_eq!(
        scene.threads("ann", tagged(own.id)).await,
        [shared, threads[2], threads[0]]
    );
    assert_eq!(scene.threads("ben", tagged(other.id)).await, [shared]);
    assert!(scene.threads("ann", tagged(other.id)).await.is_empty());
    assert!(
        scene
            .threads("ann", tagged(scene.tag_id()))
            .await
            .is_empty()
    );
    scene.apply("ann", own.id, threads[2], false).await;
    assert_eq!(
        scene.threads("ann", tagged(own.id)).await,
        [shared, threads[0]]
    );
}

/// Filters hold together, and for every page.
pub async fn filters_hold_together_and_for_every_page(scene: Scene) {
    let threads = open_many(&scene, 12).await;
    let tag = scene.tag("ann", "work").await;
    for (place, thread) in threads.iter().enumerate() {
        if place % 2 == 0 {
            scene.apply("ann", tag.id, *thread, true).await;
        }
        if place % 3 == 0 {
            scene.send(*thread, &format!("user{place}"), "hello").await;
        }
        if place % 4 == 0 {
            scene.keep(*thread, "ann", pinned(true)).await;
        }
    }
    scene.keep(threads[6], "ann", archived(true)).await;
    let filter = ThreadFilter {
        archived: Some(false),
        tag: Some(tag.id),
        unread: true,
    };
    assert_eq!(scene.threads("ann", filter).await, [threads[0]]);
    let both = ThreadFilter {
        archived: None,
        ..filter
    };
    for size in 1..=3 {
        let seen = page_through(&scene, both, size, async |_| {}).await;
        assert_eq!(seen, [threads[0], threads[6]], "pages of {size}");
    }
    let tagged = ThreadFilter {
        tag: Some(tag.id),
        ..ALL
    };
    let expected = scene.threads("ann", tagged).await;
    assert_eq!(expected.len(), 6);
    for size in 1..=3 {
        let seen = page_through(&scene, tagged, size, async |_| {}).await;
        assert_eq!(seen, expected, "pages of {size}");
    }
}
