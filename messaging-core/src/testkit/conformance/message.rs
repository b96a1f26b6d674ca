//! Appending messages.

use futures_util::future::join_all;

use crate::{
    account::{AccountChange, Ban},
    id::Seq,
    message::{Attestation, Content, NewMessage, SendError, SeqRange},
    receipt::Marker,
    testkit::{Scene, archived, page, seq, text, user},
    thread::{ThreadFilter, ThreadKind},
};

/// A sent message is as it was written, and is found again as it was answered.
pub async fn a_sent_message_is_as_it_was_written(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let new = scene.new_message(thread, "ann", "good morning");
    let sent = scene.store().append(new.clone()).await.unwrap();
    let message = &sent.value.message;
    assert!(sent.value.created);
    assert_eq!(message.id, new.id);
    assert_eq!(message.thread_id, thread);
    assert_eq!(message.seq, seq(1));
    assert_eq!(message.sender_id, user("ann"));
    assert_eq!(message.client_id, new.client_id);
    assert_eq!(message.content, Some(text("good morning")));
    assert_eq!(message.reply_to, None);
    assert_eq!(message.created_at, new.at);
    assert_eq!((message.edited_at, message.deleted_at), (None, None));
    assert!(message.reactions.is_empty());
    assert_eq!(scene.message(new.id).await, *message);
    assert_eq!(sent.position, Some(scene.head().await));
}

/// `seq` counts 1, 2, 3, … in each thread by itself, whoever writes.
pub async fn seq_counts_in_each_thread_by_itself(scene: Scene) {
    let one = scene.direct("ann", "ben").await;
    let other = scene.group("ann", &["ben", "cid"]).await;
    for turn in 1..=5 {
        assert_eq!(scene.send(one, "ann", "one").await.seq, seq(2 * turn - 1));
        assert_eq!(scene.send(other, "cid", "other").await.seq, seq(turn));
        assert_eq!(scene.send(one, "ben", "one").await.seq, seq(2 * turn));
    }
    assert_eq!(scene.thread(one, "ann").await.last_seq, seq(10));
    assert_eq!(scene.thread(other, "ben").await.last_seq, seq(5));
}

/// Every kind of content comes back as it went in, to the last character.
pub async fn every_content_comes_back_as_it_went_in(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let header = serde_json::json!({
        "nested": {"list": [1, -2, 3.5, null, true, "x"], "empty": {}}, "ünï": "\"quoted\" \\ \n",
    });
    let contents = [
        text("'; DROP TABLE messages; --"),
        text("line\nline\ttab \u{1F469}\u{200D}\u{1F680} \u{202E}rtl e\u{301} \u{FFFD} %_?$1"),
        text(&"\u{1F600}".repeat(10_000)),
        text(" "),
        Content::Encrypted {
            scheme: "olm.v1".to_owned(),
            ciphertext: "QUJD".repeat(8 * 1024),
            header: header.as_object().cloned(),
            attestation: Some(Attestation {
                model: "flags@1".to_owned(),
                flags: vec!["spam".to_owned()],
            }),
        },
        Content::Encrypted {
            scheme: "s".to_owned(),
            ciphertext: "QQ==".to_owned(),
            header: None,
            attestation: None,
        },
        Content::System {
            event: "thread.opened".to_owned(),
        },
    ];
    for content in contents {
        let new = NewMessage {
            content: content.clone(),
            ..scene.new_message(thread, "ann", "")
        };
        let sent = scene.store().append(new.clone()).await.unwrap();
        assert_eq!(sent.value.message.content.as_ref(), Some(&content));
        assert_eq!(scene.message(new.id).await.content, Some(content));
        let again = scene.store().append(new).await.unwrap();
        assert!(!again.value.created, "the same content is recognised");
    }
}

/// The same call again answers with the first message and writes nothing.
pub async fn the_same_call_again_answers_with_the_first_message(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let new = scene.new_message(thread, "ann", "once");
    let first = scene.store().append(new.clone()).await.unwrap();
    scene.send(thread, "ben", "in between").await;
    let (head, before) = (scene.head().await, scene.thread(thread, "ben").await);
    let repeated = NewMessage {
        id: scene.message_id(),
        at: scene.now(),
        ..new
    };
    let again = scene.store().append(repeated.clone()).await.unwrap();
    assert!(!again.value.created);
    assert_eq!(again.position, None);
    assert_eq!(again.value.message, first.value.message);
    assert_eq!(scene.head().await, head);
    assert_eq!(scene.thread(thread, "ben").await, before);
    let second = scene.store().lookup_message(repeated.id).await.unwrap();
    assert_eq!(second, None, "the repeated call's own id names nothing");
}

/// The same `client_id` with another content, or another `reply_to`, is a conflict.
pub async fn another_content_under_the_same_client_id_is_a_conflict(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let answered = scene.send(thread, "ben", "question").await;
    let new = NewMessage {
        reply_to: Some(answered.id),
        ..scene.new_message(thread, "ann", "answer")
    };
    scene.store().append(new.clone()).await.unwrap();
    let head = scene.head().await;
    let other_content = NewMessage {
        content: text("Answer"),
        ..new.clone()
    };
    assert_refused!(
        scene.store().append(other_content).await,
        SendError::Conflict
    );
    let other_reply = NewMessage {
        reply_to: None,
        ..new
    };
    assert_refused!(scene.store().append(other_reply).await, SendError::Conflict);
    assert_eq!(scene.head().await, head);
}

/// A `client_id` is its sender's in its thread, and counts by its bytes.
pub async fn a_client_id_is_its_senders_in_its_thread(scene: Scene) {
    let one = scene.direct("ann", "ben").await;
    let other = scene.direct("ann", "cid").await;
    let places = [
        (one, "ann", "k"),
        (one, "ben", "k"),
        (other, "ann", "k"),
        (one, "ann", "K"),
    ];
    for (thread, sender, client_id) in places {
        let new = NewMessage {
            client_id: client_id.to_owned(),
            ..scene.new_message(thread, sender, sender)
        };
        let sent = scene.store().append(new).await.unwrap();
        assert!(sent.value.created, "{sender} {client_id}");
        assert_eq!(sent.value.message.client_id, client_id);
    }
}

/// After an edit, the call is recognised by what it first said, and answered with what it says now.
pub async fn an_edited_message_is_recognised_by_its_first_content(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let new = scene.new_message(thread, "ann", "first");
    let sent = scene.store().append(new.clone()).await.unwrap();
    let edited = scene.edit(&sent.value.message, "second").await;
    let again = scene.store().append(new.clone()).await.unwrap();
    assert!(!again.value.created);
    assert_eq!(again.value.message, edited.value);
    let as_it_is_now = NewMessage {
        content: text("second"),
        ..new
    };
    assert_refused!(
        scene.store().append(as_it_is_now).await,
        SendError::Conflict
    );
}

/// After a deletion nobody can tell what it first said: any content is answered with the tombstone.
pub async fn a_deleted_message_answers_any_content(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let new = scene.new_message(thread, "ann", "first");
    let sent = scene.store().append(new.clone()).await.unwrap();
    let tombstone = scene.delete(&sent.value.message).await.value;
    let other = NewMessage {
        content: text("whatever"),
        reply_to: Some(scene.message_id()),
        ..new.clone()
    };
    for call in [new, other] {
        let again = scene.store().append(call).await.unwrap();
        assert!(!again.value.created);
        assert_eq!(again.position, None);
        assert_eq!(again.value.message, tombstone);
    }
}

/// A repeated call is answered before anything else is asked: the sender may have left, be banned,
/// or be blocked in the meantime.
pub async fn a_repeated_call_is_answered_whatever_has_happened_since(scene: Scene) {
    let direct = scene.direct("ann", "ben").await;
    let group = scene.group("ann", &["ben", "cid"]).await;
    let in_direct = scene.new_message(direct, "ann", "direct");
    let in_group = scene.new_message(group, "ann", "group");
    for new in [&in_direct, &in_group] {
        scene.store().append(new.clone()).await.unwrap();
    }
    scene.block("ben", "ann").await;
    scene.block("ann", "ben").await;
    scene.leave(group, "ann").await;
    scene.ban("ann").await;
    for new in [in_direct, in_group] {
        let again = scene.store().append(new.clone()).await.unwrap();
        assert_eq!(again.value.message.id, new.id);
        let other = NewMessage {
            content: text("other"),
            ..new
        };
        assert_refused!(scene.store().append(other).await, SendError::Conflict);
    }
}

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

/// Sending reads: the sender's markers move to the message, the others' stay, and it is unread for
/// them. No log entry tells of the sender's markers.
pub async fn sending_moves_the_senders_own_markers(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    scene.send(thread, "ben", "one").await;
    scene.send(thread, "ben", "two").await;
    let head = scene.head().await;
    scene.send(thread, "ann", "three").await;
    assert_eq!(scene.head().await, head.next());
    let seen = scene.thread(thread, "ann").await;
    let markers = |name| {
        let participant = seen
            .participants
            .iter()
            .find(|p| p.user_id == user(name))
            .unwrap();
        (participant.delivered_seq, participant.read_seq)
    };
    assert_eq!(markers("ann"), (seq(3), seq(3)));
    assert_eq!(markers("ben"), (seq(2), seq(2)));
    assert_eq!(markers("cid"), (seq(0), seq(0)));
    let unread = async |name| scene.thread(thread, name).await.unread_count;
    assert_eq!(unread("ann").await, 0);
    assert_eq!(unread("ben").await, 1);
    assert_eq!(unread("cid").await, 3);
}

/// A message is its thread's newest activity: it moves up for everyone, and `updated_at` with it.
pub async fn a_message_moves_its_thread_up_for_everyone(scene: Scene) {
    let first = scene.direct("ann", "ben").await;
    let second = scene.direct("ann", "ben2").await;
    let third = scene.group("ben", &["ann", "cid"]).await;
    let all = ThreadFilter::default();
    assert_eq!(scene.threads("ann", all).await, [third, second, first]);
    let new = scene.new_message(first, "ben", "hello");
    let sent = scene.store().append(new.clone()).await.unwrap();
    for name in ["ann", "ben"] {
        let thread = scene.thread(first, name).await;
        assert_eq!(Some(thread.activity), sent.position);
        assert_eq!(thread.updated_at, new.at);
        assert_eq!(scene.threads(name, all).await.first(), Some(&first));
    }
    assert_eq!(scene.threads("ann", all).await, [first, third, second]);
}

/// A message brings an archived thread back for the others, and for its sender leaves it away.
pub async fn a_message_brings_an_archived_thread_back_for_the_others(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    for name in ["ann", "ben", "cid"] {
        scene.keep(thread, name, archived(true)).await;
    }
    scene.send(thread, "ann", "hello").await;
    let is_archived = async |name| scene.thread(thread, name).await.archived;
    assert!(is_archived("ann").await);
    assert!(!is_archived("ben").await);
    assert!(!is_archived("cid").await);
}

/// The thread's preview is its newest message, cut at 140 characters.
pub async fn the_preview_is_the_newest_message_cut_short(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    assert_eq!(scene.thread(thread, "ann").await.last_message, None);
    scene.send(thread, "ann", "short").await;
    let long = scene.send(thread, "ben", &"\u{1F600}".repeat(200)).await;
    let preview = scene.thread(thread, "ann").await.last_message.unwrap();
    assert_eq!((preview.id, preview.seq), (long.id, long.seq));
    assert_eq!((preview.sender_id, preview.kind), (user("ben"), "text"));
    assert_eq!(preview.created_at, long.created_at);
    assert_eq!(preview.text, Some("\u{1F600}".repeat(140)));
    let system = NewMessage {
        content: Content::System {
            event: "x".to_owned(),
        },
        ..scene.new_message(thread, "ann", "")
    };
    scene.store().append(system).await.unwrap();
    let preview = scene.thread(thread, "ann").await.last_message.unwrap();
    assert_eq!((preview.kind, preview.text), ("system", None));
}

/// Many writers at once get every `seq` once, and each reader sees one order.
pub async fn writers_at_once_get_every_seq_once(scene: Scene) {
    const WRITERS: i64 = 16;
    const EACH: i64 = 8;
    let thread = scene.group("ann", &["ben"]).await;
    let head = scene.head().await;
    let tasks = (0..WRITERS).map(|writer| {
        let scene = scene.clone();
        let sender = if writer % 2 == 0 { "ann" } else { "ben" };
        tokio::spawn(async move {
            for _ in 0..EACH {
                scene.send(thread, sender, "hello").await;
            }
        })
    });
    for task in join_all(tasks).await {
        task.unwrap();
    }
    let all = SeqRange::After(Seq::ZERO);
    let listed = scene
        .store()
        .list_messages(thread, &user("ann"), all, page(200))
        .await;
    let seqs: Vec<i64> = listed
        .unwrap()
        .unwrap()
        .iter()
        .map(|m| m.seq.get())
        .collect();
    assert_eq!(seqs, (1..=WRITERS * EACH).collect::<Vec<_>>());
    assert_eq!(scene.head().await.get(), head.get() + WRITERS * EACH);
}

/// The same call many times at once makes one message; all are answered with it.
pub async fn the_same_call_at_once_makes_one_message(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let new = scene.new_message(thread, "ann", "once");
    let calls = (0..16).map(|_| {
        let store = scene.shared_store();
        let id = scene.message_id();
        let new = NewMessage { id, ..new.clone() };
        tokio::spawn(async move { store.append(new).await.unwrap() })
    });
    let answers: Vec<_> = join_all(calls)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let created: Vec<_> = answers
        .iter()
        .filter(|answer| answer.value.created)
        .collect();
    assert_eq!(created.len(), 1);
    for answer in &answers {
        assert_eq!(answer.value.message, created[0].value.message);
        assert_eq!(answer.position.is_some(), answer.value.created);
    }
    assert_eq!(scene.thread(thread, "ann").await.last_seq, seq(1));
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

/// A call that is dropped half-way has happened or not, wholly; the same call finds out.
pub async fn a_dropped_append_has_happened_wholly_or_not(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    for _ in 0..20 {
        let new = scene.new_message(thread, "ann", "maybe");
        let (store, copy) = (scene.shared_store(), new.clone());
        let call = tokio::spawn(async move { store.append(copy).await.map(drop) });
        tokio::task::yield_now().await;
        call.abort();
        let _ = call.await;
        let sent = scene.store().append(new).await.unwrap();
        let message = sent.value.message;
        assert_eq!(scene.thread(thread, "ann").await.last_seq, message.seq);
    }
    assert_eq!(scene.thread(thread, "ann").await.last_seq, seq(20));
}

/// Messages of others after the read marker that are not deleted are unread; one's own never are.
pub async fn unread_are_others_messages_after_the_read_marker(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    assert_eq!(scene.thread(thread, "ann").await.kind, ThreadKind::Group);
    let unread = async |name| scene.thread(thread, name).await.unread_count;
    for words in ["1", "2", "3"] {
        scene.send(thread, "ben", words).await;
    }
    assert_eq!((unread("ann").await, unread("ben").await), (3, 0));
    scene.mark(thread, "ann", Marker::Delivered, 3).await;
    assert_eq!(unread("ann").await, 3, "what was delivered is not read yet");
    scene.mark(thread, "ann", Marker::Read, 2).await;
    assert_eq!(unread("ann").await, 1);
    scene.send(thread, "ann", "4").await;
    assert_eq!((unread("ann").await, unread("ben").await), (0, 1));
}
