//! One try to deliver one event.

use std::{sync::Arc, time::Duration};

use messaging_core::{
    Messaging, clock::Timestamp, error::StoreError, event::DomainEvent, id::Position,
    webhook::Webhook,
};

use super::queue::Work;
use crate::{Answer, Delivery, SendFailure, Sender, sign::signatures};

/// A try and what came of it.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) work: Work,
    pub(super) kind: &'static str,
    pub(super) at: Timestamp,
    pub(super) took: Duration,
    pub(super) outcome: Outcome,
}

#[derive(Debug)]
pub(super) enum Outcome {
    /// The endpoint has taken it.
    Taken(u16),
    /// It has not.
    Refused {
        status: Option<u16>,
        retry_after: Option<Duration>,
        error: String,
    },
    /// The log no longer has the event.
    Gone,
    /// The store could not be read: that is no fault of the endpoint's.
    Unread(StoreError),
}

/// Tries once.
pub(super) async fn deliver(
    messaging: Messaging,
    sender: Arc<dyn Sender>,
    webhook: Arc<Webhook>,
    source: Arc<str>,
    work: Work,
) -> Tried {
    let at = messaging.clock().now();
    let (kind, outcome) = match event(&messaging, &work).await {
        Ok(Some(event)) => {
            let outcome = send(&*sender, &webhook, &source, &event, at).await;
            (event.kind(), outcome)
        }
        Ok(None) => ("", Outcome::Gone),
        Err(error) => ("", Outcome::Unread(error)),
    };
    Tried {
        work,
        kind,
        at,
        took: messaging.clock().now().since(at),
        outcome,
    }
}

/// The event, from the log when it is not at hand.
async fn event(messaging: &Messaging, work: &Work) -> Result<Option<DomainEvent>, StoreError> {
    if let Some(event) = &work.event {
        return Ok(Some(event.clone()));
    }
    let before = Position::new(work.position.get() - 1);
    let entries = messaging.store().read_log(before, 1).await?;
    let entry = entries.first();
    let entry = entry.filter(|entry| entry.position == work.position);
    Ok(entry.and_then(DomainEvent::of))
}

async fn send(
    sender: &dyn Sender,
    webhook: &Webhook,
    source: &str,
    event: &DomainEvent,
    at: Timestamp,
) -> Outcome {
    let refused = |error: String| Outcome::Refused {
        status: None,
        retry_after: None,
        error,
    };
    let id = event.position.to_string();
    let Ok(body) = serde_json::to_vec(&event.to_cloud_event(source)) else {
        return refused("the event cannot be written".to_owned());
    };
    let Some(signature) = signatures(webhook, &id, at, &body) else {
        return refused("the event cannot be signed".to_owned());
    };
    let delivery = Delivery {
        url: webhook.url.clone(),
        id,
        timestamp: at.as_millis() / 1000,
        signature,
        body: body.into(),
    };
    match sender.send(delivery).await {
        Ok(Answer {
            status: status @ 200..=299,
            ..
        }) => Outcome::Taken(status),
        Ok(Answer {
            status,
            retry_after,
        }) => Outcome::Refused {
            status: Some(status),
            retry_after,
            error: format!("answered {status}"),
        },
        Err(failure) => refused(words(&failure)),
    }
}

/// A failure for the attempt log: short, and on one line.
fn words(failure: &SendFailure) -> String {
    let words = failure.to_string();
    let words = words.chars().filter(|c| !c.is_control());
    words.take(200).collect()
}
