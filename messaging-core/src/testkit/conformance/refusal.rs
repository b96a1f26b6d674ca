//! Messages that are not appended.

use futures_util::future::join_all;

use crate::{
    account::{AccountChange, Ban},
    message::{NewMessage, SendError},
    testkit::{Scene, seq, user},
};

/// Nobody but its participants writes in a thread, and nobody in a thread that there is not.
pub async fn strangers_and_leavers_write_nothing(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    scene.leave(thread, "cid").await;
    for (place, sender) in [(thread, "dan"), (thread, "cid"), (scene.thread_id(), "ann")] {
        let new = scene.new_message(place, sender, "hello");
        assert_refused!(scene.store().append(new).await, SendError::NoSuchThread);
    }
}

/// A banned or deactivated sender is refused while it lasts; a ban ends by itself at its end.
pub async fn a_disabled_sender_is_refused_while_it_lasts(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let until = scene.now().after(std::time::Duration::from_mins(1));
    let ban = Ban {
        reason: "spam".to_owned(),
        until: Some(until),
    };
    scene.account("ann", AccountChange::Ban(ban)).await;
    let new = scene.new_message(thread, "ann", "now");
    assert_refused!(scene.store().append(new).await, SendError::CallerDisabled);
    scene.clock().set(until);
    let at_the_end = NewMessage {
        at: until,
        ..scene.new_message(thread, "ann", "then")
    };
    assert!(scene.store().append(at_the_end).await.is_ok());
    scene.account("ann", AccountChange::Deactivate).await;
    let new = scene.new_message(thread, "ann", "later");
    assert_refused!(scene.store().append(new).await, SendError::CallerDisabled);
    scene.account("ann", AccountChange::Reactivate).await;
    scene.send(thread, "ann", "again").await;
}

/// In a direct thread a block stops both directions: the blocker is told, the blocked is not told
/// more than that the other is away.
pub async fn a_block_stops_a_direct_thread_both_ways(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    scene.block("ann", "ben").await;
    let outgoing = scene.new_message(thread, "ann", "hello");
    let incoming = scene.new_message(thread, "ben", "hello");
    assert_refused!(
        scene.store().append(outgoing).await,
        SendError::RecipientBlocked
    );
    assert_refused!(
        scene.store().append(incoming).await,
        SendError::RecipientUnavailable
    );
    let (ann, ben) = (user("ann"), user("ben"));
    scene.store().remove_block(&ann, &ben).await.unwrap();
    scene.send(thread, "ben", "hello").await;
}

/// In a direct thread nothing is written to one who is banned or deactivated.
pub async fn a_disabled_recipient_is_not_written_to(scene: Scene) {
    let to_banned = scene.direct("ann", "ben").await;
    let to_gone = scene.direct("ann", "cid").await;
    scene.ban("ben").await;
    scene.account("cid", AccountChange::Deactivate).await;
    for thread in [to_banned, to_gone] {
        let new = scene.new_message(thread, "ann", "hello");
        assert_refused!(
            scene.store().append(new).await,
            SendError::RecipientUnavailable
        );
    }
}

/// In a group neither blocks nor the others' accounts stop anyone.
pub async fn a_group_goes_on_whoever_is_blocked_or_banned(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    scene.block("ann", "ben").await;
    scene.block("ben", "ann").await;
    scene.ban("cid").await;
    scene.send(thread, "ann", "hello").await;
    scene.send(thread, "ben", "hello").await;
}

/// When several reasons to refuse hold, the one that the port names first is given.
pub async fn refusals_come_in_the_order_of_the_port(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let elsewhere = scene.direct("ann", "cid").await;
    let foreign = scene.send(elsewhere, "cid", "elsewhere").await;
    let bad_reply = |scene: &Scene| NewMessage {
        reply_to: Some(foreign.id),
        ..scene.new_message(thread, "ann", "hello")
    };
    let store = scene.shared_store();
    assert_refused!(
        store.append(bad_reply(&scene)).await,
        SendError::NoSuchReply
    );
    scene.block("ben", "ann").await;
    assert_refused!(
        store.append(bad_reply(&scene)).await,
        SendError::RecipientUnavailable
    );
    scene.block("ann", "ben").await;
    assert_refused!(
        store.append(bad_reply(&scene)).await,
        SendError::RecipientBlocked
    );
    scene.ban("ann").await;
    assert_refused!(
        store.append(bad_reply(&scene)).await,
        SendError::CallerDisabled
    );
    let stranger = NewMessage {
        sender_id: user("dan"),
        ..bad_reply(&scene)
    };
    scene.ban("dan").await;
    assert_refused!(store.append(stranger).await, SendError::NoSuchThread);
}

/// A refused append leaves no trace: no `seq`, no log entry, no `client_id`, no movement.
pub async fn a_refused_append_uses_up_no_seq(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    scene.send(thread, "ben", "one").await;
    scene.block("ben", "ann").await;
    let (head, before) = (scene.head().await, scene.thread(thread, "ann").await);
    let new = scene.new_message(thread, "ann", "two");
    assert_refused!(
        scene.store().append(new.clone()).await,
        SendError::RecipientUnavailable
    );
    assert_eq!(scene.head().await, head);
    assert_eq!(scene.thread(thread, "ann").await, before);
    assert_eq!(scene.store().lookup_message(new.id).await.unwrap(), None);
    let (ann, ben) = (user("ann"), user("ben"));
    scene.store().remove_block(&ben, &ann).await.unwrap();
    let sent = scene.store().append(new).await.unwrap();
    assert!(
        sent.value.created,
        "the refused call's client_id is still free"
    );
    assert_eq!(sent.value.message.seq, seq(2));
}

/// A reply is to a message of the same thread, deleted ones included.
pub async fn a_reply_is_to_a_message_of_the_thread(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let elsewhere = scene.direct("ann", "cid").await;
    let question = scene.send(thread, "ben", "question").await;
    let foreign = scene.send(elsewhere, "cid", "elsewhere").await;
    let reply_to = |id| NewMessage {
        reply_to: Some(id),
        ..scene.new_message(thread, "ann", "answer")
    };
    let sent = scene.store().append(reply_to(question.id)).await.unwrap();
    assert_eq!(sent.value.message.reply_to, Some(question.id));
    assert_eq!(
        scene.message(sent.value.message.id).await.reply_to,
        Some(question.id)
    );
    scene.delete(&question).await;
    assert!(scene.store().append(reply_to(question.id)).await.is_ok());
    for id in [foreign.id, scene.message_id()] {
        assert_refused!(
            scene.store().append(reply_to(id)).await,
            SendError::NoSuchReply
        );
    }
}

/// One refused append among many at once fails none of the others.
pub async fn a_refused_append_fails_no_other(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let calls = (0..32).map(|call| {
        let store = scene.shared_store();
        let sender = if call % 4 == 0 { "stranger" } else { "ann" };
        let new = scene.new_message(thread, sender, "hello");
        tokio::spawn(async move { (sender, store.append(new).await) })
    });
    for call in join_all(calls).await {
        match call.unwrap() {
            ("stranger", answer) => assert_refused!(answer, SendError::NoSuchThread),
            (_, answer) => assert!(answer.is_ok(), "{answer:?}"),
        }
    }
    assert_eq!(scene.thread(thread, "ann").await.last_seq, seq(24));
}
