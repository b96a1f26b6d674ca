//! Editing and deleting messages.

use crate::{
    account::AccountChange,
    id::{Position, Seq},
    log::{Change, LogEntry},
    message::{DeleteError, Edit, EditError, Message, Removal, SeqRange},
    testkit::{Scene, page, text, user},
};

/// The message that a change of a message carries.
fn told(entry: &LogEntry) -> Option<&Message> {
    match &entry.change {
        Change::MessageSent { message }
        | Change::MessageEdited { message }
        | Change::MessageDeleted { message }
        | Change::MessageReacted { message } => Some(message),
        _ => None,
    }
}

/// An edit replaces the content, says when, and leaves everything else.
pub async fn an_edit_replaces_the_content_alone(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let question = scene.send(thread, "ben", "question").await;
    let new = crate::message::NewMessage {
        reply_to: Some(question.id),
        ..scene.new_message(thread, "ann", "first")
    };
    let message = scene.store().append(new).await.unwrap().value.message;
    scene.react(&message, "ben", "+1", true).await;
    let before = scene.message(message.id).await;
    let edit = scene.new_edit(&message, "ann", "second");
    let edited = scene.store().edit_message(edit.clone()).await.unwrap();
    let expected = Message {
        content: Some(text("second")),
        edited_at: Some(edit.at),
        ..before
    };
    assert_eq!(edited.value, expected);
    assert_eq!(scene.message(message.id).await, expected);
    let preview = scene.thread(thread, "ben").await.last_message.unwrap();
    assert_eq!(preview.text.as_deref(), Some("second"));
}

/// An edit is one entry for those who take part, and moves neither the thread nor any marker.
pub async fn an_edit_is_told_and_moves_nothing(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    let message = scene.send(thread, "ann", "first").await;
    scene.leave(thread, "cid").await;
    let before = scene.thread(thread, "ben").await;
    let head = scene.head().await;
    let edited = scene.edit(&message, "second").await;
    assert_eq!(edited.position, Some(head.next()));
    let entry = scene.last_entry().await;
    assert_eq!(entry.actor, Some(user("ann")));
    assert_eq!(Some(entry.at), edited.value.edited_at);
    assert_eq!(entry.audience[..], [user("ann"), user("ben")]);
    assert!(
        matches!(&entry.change, Change::MessageEdited { message } if **message == edited.value)
    );
    let mut after = scene.thread(thread, "ben").await;
    assert_eq!(after.unread_count, 1);
    after.last_message.clone_from(&before.last_message);
    assert_eq!(after, before);
}

/// The content that the message has now changes nothing; the one it had before does.
pub async fn an_edit_to_the_same_content_changes_nothing(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let message = scene.send(thread, "ann", "first").await;
    let same = scene.edit(&message, "first").await;
    assert_eq!((same.position, &same.value), (None, &message));
    let edited = scene.edit(&message, "second").await;
    let head = scene.head().await;
    let same = scene.edit(&message, "second").await;
    assert_eq!((same.position, same.value), (None, edited.value));
    assert_eq!(scene.head().await, head);
    let back = scene.edit(&message, "first").await;
    assert_eq!(back.position, Some(head.next()));
}

/// Why a message is not edited, in the order of the port.
pub async fn refusals_to_edit_come_in_the_order_of_the_port(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let message = scene.send(thread, "ann", "first").await;
    let gone = scene.send(thread, "ann", "gone").await;
    scene.delete(&gone).await;
    let head = scene.head().await;
    let edit = async |message: &Message, name| {
        let edit = scene.new_edit(message, name, "x");
        scene.store().edit_message(edit).await
    };
    let unknown = Edit {
        message_id: scene.message_id(),
        ..scene.new_edit(&message, "ann", "x")
    };
    assert_refused!(
        scene.store().edit_message(unknown).await,
        EditError::NoSuchMessage
    );
    assert_refused!(edit(&message, "cid").await, EditError::NoSuchMessage);
    assert_refused!(edit(&message, "ben").await, EditError::NotTheAuthor);
    assert_refused!(edit(&gone, "ben").await, EditError::NotTheAuthor);
    assert_refused!(edit(&gone, "ann").await, EditError::Deleted);
    assert_eq!(scene.head().await, head);
    for name in ["ann", "ben", "cid"] {
        scene.account(name, AccountChange::Deactivate).await;
    }
    assert_refused!(edit(&message, "cid").await, EditError::NoSuchMessage);
    assert_refused!(edit(&gone, "ben").await, EditError::CallerDisabled);
    assert_refused!(edit(&message, "ann").await, EditError::CallerDisabled);
    assert_eq!(scene.message(message.id).await, message);
}

/// Blocks do not stop an edit of what stands already.
pub async fn blocks_stop_no_edit(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let message = scene.send(thread, "ann", "first").await;
    scene.block("ben", "ann").await;
    assert!(scene.edit(&message, "second").await.position.is_some());
}

/// A deleted message keeps its place, its sender and its `client_id`, and says nothing.
pub async fn a_tombstone_keeps_its_place_and_says_nothing(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let first = scene.send(thread, "ann", "secret").await;
    scene.edit(&first, "secret, edited").await;
    scene.react(&first, "ben", "+1", true).await;
    let last = scene.send(thread, "ann", "last secret").await;
    for message in [&first, &last] {
        let before = scene.message(message.id).await;
        let deleted = scene.delete(message).await;
        let expected = Message {
            content: None,
            reactions: Vec::new(),
            deleted_at: deleted.value.deleted_at,
            ..before
        };
        assert!(expected.deleted_at.is_some());
        assert_eq!(deleted.value, expected);
        assert_eq!(scene.message(message.id).await, expected);
    }
    let seen = scene.thread(thread, "ben").await;
    assert_eq!(seen.last_seq, last.seq);
    let preview = seen.last_message.unwrap();
    assert_eq!(
        (preview.seq, preview.kind, preview.text),
        (last.seq, "deleted", None)
    );
    assert_eq!(scene.send(thread, "ann", "next").await.seq, last.seq.next());
}

/// A deletion is one entry for those who take part, and moves no thread.
pub async fn a_deletion_is_told_and_moves_nothing(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    let message = scene.send(thread, "ann", "first").await;
    scene.leave(thread, "cid").await;
    let before = scene.thread(thread, "ann").await;
    let head = scene.head().await;
    let deleted = scene.delete(&message).await;
    assert_eq!(deleted.position, Some(head.next()));
    let entry = scene.last_entry().await;
    assert_eq!(
        (entry.actor, Some(entry.at)),
        (Some(user("ann")), deleted.value.deleted_at)
    );
    assert_eq!(entry.audience[..], [user("ann"), user("ben")]);
    assert!(matches!(entry.change, Change::MessageDeleted { .. }));
    let after = scene.thread(thread, "ann").await;
    assert_eq!(
        (after.activity, after.updated_at),
        (before.activity, before.updated_at)
    );
}

/// The deleted words are gone from the whole log too, in every entry that was about them.
pub async fn deleted_words_are_gone_from_the_log(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let message = scene.send(thread, "ann", "secret").await;
    scene.edit(&message, "secret, edited").await;
    scene.react(&message, "ben", "secret-emoji", true).await;
    let tombstone = scene.delete(&message).await.value;
    let entries = scene.log_after(Position::ZERO).await;
    let about: Vec<&Message> = entries.iter().filter_map(told).collect();
    assert_eq!(about, [&tombstone; 4]);
    let head = scene.head().await;
    for name in ["ann", "ben"] {
        let own = scene
            .store()
            .read_log_for(&user(name), Position::ZERO, head, 100)
            .await;
        assert!(!format!("{own:?}").contains("secret"));
    }
    let all = SeqRange::After(Seq::ZERO);
    let listed = scene
        .store()
        .list_messages(thread, &user("ben"), all, page(10))
        .await;
    assert_eq!(listed.unwrap().unwrap(), [tombstone]);
}

/// What is deleted no longer counts as unread.
pub async fn a_deleted_message_is_not_unread(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let read = scene.send(thread, "ann", "1").await;
    scene
        .mark(thread, "ben", crate::receipt::Marker::Read, 1)
        .await;
    let unread = scene.send(thread, "ann", "2").await;
    scene.send(thread, "ann", "3").await;
    let count = async || scene.thread(thread, "ben").await.unread_count;
    assert_eq!(count().await, 2);
    scene.delete(&read).await;
    assert_eq!(count().await, 2);
    scene.delete(&unread).await;
    assert_eq!(count().await, 1);
    scene.delete(&unread).await;
    assert_eq!(count().await, 1);
}

/// Deleting again changes nothing; the first time stands.
pub async fn deleting_again_changes_nothing(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let message = scene.send(thread, "ann", "first").await;
    let first = scene.delete(&message).await;
    let head = scene.head().await;
    let again = scene.delete(&message).await;
    assert_eq!((again.position, again.value), (None, first.value));
    assert_eq!(scene.head().await, head);
}

/// Anyone can be named as who deletes: who may is the core's rule. What never was is not deleted.
pub async fn who_deletes_need_not_take_part(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let message = scene.send(thread, "ann", "first").await;
    let removal = Removal {
        message_id: message.id,
        user_id: user("admin"),
        at: scene.now(),
    };
    scene.ban("admin").await;
    let unknown = Removal {
        message_id: scene.message_id(),
        ..removal.clone()
    };
    assert_refused!(
        scene.store().delete_message(unknown).await,
        DeleteError::NoSuchMessage
    );
    let deleted = scene.store().delete_message(removal.clone()).await.unwrap();
    assert_eq!(deleted.value.deleted_at, Some(removal.at));
    let entry = scene.last_entry().await;
    assert_eq!(entry.actor, Some(user("admin")));
    assert_eq!(entry.audience[..], [user("ann"), user("ben")]);
}
