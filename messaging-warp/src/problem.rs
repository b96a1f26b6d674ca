//! The one place that knows which failure has which status.
//!
//! Problem documents are RFC 9457; their codes are the core's, so REST and sockets speak of the same
//! failures in the same words.

use std::time::Duration;

use http::{
    HeaderValue, StatusCode,
    header::{ALLOW, CONNECTION, RETRY_AFTER, SEC_WEBSOCKET_VERSION, UPGRADE, WWW_AUTHENTICATE},
};
use messaging_core::{
    error::{ErrorKind, Extensions, Fault, FieldError},
    realtime::Failure,
};
use serde::Serialize;
use warp::reply::Response;

use crate::reply;

/// Why a request is not answered as asked.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// The core, or a value on the way to it, says why.
    Failed(Failure),
    /// The path is known, the method is not one of its own.
    MethodNotAllowed {
        /// Those that are, as in the header `Allow`.
        allow: &'static str,
    },
    /// A path that speaks WebSocket only.
    UpgradeRequired,
    /// The body did not arrive in time.
    BodyTimeout,
}

impl ApiError {
    /// A failure in words fit for the client.
    pub(crate) fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self::Failed(Failure::new(kind, detail))
    }
}

impl<E: Fault> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self::Failed(Failure::of(&error))
    }
}

/// The wire form of a failure.
#[derive(Debug, Serialize)]
pub(crate) struct Problem<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    /// Whole seconds to wait before the next try: over a socket there is no header to say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(flatten)]
    extensions: Option<&'a Extensions>,
}

impl<'a> Problem<'a> {
    /// The problem of a failure that no single request stands behind.
    pub(crate) fn of(failure: &'a Failure) -> Self {
        let (status, title) = status_of(failure.kind);
        Self {
            kind: format!("urn:messaging:{}", failure.kind.code()),
            title,
            status: status.as_u16(),
            detail: &failure.detail,
            code: failure.kind.code(),
            errors: &failure.fields,
            retry_after: wait(failure).map(whole_seconds),
            request_id: None,
            extensions: Some(&failure.extensions),
        }
    }

    /// The problem of a failure that only HTTP knows.
    fn http(status: StatusCode, code: &'static str, title: &'static str, detail: &'a str) -> Self {
        Self {
            kind: format!("urn:messaging:{code}"),
            title,
            status: status.as_u16(),
            detail,
            code,
            errors: &[],
            retry_after: None,
            request_id: None,
            extensions: None,
        }
    }

    fn into_response(self, request_id: &'a str) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or_default();
        let problem = Self {
            request_id: Some(request_id),
            ..self
        };
        let mut response = reply::json(status, &problem);
        let media_type = HeaderValue::from_static("application/problem+json");
        let headers = response.headers_mut();
        headers.insert(http::header::CONTENT_TYPE, media_type);
        response
    }
}

/// The answer that tells of `error`.
pub(crate) fn response(error: &ApiError, request_id: &str) -> Response {
    match error {
        ApiError::Failed(failure) => failed(failure, request_id),
        ApiError::MethodNotAllowed { allow } => {
            let status = StatusCode::METHOD_NOT_ALLOWED;
            let detail = format!("this path takes {allow}");
            let problem =
                Problem::http(status, "method_not_allowed", "Method not allowed", &detail);
            let mut response = problem.into_response(request_id);
            let headers = response.headers_mut();
            headers.insert(ALLOW, HeaderValue::from_static(allow));
            response
        }
        ApiError::UpgradeRequired => {
            let detail = "this path speaks WebSocket, version 13, over HTTP/1.1";
            let status = StatusCode::UPGRADE_REQUIRED;
            let problem = Problem::http(status, "upgrade_required", "Upgrade required", detail);
            let mut response = problem.into_response(request_id);
            let headers = response.headers_mut();
            headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
            headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            response
        }
        ApiError::BodyTimeout => {
            let detail = "the body did not arrive in time";
            let status = StatusCode::REQUEST_TIMEOUT;
            Problem::http(status, "request_timeout", "Request timeout", detail)
                .into_response(request_id)
        }
    }
}

fn failed(failure: &Failure, request_id: &str) -> Response {
    let mut response = Problem::of(failure).into_response(request_id);
    let headers = response.headers_mut();
    if failure.kind == ErrorKind::Unauthenticated {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(wait) = wait(failure) {
        headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
    }
    response
}

/// How long to wait before the next try, when that helps.
fn wait(failure: &Failure) -> Option<Duration> {
    match failure.kind {
        ErrorKind::Unavailable | ErrorKind::ModerationUnavailable => {
            failure.retry_after.or(Some(Duration::from_secs(1)))
        }
        _ => failure.retry_after,
    }
}

/// Seconds to wait, rounded up, so that who waits as told is not too early.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    let rounding = u64::from(wait.subsec_nanos() > 0);
    (wait.as_secs() + rounding).max(1)
}

fn status_of(kind: ErrorKind) -> (StatusCode, &'static str) {
    match kind {
        ErrorKind::InvalidRequest => (StatusCode::BAD_REQUEST, "Invalid request"),
        ErrorKind::InvalidCursor => (StatusCode::BAD_REQUEST, "Invalid cursor"),
        ErrorKind::Unauthenticated => (StatusCode::UNAUTHORIZED, "Unauthenticated"),
        ErrorKind::QuotaExhausted => (StatusCode::PAYMENT_REQUIRED, "Quota exhausted"),
        ErrorKind::Forbidden => (StatusCode::FORBIDDEN, "Forbidden"),
        ErrorKind::UserDisabled => (StatusCode::FORBIDDEN, "User disabled"),
        ErrorKind::RecipientUnavailable => (StatusCode::FORBIDDEN, "Recipient unavailable"),
        ErrorKind::NotFound => (StatusCode::NOT_FOUND, "Not found"),
        ErrorKind::Conflict => (StatusCode::CONFLICT, "Conflict"),
        ErrorKind::PayloadTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Payload too large"),
        ErrorKind::UnsupportedMediaType => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type")
        }
        ErrorKind::MessageRejected => (StatusCode::UNPROCESSABLE_ENTITY, "Message rejected"),
        ErrorKind::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "Rate limited"),
        ErrorKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Unavailable"),
        ErrorKind::ModerationUnavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, "Moderation unavailable")
        }
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "Internal error"),
    }
}
