//! Answers with and without a body.

use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use serde::Serialize;
use warp::{Reply, reply::Response};

use crate::problem::ApiError;

/// What a handler comes to.
pub(crate) type Answer = Result<Response, ApiError>;

/// A JSON body.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    // Wire forms are structs of strings and numbers: they always serialise.
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    let mut response = Response::new(bytes.into());
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

/// A JSON body with status 200.
pub(crate) fn ok(body: &impl Serialize) -> Response {
    json(StatusCode::OK, body)
}

/// A JSON body with status 202.
pub(crate) fn accepted(body: &impl Serialize) -> Response {
    json(StatusCode::ACCEPTED, body)
}

/// A JSON body with status 201 when something is new, else 200.
pub(crate) fn created(new: bool, body: &impl Serialize) -> Response {
    let status = if new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    json(status, body)
}

/// Done, and nothing to say.
pub(crate) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
