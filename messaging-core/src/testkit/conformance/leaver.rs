//! Leaving groups, and coming back.

use super::participant::{add, remove};
use crate::{
    caller::Role,
    id::{Seq, ThreadId, UserId},
    log::Change,
    message::{EditError, Message, ReactError, SendError, SeqRange},
    receipt::{MarkError, Marker},
    tag::TagError,
    testkit::{Scene, page, pinned, seq, user},
    thread::{ParticipantError, ThreadChange, ThreadFilter, UpdateThreadError},
};

/// What a user reads of a thread, oldest first; `None` for one who never took part.
async fn read(scene: &Scene, thread: ThreadId, name: &str) -> Option<Vec<Message>> {
    let all = SeqRange::After(Seq::ZERO);
    let listed = scene
        .store()
        .list_messages(thread, &user(name), all, page(200))
        .await;
    listed.unwrap()
}

pub(super) async fn seqs_read(scene: &Scene, thread: ThreadId, name: &str) -> Option<Vec<i64>> {
    let messages = read(scene, thread, name).await?;
    Some(messages.iter().map(|message| message.seq.get()).collect())
}

/// One who has left goes on reading up to the message that was newest then, and no further.
pub async fn one_who_has_left_reads_up_to_then(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let first = scene.send(thread, "ann", "1").await;
    scene.send(thread, "ben", "2").await;
    scene.leave(thread, "ben").await;
    let later = scene.send(thread, "ann", "3").await;
    assert_eq!(seqs_read(&scene, thread, "ben").await, Some(vec![1, 2]));
    let before = async |bound: Option<Seq>| {
        let range = SeqRange::Before(bound);
        let listed = scene
            .store()
            .list_messages(thread, &user("ben"), range, page(10))
            .await;
        let messages = listed.unwrap().unwrap();
        messages
            .iter()
            .map(|message| message.seq.get())
            .collect::<Vec<_>>()
    };
    assert_eq!(before(None).await, [2, 1]);
    assert_eq!(before(Some(seq(9))).await, [2, 1]);
    let seen = async |id| {
        scene
            .store()
            .lookup_message_for(id, &user("ben"))
            .await
            .unwrap()
    };
    assert_eq!(seen(later.id).await, None);
    scene.edit(&first, "1, edited").await;
    assert_eq!(
        seen(first.id).await,
        Some(scene.message(first.id).await),
        "as it is now"
    );
    assert_eq!(read(&scene, thread, "stranger").await, None);
}

/// One who leaves before anything was written reads an empty history, not none.
pub async fn one_who_left_an_empty_group_reads_nothing(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    scene.leave(thread, "ben").await;
    let message = scene.send(thread, "ann", "later").await;
    assert_eq!(read(&scene, thread, "ben").await, Some(vec![]));
    let seen = scene
        .store()
        .lookup_message_for(message.id, &user("ben"))
        .await;
    assert_eq!(seen.unwrap(), None);
}

/// For one who has left the thread exists no more: nothing of it can be seen or changed.
pub async fn for_one_who_has_left_the_thread_is_gone(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let message = scene.send(thread, "ben", "own").await;
    let tag = scene.tag("ben", "work").await;
    scene.leave(thread, "ben").await;
    let (store, ben, head) = (scene.store(), user("ben"), scene.head().await);
    assert_eq!(store.lookup_thread(thread, &ben).await.unwrap(), None);
    assert!(
        scene
            .threads("ben", ThreadFilter::default())
            .await
            .is_empty()
    );
    let change = ThreadChange::default();
    let refused = store.update_thread(thread, &ben, change, scene.now()).await;
    assert_refused!(refused, UpdateThreadError::NoSuchThread);
    let refused = store
        .set_thread_settings(thread, &ben, pinned(true), scene.now())
        .await;
    assert_refused!(refused, UpdateThreadError::NoSuchThread);
    let refused = store.append(scene.new_message(thread, "ben", "x")).await;
    assert_refused!(refused, SendError::NoSuchThread);
    let refused = store
        .edit_message(scene.new_edit(&message, "ben", "x"))
        .await;
    assert_refused!(refused, EditError::NoSuchMessage);
    let refused = store
        .set_reaction(scene.new_reaction(&message, "ben", "x", true))
        .await;
    assert_refused!(refused, ReactError::NoSuchMessage);
    let refused = store
        .advance_marker(scene.new_advance(thread, "ben", Marker::Read, 1))
        .await;
    assert_refused!(refused, MarkError::NoSuchThread);
    let refused = store
        .apply_tag(&ben, tag.id, thread, true, scene.now())
        .await;
    assert_refused!(refused, TagError::NoSuchThread);
    assert_eq!(scene.head().await, head);
}

/// Leaving is told to those who stay and to the leaver; what comes after, to those who stay.
pub async fn leaving_is_the_last_that_the_leaver_is_told(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    let head = scene.head().await;
    let left = scene.leave(thread, "ben").await;
    assert_eq!(left.position, Some(head.next()));
    let entry = scene.last_entry().await;
    let change = Change::ParticipantRemoved {
        thread_id: thread,
        user_id: user("ben"),
    };
    assert_eq!((entry.actor, entry.change), (Some(user("ben")), change));
    assert_eq!(entry.audience[..], [user("ann"), user("ben"), user("cid")]);
    let seen = scene.thread(thread, "ann").await;
    let names: Vec<UserId> = seen.participants.into_iter().map(|p| p.user_id).collect();
    assert_eq!(names, [user("ann"), user("cid")]);
    assert_eq!(seen.updated_at, entry.at);
    assert!(seen.activity <= head, "leaving is no activity");
    scene.send(thread, "ann", "after").await;
    assert_eq!(scene.last_audience().await, [user("ann"), user("cid")]);
}

/// The leaver's tags come off the thread; the others' stay.
pub async fn the_leavers_tags_come_off(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let other = scene.group("ann", &["ben"]).await;
    let bens = scene.tag("ben", "work").await;
    let anns = scene.tag("ann", "work").await;
    for place in [thread, other] {
        scene.apply("ben", bens.id, place, true).await;
    }
    scene.apply("ann", anns.id, thread, true).await;
    scene.leave(thread, "ben").await;
    let count = async |name| {
        let tags = scene
            .store()
            .list_tags(&user(name), None, page(10))
            .await
            .unwrap();
        tags[0].thread_count
    };
    assert_eq!((count("ben").await, count("ann").await), (1, 1));
    scene.add(thread, "ann", "ben").await;
    assert!(scene.thread(thread, "ben").await.tags.is_empty());
    assert_eq!(count("ben").await, 1);
}

/// One who comes back reads everything, has nothing unread, and keeps the thread as a new one.
pub async fn one_who_comes_back_begins_anew(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    scene.send(thread, "ann", "1").await;
    scene.keep(thread, "ben", pinned(true)).await;
    scene.keep(thread, "ben", crate::testkit::muted(true)).await;
    scene
        .keep(thread, "ben", crate::testkit::archived(true))
        .await;
    scene.leave(thread, "ben").await;
    scene.send(thread, "ann", "2").await;
    let added = add(&scene, thread, "ann", "ben", Role::Creator)
        .await
        .unwrap();
    let entry = scene.last_entry().await;
    assert!(matches!(entry.change, Change::ParticipantAdded { .. }));
    let seen = scene.thread(thread, "ben").await;
    assert!(!seen.archived && !seen.muted && !seen.pinned);
    assert_eq!(Some(seen.activity), added.position);
    assert_eq!(seen.unread_count, 0);
    let own = seen
        .participants
        .iter()
        .find(|p| p.user_id == user("ben"))
        .unwrap();
    assert_eq!((own.role, own.joined_at), (Role::Creator, entry.at));
    assert_eq!((own.delivered_seq, own.read_seq), (seq(2), seq(2)));
    assert_eq!(seqs_read(&scene, thread, "ben").await, Some(vec![1, 2]));
    scene.send(thread, "ben", "3").await;
    scene.leave(thread, "ben").await;
    scene.send(thread, "ann", "4").await;
    assert_eq!(seqs_read(&scene, thread, "ben").await, Some(vec![1, 2, 3]));
}

/// Why one is not removed, in the order of the port.
pub async fn refusals_to_remove_come_in_the_order_of_the_port(scene: Scene) {
    let group = scene.group("ann", &["ben"]).await;
    let direct = scene.direct("ann", "ben").await;
    let unknown = scene.thread_id();
    scene.leave(group, "ben").await;
    let head = scene.head().await;
    let refused = async |thread, by, name| remove(&scene, thread, by, name).await;
    assert_refused!(
        refused(unknown, "ann", "ben").await,
        ParticipantError::NoSuchThread
    );
    assert_refused!(
        refused(unknown, "ann", "ann").await,
        ParticipantError::NoSuchThread
    );
    assert_refused!(
        refused(group, "ben", "ben").await,
        ParticipantError::NoSuchThread
    );
    assert_refused!(
        refused(group, "cid", "cid").await,
        ParticipantError::NoSuchThread
    );
    assert_refused!(
        refused(direct, "cid", "cid").await,
        ParticipantError::NoSuchThread
    );
    assert_refused!(
        refused(group, "ann", "ben").await,
        ParticipantError::NoSuchParticipant
    );
    assert_refused!(
        refused(group, "ann", "cid").await,
        ParticipantError::NoSuchParticipant
    );
    assert_refused!(
        refused(direct, "ann", "cid").await,
        ParticipantError::NoSuchParticipant
    );
    assert_refused!(
        refused(direct, "ann", "ann").await,
        ParticipantError::NotAGroup
    );
    assert_refused!(
        refused(direct, "ann", "ben").await,
        ParticipantError::NotAGroup
    );
    assert_refused!(
        refused(direct, "admin", "ben").await,
        ParticipantError::NotAGroup
    );
    assert_eq!(scene.head().await, head);
}

/// One leaves, and is removed, whatever the accounts: nobody is held in a group.
pub async fn leaving_asks_no_account(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    for name in ["ann", "ben", "cid"] {
        scene.ban(name).await;
    }
    scene.leave(thread, "ben").await;
    assert!(remove(&scene, thread, "ann", "cid").await.is_ok());
    scene.leave(thread, "ann").await;
}

/// A group that everyone has left can be come into again.
pub async fn an_empty_group_can_be_come_into_again(scene: Scene) {
    let thread = scene.group("ann", &[]).await;
    scene.send(thread, "ann", "alone").await;
    scene.leave(thread, "ann").await;
    assert_eq!(scene.last_audience().await, [user("ann")]);
    add(&scene, thread, "admin", "ben", Role::Client)
        .await
        .unwrap();
    assert_eq!(scene.last_audience().await, [user("ben")]);
    let seen = scene.thread(thread, "ben").await;
    assert_eq!((seen.created_by, seen.last_seq), (user("ann"), seq(1)));
}
