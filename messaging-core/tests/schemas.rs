//! The schemas in `docs/schemas` are what the types say, and what is really sent and read fits them.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};

use jsonschema::Validator;
use messaging_core::{
    Messaging,
    caller::{Caller, Role},
    event::{DEFAULT_SOURCE, EventData, schemas},
    id::Position,
    memory::MemoryStore,
    message::SendMessage,
    moderation::ModerationMode,
    platform::read_event,
    quota::QuotaMode,
    receipt::{MarkUpTo, Marker},
    testkit::{ManualClock, MarkerModerator, text, user},
    thread::{CreateThread, Invitee, Metadata, ThreadSettings, UpdateThread},
};
use serde_json::{Value, json};

fn file(kind: &str, is_sent: bool) -> PathBuf {
    let side = if is_sent { "sent" } else { "received" };
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/schemas");
    folder.join(side).join(format!("{kind}.json"))
}

/// The committed schema of a type.
fn validator(kind: &str, is_sent: bool) -> Validator {
    let text = fs::read_to_string(file(kind, is_sent)).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema).unwrap()
}

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    for schema in schemas() {
        let text = fs::read_to_string(file(schema.kind, schema.is_sent));
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", schema.kind));
        let committed: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(committed, schema.schema, "run `cargo xtask schemas`");
    }
    let sent = schemas().into_iter().filter(|schema| schema.is_sent);
    let mut sent: Vec<&str> = sent.map(|schema| schema.kind).collect();
    let mut kinds = EventData::KINDS.to_vec();
    sent.sort_unstable();
    kinds.sort_unstable();
    assert_eq!(sent, kinds);
}

/// Lets everything happen that is told, and gives the events as they go out, by type.
async fn sent() -> BTreeMap<&'static str, Value> {
    let store = MemoryStore::new();
    let builder = Messaging::builder(store).clock(ManualClock::default());
    let builder = builder.moderator(Arc::new(MarkerModerator::new()));
    let builder = builder.moderation(ModerationMode::Flag);
    let messaging = builder.quota(QuotaMode::Enforce).build();
    let beginning = Some(Position::ZERO);
    let mut stream = messaging.events().domain_events(beginning);
    let begun = tokio::spawn(async move {
        let mut events = BTreeMap::new();
        while events.len() < EventData::KINDS.len() {
            let event = stream.next().await.unwrap();
            let document = serde_json::to_value(event.to_cloud_event(DEFAULT_SOURCE)).unwrap();
            events.entry(event.kind()).or_insert(document);
        }
        events
    });
    act(&messaging).await;
    let events = begun.await.unwrap();
    messaging.shutdown().await;
    events
}

async fn act(messaging: &Messaging) {
    let ann = Caller::new(user("ann"), Role::Client);
    let maya = Caller::new(user("maya"), Role::Creator);
    for event in [
        received("marketplace.price.set"),
        received("marketplace.credits.purchased"),
    ] {
        let now = messaging.clock().now();
        let event = read_event(event.to_string().as_bytes(), now).unwrap();
        messaging.platform().receive(event).await.unwrap();
    }
    let wish = CreateThread {
        participants: vec![Invitee {
            user_id: user("maya"),
            role: None,
        }],
        kind: None,
        title: None,
        metadata: Metadata::new(),
        message: None,
    };
    let thread = messaging.threads().create(&ann, wish).await.unwrap().thread;
    let wish = SendMessage {
        thread_id: thread.id,
        client_id: "1".to_owned(),
        content: text("hello [flag]"),
        reply_to: None,
    };
    let sent = messaging.messages().send(&ann, wish).await.unwrap();
    let up_to = MarkUpTo::Message(sent.message.id);
    let receipts = messaging.receipts();
    receipts.mark(&maya, Marker::Read, up_to).await.unwrap();
    let archive = UpdateThread {
        settings: ThreadSettings {
            archived: Some(true),
            ..ThreadSettings::default()
        },
        ..UpdateThread::default()
    };
    let threads = messaging.threads();
    threads.update(&maya, thread.id, archive).await.unwrap();
}

#[tokio::test]
async fn what_is_sent_fits_its_schema() {
    for (kind, document) in sent().await {
        let validator = validator(kind, true);
        if let Err(error) = validator.validate(&document) {
            panic!("{error}: {document:#}");
        }
        // Each field that must be there, taken away; and one of another type.
        for field in ["id", "time", "data"] {
            let mut wrong = document.clone();
            wrong.as_object_mut().unwrap().remove(field);
            assert!(!validator.is_valid(&wrong), "{kind} without {field}");
        }
        let data = document["data"].as_object().unwrap();
        for field in data.keys() {
            let mut wrong = document.clone();
            wrong["data"][field] = json!({ "no": "such" });
            assert!(!validator.is_valid(&wrong), "{kind} with another {field}");
        }
    }
}

/// An event of the platform, as it comes.
fn received(kind: &str) -> Value {
    let data = match kind {
        "safety.user.banned" => {
            json!({ "user_id": "ann", "reason": "fraud", "until": "2027-01-01T00:00:00Z" })
        }
        "marketplace.subscription.created" => json!({
            "subscription_id": "s-1", "user_id": "ann", "creator_id": "maya",
            "plan": { "kind": "messages", "messages": 100 },
            "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2027-01-01T00:00:00Z",
        }),
        "marketplace.credits.purchased" => {
            json!({ "purchase_id": "p-1", "user_id": "ann", "amount": 500, "currency": "EUR" })
        }
        "marketplace.price.set" => {
            json!({ "creator_id": "maya", "amount": 25, "currency": "EUR" })
        }
        "marketplace.quota.depleted" => json!({ "user_id": "ann", "creator_id": "maya" }),
        _ => json!({ "user_id": "ann" }),
    };
    json!({
        "specversion": "1.0", "id": kind, "source": "/platform", "type": kind,
        "time": "2026-01-02T03:04:05Z", "data": data,
    })
}

#[test]
fn what_is_received_fits_its_schema_and_what_does_not_is_refused_by_both() {
    let now = "2026-01-02T03:04:05Z".parse().unwrap();
    let reads = |document: &Value| read_event(document.to_string().as_bytes(), now).is_ok();
    for schema in schemas().into_iter().filter(|schema| !schema.is_sent) {
        let kind = schema.kind;
        let validator = validator(kind, false);
        let document = received(kind);
        if let Err(error) = validator.validate(&document) {
            panic!("{error}: {document:#}");
        }
        assert!(reads(&document), "{document:#}");
        for field in ["specversion", "id", "source", "data"] {
            let mut wrong = document.clone();
            wrong.as_object_mut().unwrap().remove(field);
            assert!(!validator.is_valid(&wrong), "{kind} without {field}");
            assert!(!reads(&wrong), "{kind} without {field}");
        }
        let data = document["data"].as_object().unwrap();
        for field in data.keys() {
            let mut wrong = document.clone();
            wrong["data"][field] = json!([true]);
            assert!(!validator.is_valid(&wrong), "{kind} with another {field}");
            assert!(!reads(&wrong), "{kind} with another {field}");
        }
    }
}
