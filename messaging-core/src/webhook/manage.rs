//! Adding, changing and looking at endpoints.

use std::time::Duration;

use super::{Attempt, MAX_WEBHOOKS, Webhook, WebhookChange, WebhookSecret, WebhookState};
use crate::{
    error::{ErrorKind, Fault, FieldError, Invalid, StoreError},
    event::EventData,
    id::{Position, WebhookId},
    limits::check_chars,
    messaging::Messaging,
    page::{Cursor, InvalidCursor, Page, PageSize},
};

/// The longest address, in characters.
const MAX_URL: usize = 2000;
/// The longest description and reason, in characters.
const MAX_WORDS: usize = 200;

/// Which addresses are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WebhookPolicy {
    /// Addresses of `https`; who delivers refuses those that lead into private networks.
    #[default]
    Public,
    /// Also `http`, and any network: for tests, and where everything is one's own.
    Private,
}

/// A wish to add an endpoint. It is told what happens from then on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddWebhook {
    /// Where events are sent: an absolute `https` address without a user or a fragment.
    pub url: String,
    /// What operators call it: up to 200 characters.
    pub description: String,
    /// The types of events it is told; all when there are none.
    pub kinds: Vec<String>,
    /// What its deliveries are signed with: random bytes of the caller's.
    pub secret: WebhookSecret,
}

/// Why an endpoint was not added or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// A value that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A cursor of another list.
    #[error(transparent)]
    InvalidCursor(#[from] InvalidCursor),
    /// There is no such endpoint.
    #[error("no such webhook")]
    NoSuchWebhook,
    /// There are as many as there may be.
    #[error("there are {MAX_WEBHOOKS} webhooks at most")]
    TooMany,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for WebhookError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(error) => error.kind(),
            Self::InvalidCursor(error) => error.kind(),
            Self::NoSuchWebhook => ErrorKind::NotFound,
            Self::TooMany => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(error) => error.fields(),
            _ => &[],
        }
    }
}

/// Operations on webhooks. They are the application's: there is no caller to check.
#[derive(Debug, Clone, Copy)]
pub struct Webhooks<'a> {
    messaging: &'a Messaging,
}

impl<'a> Webhooks<'a> {
    pub(crate) fn new(messaging: &'a Messaging) -> Self {
        Self { messaging }
    }

    /// Adds an endpoint.
    pub async fn add(
        &self,
        wish: AddWebhook,
        policy: WebhookPolicy,
    ) -> Result<Webhook, WebhookError> {
        let mut faults = Vec::new();
        check_url(&wish.url, policy, &mut faults);
        check_chars("description", &wish.description, 0, MAX_WORDS, &mut faults);
        check_kinds(&wish.kinds, &mut faults);
        Invalid::check(faults)?;
        let store = self.messaging.store();
        let webhook = Webhook {
            id: WebhookId::from_uuid(self.messaging.ids().next_uuid()),
            url: wish.url,
            description: wish.description,
            kinds: wish.kinds,
            secret: wish.secret,
            former_secret: None,
            state: WebhookState::Active,
            cursor: store.log_bounds().await?.head,
            failing_since: None,
            epoch: 0,
            created_at: self.messaging.clock().now(),
        };
        store.add_webhook(webhook.clone()).await?;
        Ok(webhook)
    }

    /// Tells an endpoint other types of events; all when there are none.
    pub async fn set_kinds(
        &self,
        id: WebhookId,
        kinds: Vec<String>,
    ) -> Result<Webhook, WebhookError> {
        let mut faults = Vec::new();
        check_kinds(&kinds, &mut faults);
        Invalid::check(faults)?;
        self.change(id, WebhookChange::Kinds(kinds)).await
    }

    /// Tells an endpoint nothing more until it is resumed.
    pub async fn pause(&self, id: WebhookId, reason: &str) -> Result<Webhook, WebhookError> {
        let reason = reason.chars().take(MAX_WORDS).collect();
        self.change(id, WebhookChange::Pause { reason }).await
    }

    /// Tells an endpoint what it has missed, and goes on.
    pub async fn resume(&self, id: WebhookId) -> Result<Webhook, WebhookError> {
        self.change(id, WebhookChange::Resume).await
    }

    /// Gives an endpoint another secret. Deliveries are signed with both for a while, so that the
    /// endpoint can change over without losing any.
    pub async fn rotate(
        &self,
        id: WebhookId,
        secret: WebhookSecret,
        overlap: Duration,
    ) -> Result<Webhook, WebhookError> {
        let until = self.messaging.clock().now().after(overlap);
        self.change(id, WebhookChange::Rotate { secret, until })
            .await
    }

    /// Tells an endpoint everything after a position again, as far as the log is kept.
    pub async fn replay(&self, id: WebhookId, after: Position) -> Result<Webhook, WebhookError> {
        let bounds = self.messaging.store().log_bounds().await?;
        if after > bounds.head {
            let message = format!("must be at most {}", bounds.head);
            return Err(Invalid::field("position", message).into());
        }
        let kept = after.max(bounds.pruned);
        self.change(id, WebhookChange::Replay(kept)).await
    }

    async fn change(&self, id: WebhookId, change: WebhookChange) -> Result<Webhook, WebhookError> {
        let now = self.messaging.clock().now();
        let store = self.messaging.store();
        store.change_webhook(id, change, now).await
    }

    /// Removes an endpoint, and what was noted of it.
    pub async fn remove(&self, id: WebhookId) -> Result<(), WebhookError> {
        if self.messaging.store().remove_webhook(id).await? {
            Ok(())
        } else {
            Err(WebhookError::NoSuchWebhook)
        }
    }

    /// All endpoints, by id.
    pub async fn list(&self) -> Result<Vec<Webhook>, StoreError> {
        self.messaging.store().list_webhooks().await
    }

    /// One endpoint.
    pub async fn lookup(&self, id: WebhookId) -> Result<Webhook, WebhookError> {
        let mut all = self.list().await?.into_iter();
        let found = all.find(|webhook| webhook.id == id);
        found.ok_or(WebhookError::NoSuchWebhook)
    }

    /// The tries of an endpoint, the newest first.
    pub async fn attempts(
        &self,
        id: WebhookId,
        cursor: Option<&Cursor>,
        size: PageSize,
    ) -> Result<Page<Attempt>, WebhookError> {
        let scope = format!("attempts {id}");
        let before: Option<i64> = cursor.map(|cursor| cursor.decode(&scope)).transpose()?;
        let store = self.messaging.store();
        let attempts = store.list_attempts(id, before, size).await?;
        Ok(Page::cut(attempts, size, |attempt| {
            Cursor::encode(&scope, &attempt.number)
        }))
    }
}

fn check_url(text: &str, policy: WebhookPolicy, faults: &mut Vec<FieldError>) {
    let mut complain = |message: &'static str| {
        faults.push(FieldError {
            field: "url".into(),
            message: message.into(),
        });
    };
    if text.chars().count() > MAX_URL {
        return complain("must be 1 to 2000 characters");
    }
    let Ok(url) = url::Url::parse(text) else {
        return complain("must be an absolute address");
    };
    match (url.scheme(), policy) {
        ("https", _) | ("http", WebhookPolicy::Private) => {}
        (_, WebhookPolicy::Public) => complain("must be of https"),
        (_, WebhookPolicy::Private) => complain("must be of https or http"),
    }
    if url.host().is_none() {
        complain("must name a host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        complain("must not hold a user or a password");
    }
    if url.fragment().is_some() {
        complain("must not have a fragment");
    }
}

fn check_kinds(kinds: &[String], faults: &mut Vec<FieldError>) {
    for (index, kind) in kinds.iter().enumerate() {
        if !EventData::KINDS.contains(&kind.as_str()) || kinds[..index].contains(kind) {
            faults.push(FieldError {
                field: format!("types[{index}]").into(),
                message: format!("must be one of {}, once", EventData::KINDS.join(", ")).into(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        let fault = |text: &str, policy| {
            let mut faults = Vec::new();
            check_url(text, policy, &mut faults);
            faults.first().map(|fault| fault.message.to_string())
        };
        let public = |text| fault(text, WebhookPolicy::Public);
        assert_eq!(public("https://example.com/hook?a=b"), None);
        assert_eq!(public("http://example.com").unwrap(), "must be of https");
        assert_eq!(
            public("example.com").unwrap(),
            "must be an absolute address"
        );
        assert_eq!(
            public("https://ann:pass@example.com").unwrap(),
            "must not hold a user or a password"
        );
        assert_eq!(
            public("https://example.com#x").unwrap(),
            "must not have a fragment"
        );
        assert_eq!(
            fault("http://127.0.0.1:9/hook", WebhookPolicy::Private),
            None
        );
        assert!(fault("ftp://example.com", WebhookPolicy::Private).is_some());
    }
}
