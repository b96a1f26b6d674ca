//! Coming into groups and leaving them.

use super::leaver::seqs_read;
use crate::{
    account::AccountChange,
    caller::Role,
    id::ThreadId,
    limits::MAX_PARTICIPANTS,
    log::{Change, Committed},
    testkit::{Scene, pinned, seq, user},
    thread::ParticipantError,
};

pub(super) type Outcome = Result<Committed<()>, ParticipantError>;

pub(super) async fn add(
    scene: &Scene,
    thread: ThreadId,
    by: &str,
    name: &str,
    role: Role,
) -> Outcome {
    let (by, user_id, at) = (user(by), user(name), scene.now());
    scene
        .store()
        .add_participant(thread, &by, &user_id, role, at)
        .await
}

pub(super) async fn remove(scene: &Scene, thread: ThreadId, by: &str, name: &str) -> Outcome {
    let (by, user_id, at) = (user(by), user(name), scene.now());
    scene
        .store()
        .remove_participant(thread, &by, &user_id, at)
        .await
}

/// One who comes in sees the whole history and has nothing unread.
pub async fn one_who_comes_in_sees_the_whole_history(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    for words in ["1", "2", "3"] {
        scene.send(thread, "ben", words).await;
    }
    let at = scene.now();
    let (ann, cid) = (user("ann"), user("cid"));
    let added = scene
        .store()
        .add_participant(thread, &ann, &cid, Role::Creator, at)
        .await;
    let position = added.unwrap().position;
    let seen = scene.thread(thread, "cid").await;
    assert_eq!(seen.unread_count, 0);
    assert_eq!(Some(seen.activity), position);
    assert_eq!(seen.updated_at, at);
    let own = seen.participants.iter().find(|p| p.user_id == cid).unwrap();
    assert_eq!((own.role, own.joined_at), (Role::Creator, at));
    assert_eq!((own.delivered_seq, own.read_seq), (seq(3), seq(3)));
    assert_eq!(seqs_read(&scene, thread, "cid").await, Some(vec![1, 2, 3]));
    scene.send(thread, "ben", "4").await;
    assert_eq!(scene.thread(thread, "cid").await.unread_count, 1);
}

/// Coming in is one entry for everyone, the new one too, and the new one's activity alone.
pub async fn coming_in_is_told_to_all_and_moves_only_the_new_ones_list(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let before = scene.thread(thread, "ben").await;
    let head = scene.head().await;
    let added = scene.add(thread, "ann", "cid").await;
    assert_eq!(added.position, Some(head.next()));
    let entry = scene.last_entry().await;
    let change = Change::ParticipantAdded {
        thread_id: thread,
        user_id: user("cid"),
    };
    assert_eq!((entry.actor, entry.change), (Some(user("ann")), change));
    assert_eq!(entry.audience[..], [user("ann"), user("ben"), user("cid")]);
    assert_eq!(scene.thread(thread, "ben").await.activity, before.activity);
}

/// Adding one who is in already changes nothing with the same role, and else sets the role.
pub async fn adding_one_who_is_in_sets_the_role(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    scene.send(thread, "ann", "hello").await;
    scene.keep(thread, "ben", pinned(true)).await;
    let (head, before) = (scene.head().await, scene.thread(thread, "ben").await);
    let again = add(&scene, thread, "ann", "ben", Role::Client)
        .await
        .unwrap();
    assert_eq!(again.position, None);
    assert_eq!(scene.head().await, head);
    assert_eq!(scene.thread(thread, "ben").await, before);
    let changed = add(&scene, thread, "ann", "ben", Role::Creator)
        .await
        .unwrap();
    assert_eq!(changed.position, Some(head.next()));
    let entry = scene.last_entry().await;
    assert_eq!(entry.change, Change::ThreadUpdated { thread_id: thread });
    assert_eq!(entry.actor, Some(user("ann")));
    assert_eq!(entry.audience[..], [user("ann"), user("ben")]);
    let mut expected = before;
    expected.participants[1].role = Role::Creator;
    expected.updated_at = entry.at;
    assert_eq!(
        scene.thread(thread, "ben").await,
        expected,
        "all else is as it was"
    );
}

/// Who adds or removes need not take part: who may is the core's rule.
pub async fn who_adds_or_removes_need_not_take_part(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    add(&scene, thread, "admin", "cid", Role::Client)
        .await
        .unwrap();
    assert_eq!(scene.last_entry().await.actor, Some(user("admin")));
    remove(&scene, thread, "admin", "ben").await.unwrap();
    let entry = scene.last_entry().await;
    assert_eq!(entry.actor, Some(user("admin")));
    assert_eq!(entry.audience[..], [user("ann"), user("ben"), user("cid")]);
    let stranger = scene
        .store()
        .lookup_thread(thread, &user("admin"))
        .await
        .unwrap();
    assert_eq!(stranger, None);
}

/// Why one does not come in, in the order of the port.
pub async fn refusals_to_add_come_in_the_order_of_the_port(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let direct = scene.direct("ann", "ben").await;
    let unknown = scene.thread_id();
    for name in ["ann", "cid"] {
        scene.account(name, AccountChange::Deactivate).await;
    }
    let head = scene.head().await;
    let refused = async |thread, name| add(&scene, thread, "ann", name, Role::Creator).await;
    assert_refused!(
        refused(unknown, "cid").await,
        ParticipantError::NoSuchThread
    );
    assert_refused!(refused(direct, "cid").await, ParticipantError::NotAGroup);
    assert_refused!(refused(direct, "ben").await, ParticipantError::NotAGroup);
    assert_refused!(
        refused(thread, "cid").await,
        ParticipantError::RecipientUnavailable
    );
    assert_refused!(
        refused(thread, "dan").await,
        ParticipantError::CallerDisabled
    );
    assert_eq!(scene.head().await, head);
}

/// One who has blocked who adds, or is banned, is not added, and is given no other role.
pub async fn one_who_is_unavailable_is_not_added(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    scene.block("dan", "ann").await;
    scene.ban("eve").await;
    scene.block("ben", "ann").await;
    scene.ban("cid").await;
    for name in ["dan", "eve", "ben", "cid"] {
        for role in [Role::Client, Role::Creator] {
            let refused = add(&scene, thread, "ann", name, role).await;
            assert_refused!(refused, ParticipantError::RecipientUnavailable);
        }
    }
    scene.block("ann", "fay").await;
    scene.add(thread, "ann", "fay").await;
}

/// A full group takes nobody more until someone leaves; roles in it can still be set.
pub async fn a_full_group_takes_nobody_more(scene: Scene) {
    let others: Vec<String> = (1..MAX_PARTICIPANTS).map(|n| format!("user{n}")).collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let thread = scene.group("ann", &others).await;
    let refused = add(&scene, thread, "ann", "late", Role::Client).await;
    assert_refused!(refused, ParticipantError::TooMany);
    assert!(
        add(&scene, thread, "ann", "user1", Role::Creator)
            .await
            .is_ok()
    );
    scene.leave(thread, "user2").await;
    scene.add(thread, "ann", "late").await;
    let refused = add(&scene, thread, "ann", "user2", Role::Client).await;
    assert_refused!(refused, ParticipantError::TooMany);
    let participants = scene.thread(thread, "ann").await.participants;
    assert_eq!(participants.len(), MAX_PARTICIPANTS);
}
