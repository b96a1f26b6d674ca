//! Quotas through the front door: what an embedding application calls, and a policy of its own.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use messaging_core::{
    Messaging,
    caller::{Caller, Role},
    error::{ErrorKind, Fault},
    id::ThreadId,
    memory::MemoryStore,
    message::{SendError, SendMessage, Sent},
    platform::{EventKey, PlatformChange, PlatformEvent},
    quota::{
        Allowance, Grant, QuotaChange, QuotaMode, QuotaPolicy, Scope, Sending, StandardPolicy,
    },
    testkit::{ManualClock, text, user},
    thread::{CreateThread, Invitee, Metadata, ThreadKind},
};

/// In a group whoever is a client pays who opened it; the rest is as usual.
#[derive(Debug)]
struct GroupsArePaid;

impl QuotaPolicy for GroupsArePaid {
    fn payee(&self, sending: &Sending<'_>) -> Option<Scope> {
        match (sending.kind, sending.sender_role) {
            (ThreadKind::Group, Role::Client) => Some(Scope::Creator(sending.opener.clone())),
            _ => StandardPolicy.payee(sending),
        }
    }
}

fn messaging(mode: QuotaMode) -> Messaging {
    let builder = Messaging::builder(MemoryStore::new()).clock(ManualClock::default());
    builder.quota(mode).build()
}

fn ann() -> Caller {
    Caller::new(user("ann"), Role::Client)
}

fn maya() -> Caller {
    Caller::new(user("maya"), Role::Creator)
}

/// A group that Maya opened with Ann.
async fn group(messaging: &Messaging) -> ThreadId {
    let wish = CreateThread {
        participants: vec![Invitee {
            user_id: user("ann"),
            role: None,
        }],
        kind: Some(ThreadKind::Group),
        title: None,
        metadata: Metadata::new(),
        message: None,
    };
    let created = messaging.threads().create(&maya(), wish).await;
    created.unwrap().thread.id
}

async fn send(
    messaging: &Messaging,
    caller: &Caller,
    thread_id: ThreadId,
    client_id: &str,
) -> Result<Sent, SendError> {
    let wish = SendMessage {
        thread_id,
        client_id: client_id.to_owned(),
        content: text("hello"),
        reply_to: None,
    };
    messaging.messages().send(caller, wish).await
}

fn grant(messaging: &Messaging, messages: i64) -> Grant {
    let now = messaging.clock().now();
    Grant {
        id: "s-1".to_owned(),
        user_id: user("ann"),
        scope: Scope::Creator(user("maya")),
        allowance: Allowance::Messages(messages),
        starts_at: now,
        ends_at: now.after(std::time::Duration::from_hours(1)),
    }
}

#[tokio::test]
async fn a_group_is_paid_by_the_policy_of_the_application() {
    let usual = messaging(QuotaMode::Enforce);
    let thread = group(&usual).await;
    send(&usual, &ann(), thread, "1").await.unwrap();

    let own = messaging(QuotaMode::by(GroupsArePaid));
    let thread = group(&own).await;
    let refused = send(&own, &ann(), thread, "1").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::QuotaExhausted);
    assert_eq!(refused.extensions()["creator_id"], "maya");
    let change = QuotaChange::Grant(grant(&own, 1));
    own.quotas().change(change).await.unwrap();
    send(&own, &ann(), thread, "1").await.unwrap();
    assert!(send(&own, &ann(), thread, "2").await.is_err());
    send(&own, &maya(), thread, "1").await.unwrap();
}

#[tokio::test]
async fn an_event_by_a_call_is_checked_as_one_over_the_wire_is() {
    let messaging = messaging(QuotaMode::Enforce);
    let mut impossible = grant(&messaging, 0);
    impossible.ends_at = impossible.starts_at;
    let event = PlatformEvent {
        key: EventKey {
            source: "/shop".to_owned(),
            id: "1".to_owned(),
        },
        happened_at: messaging.clock().now(),
        change: PlatformChange::Quota(QuotaChange::Grant(impossible)),
    };
    let refused = messaging.platform().receive(event).await.unwrap_err();
    let fields: Vec<&str> = refused.fields().iter().map(|one| &*one.field).collect();
    assert_eq!(fields, ["plan.messages", "ends_at"]);
}

#[tokio::test]
async fn quotas_that_are_off_are_told_to_nobody() {
    let messaging = messaging(QuotaMode::Off);
    let refused = messaging.quotas().get(&ann(), None).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    let quota = messaging.quotas().of(&user("ann"), Scope::All).await;
    assert_eq!(quota.unwrap().remaining, 0);
}
