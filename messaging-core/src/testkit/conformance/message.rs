//! Appending messages.

use futures_util::future::join_all;

use crate::{
    id::Seq,
    message::{Attestation, Content, NewMessage, SeqRange},
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
