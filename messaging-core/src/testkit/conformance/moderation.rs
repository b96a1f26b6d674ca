//! Verdicts: kept with their messages, and told when they flag.

use super::super::{page, user, verdict};
use crate::{
    id::{Position, ThreadId},
    log::{Change, LogEntry},
    message::{Edit, EditError, Message, NewMessage, SendError, SeqRange},
    moderation::{Action, Flagged, Judgement, Refused, Span, Verdict},
    testkit::Scene,
};

fn rejected() -> Judgement {
    let flags = verdict(Action::Block, &["scam"]).flags;
    Judgement::Refuse(Refused::Rejected { flags })
}

/// A message of Ann's that was judged so.
fn judged(scene: &Scene, thread: ThreadId, judgement: Judgement) -> NewMessage {
    NewMessage {
        judgement,
        ..scene.new_message(thread, "ann", "first")
    }
}

/// Sends one of this verdict.
async fn send(scene: &Scene, thread: ThreadId, verdict: Verdict) -> Message {
    let new = judged(scene, thread, Judgement::Deliver(Some(verdict)));
    scene.store().append(new).await.unwrap().value.message
}

/// An edit of Ann's that was judged so.
fn edited(scene: &Scene, message: &Message, judgement: Judgement) -> Edit {
    Edit {
        judgement,
        ..scene.new_edit(message, "ann", "second")
    }
}

/// What was flagged after a place in the log, with who did it, for nobody.
async fn flagged(scene: &Scene, after: Position) -> Vec<Flagged> {
    let entries = scene.log_after(after).await.into_iter();
    let flagged = entries.filter_map(|entry| match entry.change {
        Change::MessageFlagged { flagged } => {
            assert_eq!(entry.actor.as_ref(), Some(&flagged.sender_id));
            assert!(entry.audience.is_empty());
            Some((*flagged).clone())
        }
        _ => None,
    });
    flagged.collect()
}

fn flag_of(message: &Message, verdict: &Verdict) -> Flagged {
    Flagged {
        message_id: message.id,
        thread_id: message.thread_id,
        sender_id: message.sender_id.clone(),
        verdict: verdict.clone(),
    }
}

/// A verdict is kept as it was given, wherever the message is read, and is told with it.
pub async fn a_verdict_is_kept_with_its_message(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let mut warned = verdict(Action::Warn, &["spam", "scam", "spam"]);
    warned.flags[1].score = 0.1234;
    warned.flags[2].span = Some(Span { start: 0, end: 5 });
    let message = send(&scene, thread, warned.clone()).await;
    assert_eq!(message.moderation.as_ref(), Some(&warned));
    assert_eq!(scene.message(message.id).await, message);
    let (ben, range) = (user("ben"), SeqRange::Before(None));
    let listed = scene.store().list_messages(thread, &ben, range, page(5));
    let listed = listed.await.unwrap().unwrap();
    assert_eq!(listed.as_slice(), std::slice::from_ref(&message));
    let entry = scene.last_entry().await;
    assert!(matches!(&entry.change, Change::MessageSent { message: told } if **told == message));
    let plain = scene.send(thread, "ann", "plain").await;
    assert_eq!(plain.moderation, None);
    assert_eq!(scene.message(plain.id).await.moderation, None);
    assert!(flagged(&scene, Position::ZERO).await.is_empty());
}

/// What flags is an entry of its own behind its message, told to nobody, without places in the text.
pub async fn a_flagged_message_is_told_behind_it(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let head = scene.head().await;
    let mut verdict = verdict(Action::Flag, &["scam"]);
    verdict.flags[0].span = Some(Span { start: 0, end: 5 });
    let new = judged(&scene, thread, Judgement::Deliver(Some(verdict.clone())));
    let at = new.at;
    let sent = scene.store().append(new).await.unwrap();
    assert_eq!(sent.position, Some(head.next()));
    let message = sent.value.message;
    let entry = scene.last_entry().await;
    assert_eq!((entry.position, entry.at), (head.next().next(), at));
    assert_eq!(entry.change.thread_id(), Some(thread));
    let told = [flag_of(&message, &verdict.clone().without_spans())];
    assert_eq!(flagged(&scene, head).await, told);
    assert_eq!(message.moderation, Some(verdict));
    let own = scene.store();
    let (ann, until) = (user("ann"), scene.head().await);
    let own = own.read_log_for(&ann, head, until, 10).await.unwrap();
    let positions: Vec<Position> = own.entries.iter().map(|entry| entry.position).collect();
    assert_eq!(positions, [head.next()]);
}

/// A charge stands right behind its message, and what flags it behind that.
pub async fn a_flag_is_told_behind_the_charge(scene: Scene) {
    let thread = scene.direct("ann", "maya").await;
    let grant = scene.new_grant("1", "ann", Some("maya"), Some(1));
    scene.grant(grant).await;
    let head = scene.head().await;
    let new = NewMessage {
        judgement: Judgement::Deliver(Some(verdict(Action::Flag, &["scam"]))),
        ..scene.new_paid(thread, "ann")
    };
    scene.store().append(new).await.unwrap();
    let entries: Vec<LogEntry> = scene.log_after(head).await;
    let changes: Vec<&Change> = entries.iter().map(|entry| &entry.change).collect();
    assert!(
        matches!(
            changes[..],
            [
                Change::MessageSent { .. },
                Change::QuotaCharged { .. },
                Change::MessageFlagged { .. }
            ]
        ),
        "{changes:?}"
    );
}

/// A message that is to be refused leaves no trace, and nothing is taken for it.
pub async fn a_rejected_message_leaves_no_trace(scene: Scene) {
    let thread = scene.direct("ann", "maya").await;
    let grant = scene.new_grant("1", "ann", Some("maya"), Some(1));
    scene.grant(grant).await;
    let head = scene.head().await;
    for judgement in [rejected(), Judgement::Refuse(Refused::Unavailable)] {
        let Judgement::Refuse(expected) = judgement.clone() else {
            continue;
        };
        let new = NewMessage {
            judgement,
            ..scene.new_paid(thread, "ann")
        };
        let id = new.id;
        match scene.store().append(new).await {
            Err(SendError::Moderation(refused)) => assert_eq!(refused, expected),
            other => panic!("expected a refusal, got {other:?}"),
        }
        assert_eq!(scene.store().lookup_message(id).await.unwrap(), None);
    }
    assert_eq!(scene.head().await, head);
    assert_eq!(scene.quota("ann", "maya").await.remaining, 1);
    let sent = scene.pay(thread, "ann").await.unwrap();
    assert_eq!(sent.value.message.seq.get(), 1);
}

/// A repeated call is answered with the first message and its verdict, however it is judged now.
pub async fn a_repeated_call_is_answered_however_it_is_judged(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let kept = verdict(Action::Flag, &["scam"]);
    let new = judged(&scene, thread, Judgement::Deliver(Some(kept)));
    let first = scene.store().append(new.clone()).await.unwrap().value;
    let head = scene.head().await;
    for judgement in [
        rejected(),
        Judgement::Refuse(Refused::Unavailable),
        Judgement::default(),
        Judgement::Deliver(Some(verdict(Action::Warn, &["spam"]))),
    ] {
        let again = NewMessage {
            id: scene.message_id(),
            judgement,
            ..new.clone()
        };
        let again = scene.store().append(again).await.unwrap();
        assert!(!again.value.created);
        assert_eq!(again.value.message, first.message);
    }
    assert_eq!(scene.head().await, head);
}

/// Of several refusals moderation's comes after all that are about who and where, and before what is
/// about money.
pub async fn moderations_refusal_has_its_place(scene: Scene) {
    let thread = scene.direct("ann", "maya").await;
    let paid = NewMessage {
        judgement: rejected(),
        ..scene.new_paid(thread, "ann")
    };
    let store = scene.store();
    assert_refused!(store.append(paid).await, SendError::Moderation(_));
    let reply = NewMessage {
        reply_to: Some(scene.message_id()),
        ..judged(&scene, thread, rejected())
    };
    assert_refused!(store.append(reply).await, SendError::NoSuchReply);
    let nowhere = judged(&scene, scene.thread_id(), rejected());
    assert_refused!(store.append(nowhere).await, SendError::NoSuchThread);
    scene.block("maya", "ann").await;
    let blocked = judged(&scene, thread, rejected());
    assert_refused!(store.append(blocked).await, SendError::RecipientUnavailable);
}

/// An edit's verdict takes the place of the one before; an edit without one takes it away.
pub async fn an_edit_replaces_the_verdict(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let flag = verdict(Action::Flag, &["scam"]);
    let message = send(&scene, thread, flag.clone()).await;
    let head = scene.head().await;
    let warned = verdict(Action::Warn, &["spam"]);
    let edit = edited(&scene, &message, Judgement::Deliver(Some(warned.clone())));
    let second = scene.store().edit_message(edit).await.unwrap();
    assert_eq!(second.value.moderation, Some(warned));
    assert_eq!(scene.message(message.id).await, second.value);
    assert!(flagged(&scene, head).await.is_empty());
    scene.edit(&message, "third").await;
    assert_eq!(scene.message(message.id).await.moderation, None);
    let head = scene.head().await;
    let edit = edited(&scene, &message, Judgement::Deliver(Some(flag.clone())));
    let last = scene.store().edit_message(edit).await.unwrap();
    assert_eq!(last.position, Some(head.next()));
    assert_eq!(flagged(&scene, head).await, [flag_of(&message, &flag)]);
    assert_eq!(scene.head().await, head.next().next());
}

/// The content that the message has keeps its verdict, however it is judged now.
pub async fn an_edit_to_the_same_content_keeps_the_verdict(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let message = send(&scene, thread, verdict(Action::Flag, &["scam"])).await;
    let head = scene.head().await;
    for judgement in [Judgement::default(), rejected()] {
        let same = Edit {
            judgement,
            ..scene.new_edit(&message, "ann", "first")
        };
        let same = scene.store().edit_message(same).await.unwrap();
        assert_eq!((same.position, &same.value), (None, &message));
    }
    assert_eq!(scene.head().await, head);
}

/// An edit that is to be refused leaves the message and its verdict as they are.
pub async fn a_rejected_edit_leaves_the_message(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let message = send(&scene, thread, verdict(Action::Flag, &["scam"])).await;
    let gone = scene.send(thread, "ann", "gone").await;
    scene.delete(&gone).await;
    let head = scene.head().await;
    let store = scene.store();
    let edit = edited(&scene, &message, rejected());
    assert_refused!(store.edit_message(edit).await, EditError::Moderation(_));
    let edit = edited(&scene, &gone, rejected());
    assert_refused!(store.edit_message(edit).await, EditError::Deleted);
    let other = Edit {
        judgement: rejected(),
        ..scene.new_edit(&message, "ben", "x")
    };
    assert_refused!(store.edit_message(other).await, EditError::NotTheAuthor);
    assert_eq!(scene.message(message.id).await, message);
    assert_eq!(scene.head().await, head);
}

/// A deleted message has no verdict. What was told of it stands.
pub async fn a_deletion_takes_the_verdict_and_not_what_was_told(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let flag = verdict(Action::Flag, &["scam"]);
    let message = send(&scene, thread, flag.clone()).await;
    let tombstone = scene.delete(&message).await.value;
    assert_eq!(tombstone.moderation, None);
    assert_eq!(scene.message(message.id).await, tombstone);
    let told = [flag_of(&message, &flag)];
    assert_eq!(flagged(&scene, Position::ZERO).await, told);
}

/// What others do about a message leaves its verdict.
pub async fn a_reaction_leaves_the_verdict(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let flag = verdict(Action::Flag, &["scam"]);
    let message = send(&scene, thread, flag.clone()).await;
    let head = scene.head().await;
    let reacted = scene.react(&message, "ben", "+1", true).await.value;
    assert_eq!(reacted.moderation, Some(flag));
    assert!(flagged(&scene, head).await.is_empty());
}
