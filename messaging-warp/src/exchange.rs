//! What every answer of ours bears, whoever asked and whatever came of it.

use http::{HeaderMap, HeaderValue, Method};
use messaging_core::rate_limit::RateDecision;
use warp::{path::FullPath, reply::Response};

use crate::{Api, admission, cors, problem, reply::Answer};

const REQUEST_ID: &str = "x-request-id";
const MAX_REQUEST_ID: usize = 64;

/// One request and the answer it will have.
#[derive(Debug)]
pub(crate) struct Exchange {
    request_id: String,
    origin: Option<HeaderValue>,
    vary_by_origin: bool,
    span: tracing::Span,
}

impl Exchange {
    /// Names the request: by its own id when that is sane, else by a new one.
    pub(crate) fn new(api: &Api, method: &Method, path: &FullPath, headers: &HeaderMap) -> Self {
        let own = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
        let request_id = match own.filter(|id| is_sane(id)) {
            Some(id) => id.to_owned(),
            None => api.messaging().ids().next_uuid().to_string(),
        };
        let path = path.as_str();
        Self {
            span: tracing::info_span!("request", id = %request_id, %method, path),
            request_id,
            origin: api.origins().matching(headers),
            vary_by_origin: api.origins().vary(),
        }
    }

    /// What everything done for this request is logged under.
    pub(crate) fn span(&self) -> tracing::Span {
        self.span.clone()
    }

    /// Whether a page of the request's origin may read the answer.
    pub(crate) fn is_cross_origin(&self) -> bool {
        self.origin.is_some()
    }

    /// The answer with all that belongs to it.
    pub(crate) fn finish(self, answer: Answer, rate: Option<&RateDecision>) -> Response {
        let mut response =
            answer.unwrap_or_else(|error| problem::response(&error, &self.request_id));
        tracing::debug!(parent: &self.span, status = response.status().as_u16(), "answered");
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::try_from(self.request_id) {
            headers.insert(REQUEST_ID, id);
        }
        if let Some(rate) = rate {
            admission::describe(rate, headers);
        }
        if let Some(origin) = self.origin {
            cors::expose(headers, origin);
        }
        if self.vary_by_origin {
            cors::vary_by_origin(headers);
        }
        response
    }
}

fn is_sane(id: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=MAX_REQUEST_ID).contains(&id.len()) && id.bytes().all(fits)
}
