//! Threads as each user sees them.

use crate::{
    id::UserId,
    testkit::{Scene, user},
};

/// Participants and audiences are ordered by the bytes of their ids, not by any language.
pub async fn users_are_ordered_by_the_bytes_of_their_ids(scene: Scene) {
    let others = [
        "a", "B", "_", "a-b", "a.b", "aB", "10", "9", "@x", "Z", "a:b", "ab",
    ];
    let thread = scene.group("b", &others).await;
    let expected = [
        "10", "9", "@x", "B", "Z", "_", "a", "a-b", "a.b", "a:b", "aB", "ab", "b",
    ];
    let participants = scene.thread(thread, "a").await.participants;
    let listed: Vec<_> = participants.iter().map(|p| p.user_id.as_str()).collect();
    assert_eq!(listed, expected);
    let audience = scene.last_audience().await;
    let told: Vec<_> = audience.iter().map(UserId::as_str).collect();
    assert_eq!(told, expected);
}

/// A thread exists for those only who take part in it.
pub async fn a_stranger_sees_no_thread(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let unknown = scene.thread_id();
    for (thread_id, viewer) in [(thread, "cid"), (thread, "ANN"), (unknown, "ann")] {
        let seen = scene
            .store()
            .lookup_thread(thread_id, &user(viewer))
            .await
            .unwrap();
        assert_eq!(seen, None, "{viewer}");
    }
}

/// Several viewers at once each get the thread as they see it; who does not take part is left out.
pub async fn several_viewers_each_get_their_own_view(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid", "dan"]).await;
    scene.send(thread, "ann", "hello").await;
    scene
        .keep(thread, "ben", crate::testkit::pinned(true))
        .await;
    let tag = scene.tag("ben", "work").await;
    scene.apply("ben", tag.id, thread, true).await;
    scene.leave(thread, "dan").await;
    let viewers = ["eve", "cid", "ann", "dan", "ben"].map(user);
    let mut seen = scene
        .store()
        .lookup_thread_for(thread, &viewers)
        .await
        .unwrap();
    seen.sort_by(|(one, _), (other, _)| one.cmp(other));
    let names: Vec<_> = seen.iter().map(|(user_id, _)| user_id.as_str()).collect();
    assert_eq!(names, ["ann", "ben", "cid"]);
    for (viewer, view) in seen {
        assert_eq!(view, scene.thread(thread, viewer.as_str()).await);
    }
    let none = scene
        .store()
        .lookup_thread_for(scene.thread_id(), &viewers)
        .await
        .unwrap();
    assert!(none.is_empty());
    let nobody = scene.store().lookup_thread_for(thread, &[]).await.unwrap();
    assert!(nobody.is_empty());
}
