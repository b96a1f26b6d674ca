//! Moderation through the front door: what is judged, and what becomes of it.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::sync::Arc;

use messaging_core::{
    Messaging,
    caller::{Caller, Role},
    error::{ErrorKind, Fault},
    id::{Position, ThreadId},
    log::Change,
    memory::MemoryStore,
    message::{
        Attestation, Content, EditError, ListMessages, Message, SendError, SendMessage, Sent,
    },
    moderation::{Action, Flagged, ModerationMode, Refused, Severity, WhenUnavailable},
    page::PageSize,
    testkit::{ManualClock, MarkerModerator, text, user},
    thread::{CreateThread, FirstMessage, Invitee, Metadata},
};
use serde_json::json;

/// A system, its moderator, and a thread of Ann's with Maya.
struct World {
    messaging: Messaging,
    moderator: Arc<MarkerModerator>,
    thread_id: ThreadId,
}

impl World {
    async fn new(mode: ModerationMode, when_unavailable: WhenUnavailable) -> Self {
        let moderator = Arc::new(MarkerModerator::new());
        let builder = Messaging::builder(MemoryStore::new()).clock(ManualClock::default());
        let builder = builder.moderator(moderator.clone()).moderation(mode);
        let messaging = builder.when_unavailable(when_unavailable).build();
        let created = messaging.threads().create(&ann(), thread(None)).await;
        Self {
            thread_id: created.unwrap().thread.id,
            messaging,
            moderator,
        }
    }

    async fn of_mode(mode: ModerationMode) -> Self {
        Self::new(mode, WhenUnavailable::default()).await
    }

    fn wish(&self, client_id: &str, content: Content) -> SendMessage {
        SendMessage {
            thread_id: self.thread_id,
            client_id: client_id.to_owned(),
            content,
            reply_to: None,
        }
    }

    async fn send(&self, words: &str) -> Result<Sent, SendError> {
        let client_id: String = words.chars().filter(char::is_ascii_graphic).collect();
        let wish = self.wish(&client_id, text(words));
        self.messaging.messages().send(&ann(), wish).await
    }

    async fn edit(&self, message: &Message, words: &str) -> Result<Message, EditError> {
        let messages = self.messaging.messages();
        let edited = messages.edit(&ann(), message.id, text(words)).await;
        edited.map(|edited| edited.value)
    }

    async fn messages(&self) -> Vec<Message> {
        let wish = ListMessages::newest(self.thread_id, PageSize::default());
        let listed = self.messaging.messages().list(&ann(), &wish).await;
        listed.unwrap().items
    }

    async fn flagged(&self) -> Vec<Flagged> {
        let entries = self.messaging.store().read_log(Position::ZERO, 1000).await;
        let changes = entries.unwrap().into_iter().map(|entry| entry.change);
        let flagged = changes.filter_map(|change| match change {
            Change::MessageFlagged { flagged } => Some((*flagged).clone()),
            _ => None,
        });
        flagged.collect()
    }

    async fn head(&self) -> Position {
        self.messaging.store().log_bounds().await.unwrap().head
    }
}

fn ann() -> Caller {
    Caller::new(user("ann"), Role::Client)
}

fn thread(message: Option<FirstMessage>) -> CreateThread {
    CreateThread {
        participants: vec![Invitee {
            user_id: user("maya"),
            role: None,
        }],
        kind: None,
        title: None,
        metadata: Metadata::new(),
        message,
    }
}

fn encrypted(flags: &[&str]) -> Content {
    Content::Encrypted {
        scheme: "mls".to_owned(),
        ciphertext: "QUJD".to_owned(),
        header: None,
        attestation: Some(Attestation {
            model: "flags@1".to_owned(),
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
        }),
    }
}

fn action(message: &Message) -> Option<Action> {
    message.moderation.as_ref().map(|verdict| verdict.action)
}

#[tokio::test]
#[should_panic(expected = "there must be a moderator")]
async fn moderation_without_a_moderator_cannot_be_built() {
    let builder = Messaging::builder(MemoryStore::new());
    builder.moderation(ModerationMode::Flag).build();
}

#[tokio::test]
async fn what_is_off_judges_nothing() {
    let world = World::of_mode(ModerationMode::Off).await;
    assert_eq!(world.messaging.moderation_mode(), ModerationMode::Off);
    let sent = world.send("[block]").await.unwrap();
    assert_eq!(sent.message.moderation, None);
    let wish = world.wish("1", encrypted(&["scam"]));
    let sent = world.messaging.messages().send(&ann(), wish).await.unwrap();
    assert_eq!(sent.message.moderation, None);
    assert_eq!(world.moderator.asked(), 0);
    assert!(world.flagged().await.is_empty());
}

#[tokio::test]
async fn enforcing_rejects_what_is_blocked_and_keeps_the_rest() {
    let world = World::of_mode(ModerationMode::Enforce).await;
    let head = world.head().await;
    let refused = world.send("ä [block] [flag]").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::MessageRejected);
    assert_eq!(refused.kind().code(), "message_rejected");
    let flags = json!([
        { "flag": "scam", "score": 0.9, "severity": "high", "span": { "start": 10, "end": 16 } },
        { "flag": "doxxing", "score": 0.9, "severity": "critical",
          "span": { "start": 2, "end": 9 } },
    ]);
    assert_eq!(refused.extensions()["flags"], flags);
    assert_eq!(world.head().await, head);
    assert!(world.messages().await.is_empty());
    let plain = world.send("plain").await.unwrap();
    assert_eq!(plain.message.moderation, None);
    let warned = world.send("[warn]").await.unwrap().message;
    assert_eq!(action(&warned), Some(Action::Warn));
    assert!(world.flagged().await.is_empty());
    let flagged = world.send("[flag]").await.unwrap().message;
    assert_eq!(action(&flagged), Some(Action::Flag));
    let told = world.flagged().await;
    assert_eq!(told, [Flagged::of(&flagged).unwrap()]);
    assert_eq!(told[0].verdict.model, "markers@1");
    assert_eq!(world.messages().await, [plain.message, warned, flagged]);
}

#[tokio::test]
async fn flagging_delivers_what_would_be_blocked() {
    let world = World::of_mode(ModerationMode::Flag).await;
    let sent = world.send("[block]").await.unwrap().message;
    assert_eq!(action(&sent), Some(Action::Flag));
    assert_eq!(world.flagged().await, [Flagged::of(&sent).unwrap()]);
}

#[tokio::test]
async fn a_repeated_call_is_never_refused_after_it_was_delivered() {
    let world = World::new(ModerationMode::Enforce, WhenUnavailable::Deliver).await;
    world.moderator.set_available(false);
    let first = world.send("[block]").await.unwrap();
    assert!(first.created);
    world.moderator.set_available(true);
    let again = world.send("[block]").await.unwrap();
    assert!(!again.created);
    assert_eq!(again.message, first.message);
    let same_key = world.wish("[block]", text("[block] other"));
    let other = world.messaging.messages().send(&ann(), same_key).await;
    assert!(matches!(other, Err(SendError::Conflict)));
}

#[tokio::test]
async fn without_its_moderator_a_system_delivers_or_refuses() {
    let world = World::new(ModerationMode::Enforce, WhenUnavailable::Refuse).await;
    let first = world.send("hello").await.unwrap().message;
    world.moderator.set_available(false);
    let head = world.head().await;
    let refused = world.send("other").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ModerationUnavailable);
    assert_eq!(refused.kind().code(), "moderation_unavailable");
    assert_eq!(world.send("hello").await.unwrap().message, first);
    let refused = world.edit(&first, "edited").await;
    assert!(matches!(
        refused,
        Err(EditError::Moderation(Refused::Unavailable))
    ));
    assert_eq!(world.edit(&first, "hello").await.unwrap(), first);
    assert_eq!(world.head().await, head);
    let world = World::new(ModerationMode::Enforce, WhenUnavailable::Deliver).await;
    world.moderator.set_available(false);
    let sent = world.send("[block]").await.unwrap().message;
    assert_eq!(sent.moderation, None);
    let edited = world.edit(&sent, "[block] again").await.unwrap();
    assert_eq!(edited.moderation, None);
}

#[tokio::test]
async fn edits_are_judged_as_messages_are() {
    let world = World::of_mode(ModerationMode::Enforce).await;
    let message = world.send("[flag]").await.unwrap().message;
    let refused = world.edit(&message, "[block]").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::MessageRejected);
    assert_eq!(refused.extensions()["flags"][0]["flag"], "doxxing");
    let [kept] = &world.messages().await[..] else {
        panic!("one message");
    };
    assert_eq!(*kept, message);
    let clean = world.edit(&message, "clean").await.unwrap();
    assert_eq!(clean.moderation, None);
    let warned = world.edit(&message, "[warn]").await.unwrap();
    assert_eq!(action(&warned), Some(Action::Warn));
    assert_eq!(world.flagged().await.len(), 1);
    let flagged = world.edit(&message, "[flag] again").await.unwrap();
    let told = world.flagged().await;
    assert_eq!(told.len(), 2);
    assert_eq!(told[1], Flagged::of(&flagged).unwrap());
    let asked = world.moderator.asked();
    let maya = Caller::new(user("maya"), Role::Creator);
    let messages = world.messaging.messages();
    let other = messages.edit(&maya, message.id, text("[block]")).await;
    assert!(matches!(other, Err(EditError::NotTheAuthor)));
    assert_eq!(world.moderator.asked(), asked);
    messages.delete(&ann(), message.id).await.unwrap();
    assert_eq!(world.messages().await[0].moderation, None);
    assert_eq!(world.flagged().await, told);
}

#[tokio::test]
async fn what_the_sender_attests_is_flagged_and_never_blocked() {
    let world = World::of_mode(ModerationMode::Enforce).await;
    let messages = world.messaging.messages();
    let wish = world.wish("1", encrypted(&["scam", "doxxing", "scam"]));
    let sent = messages.send(&ann(), wish).await.unwrap().message;
    let verdict = sent.moderation.clone().unwrap();
    assert_eq!(verdict.action, Action::Flag);
    assert_eq!(verdict.model, "attested:flags@1");
    let flags = verdict.flags.iter();
    let flags: Vec<_> = flags
        .map(|found| (found.flag.as_str(), found.score, found.severity))
        .collect();
    let (sure, grave) = (1.0, Severity::High);
    assert_eq!(flags, [("scam", sure, grave), ("doxxing", sure, grave)]);
    assert_eq!(world.flagged().await, [Flagged::of(&sent).unwrap()]);
    let wish = world.wish("2", encrypted(&[]));
    let clean = messages.send(&ann(), wish).await.unwrap().message;
    assert_eq!(clean.moderation, None);
    assert_eq!(world.moderator.asked(), 0);
}

#[tokio::test]
async fn an_attestation_is_of_so_many_names() {
    let world = World::of_mode(ModerationMode::Off).await;
    let long = "x".repeat(65);
    let many = vec!["x"; 65];
    for flags in [&["two words"][..], &[""], &[&long], &many] {
        let wish = world.wish("1", encrypted(flags));
        let refused = world.messaging.messages().send(&ann(), wish).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidRequest);
        assert_eq!(refused.fields()[0].field, "content.attestation.flags");
    }
    let many = vec![&long[1..]; 64];
    let wish = world.wish("1", encrypted(&many));
    world.messaging.messages().send(&ann(), wish).await.unwrap();
}

#[tokio::test]
async fn a_threads_first_message_is_judged_too() {
    let world = World::of_mode(ModerationMode::Enforce).await;
    let first = FirstMessage {
        client_id: "1".to_owned(),
        content: text("[block]"),
    };
    let threads = world.messaging.threads();
    let refused = threads.create(&ann(), thread(Some(first))).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::MessageRejected);
    assert_eq!(refused.extensions()["flags"][0]["flag"], "doxxing");
    assert!(world.messages().await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_taken_is_not_judged() {
    let world = World::of_mode(ModerationMode::Enforce).await;
    let refused = world.send(&"x".repeat(10_001)).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidRequest);
    assert_eq!(world.moderator.asked(), 0);
}
