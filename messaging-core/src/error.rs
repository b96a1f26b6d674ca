//! What can go wrong, in the terms every operation shares.
//!
//! Each operation has an error enum of its own beside its verb. They all implement [`Fault`], which
//! is what a transport needs: a kind to choose a status by, a stable code, and the fields at fault.

use std::{borrow::Cow, error::Error, fmt};

use serde::Serialize;

/// The kinds of failure a caller can tell apart. A transport maps each to its own status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value does not parse or is out of range.
    InvalidRequest,
    /// A cursor that this library did not give, or not for this list.
    InvalidCursor,
    /// Nobody is known to be asking.
    Unauthenticated,
    /// The caller sees the object but may not do this.
    Forbidden,
    /// Nothing that the caller has paid for covers it.
    QuotaExhausted,
    /// The caller is banned or deactivated.
    UserDisabled,
    /// A recipient has blocked the caller, or is banned or deactivated.
    RecipientUnavailable,
    /// It does not exist, as far as the caller may know.
    NotFound,
    /// It contradicts what is already there.
    Conflict,
    /// More bytes than are taken.
    PayloadTooLarge,
    /// A body of a type that is not taken.
    UnsupportedMediaType,
    /// Moderation rejects it.
    MessageRejected,
    /// More often than is allowed.
    RateLimited,
    /// A defect on this side.
    Internal,
    /// Storage cannot be reached or is saturated.
    Unavailable,
    /// It cannot be judged now, and must be.
    ModerationUnavailable,
}

impl ErrorKind {
    /// The stable code that clients match on.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidCursor => "invalid_cursor",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::QuotaExhausted => "quota_exhausted",
            Self::UserDisabled => "user_disabled",
            Self::RecipientUnavailable => "recipient_unavailable",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::PayloadTooLarge => "payload_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::MessageRejected => "message_rejected",
            Self::RateLimited => "rate_limited",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::ModerationUnavailable => "moderation_unavailable",
        }
    }
}

/// What a failure says beside its kind and its words: extension members of RFC 9457, by name.
pub type Extensions = serde_json::Map<String, serde_json::Value>;

/// What every operation's error can say about itself.
pub trait Fault: Error {
    /// Which of the shared kinds this is.
    fn kind(&self) -> ErrorKind;

    /// The fields at fault, when a request's own values are.
    fn fields(&self) -> &[FieldError] {
        &[]
    }

    /// What else a client can make use of.
    fn extensions(&self) -> Extensions {
        Extensions::new()
    }
}

/// One field of a request that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's path, as the client wrote it: `content.text`, `participants[1]`.
    pub field: Cow<'static, str>,
    /// What it must be.
    pub message: Cow<'static, str>,
}

/// One or more fields of a request that cannot be taken as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    fields: Vec<FieldError>,
}

impl Invalid {
    /// One field and what it must be.
    pub fn field(
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            fields: vec![FieldError {
                field: field.into(),
                message: message.into(),
            }],
        }
    }

    /// `Ok` when there is nothing to complain of.
    pub fn check(fields: Vec<FieldError>) -> Result<(), Self> {
        if fields.is_empty() {
            Ok(())
        } else {
            Err(Self { fields })
        }
    }

    /// The same of an object that stands in the field `parent` of another. What is said of the whole
    /// object, under its parent's name, stays as it is.
    #[must_use]
    pub fn within(mut self, parent: &str) -> Self {
        for FieldError { field, .. } in &mut self.fields {
            if field != parent {
                *field = format!("{parent}.{field}").into();
            }
        }
        self
    }

    /// The fields, in the order they were found.
    pub fn fields(&self) -> &[FieldError] {
        &self.fields
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, field) in self.fields.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{} {}", field.field, field.message)?;
        }
        Ok(())
    }
}

impl Error for Invalid {}

impl Fault for Invalid {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidRequest
    }

    fn fields(&self) -> &[FieldError] {
        &self.fields
    }
}

/// Why a store could not do its part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Storage cannot be reached or is saturated. For a write: nothing was written, or (when the
    /// connection broke inside the commit itself) it is unknown, and the same call with the same
    /// idempotency key finds out.
    #[error("storage is unavailable: {0}")]
    Unavailable(String),
    /// A row contradicts the schema or another row.
    #[error("stored {entity} {id} is inconsistent")]
    Corrupt {
        /// Table and column, or the noun.
        entity: &'static str,
        /// Which one.
        id: String,
    },
    /// The technology below failed in a way that this library does not expect.
    #[error("storage failed")]
    Backend(#[source] Box<dyn Error + Send + Sync>),
}

impl StoreError {
    /// Wraps an unexpected failure of the technology below.
    pub fn backend(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Backend(source.into())
    }
}

impl Fault for StoreError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unavailable(_) => ErrorKind::Unavailable,
            Self::Corrupt { .. } | Self::Backend(_) => ErrorKind::Internal,
        }
    }
}
