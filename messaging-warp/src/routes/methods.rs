//! Methods that a known path does not take, and browsers that ask before they call.

use http::{HeaderValue, Method, StatusCode, header::ALLOW};
use warp::{Filter, Reply, path::FullPath, reply::Response};

use super::Route;
use crate::{
    Api, cors,
    problem::ApiError,
    request::{Request, request},
};

/// Every path and its methods. `*` stands for one segment.
pub(super) const PATHS: &[(&str, &str)] = &[
    ("/api/threads", "GET, HEAD, POST"),
    ("/api/threads/*", "GET, HEAD, PUT, DELETE"),
    ("/api/threads/*/participants/*", "PUT, DELETE"),
    ("/api/messages", "GET, HEAD, POST"),
    ("/api/messages/*", "PUT, DELETE"),
    ("/api/messages/*/reactions/*", "PUT, DELETE"),
    ("/api/tags", "GET, HEAD, POST"),
    ("/api/tags/*", "PUT, DELETE"),
    ("/api/tags/*/apply", "PUT"),
    ("/api/blocks", "GET, HEAD"),
    ("/api/blocks/*", "PUT, DELETE"),
    ("/api/sync", "GET, HEAD"),
    ("/api/quota", "GET, HEAD"),
    ("/api/events", "POST"),
    ("/health/live", "GET, HEAD"),
    ("/health/ready", "GET, HEAD"),
];

/// Comes after all others: what arrives here on a known path has a method that the path lacks.
pub(super) fn route(api: &Api) -> Route {
    warp::path::full()
        .and_then(|path: FullPath| {
            let methods = methods_of(path.as_str()).ok_or_else(warp::reject::not_found);
            std::future::ready(methods)
        })
        .and(request(api))
        .map(answer)
        .boxed()
}

fn methods_of(path: &str) -> Option<&'static str> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let known = PATHS.iter().find(|(pattern, _)| is_match(pattern, path));
    known.map(|(_, methods)| *methods)
}

fn is_match(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some("*"), Some(segment)) if !segment.is_empty() => {}
            (Some(wanted), Some(segment)) if wanted == segment => {}
            _ => return false,
        }
    }
}

fn answer(methods: &'static str, request: Request) -> Response {
    if request.method != Method::OPTIONS {
        let error = ApiError::MethodNotAllowed { allow: methods };
        return request.exchange.finish(Err(error), None);
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(ALLOW, HeaderValue::from_static(methods));
    if request.exchange.is_cross_origin() {
        cors::permit(headers, methods);
    }
    request.exchange.finish(Ok(response), None)
}
