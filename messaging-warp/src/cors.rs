//! Which pages of other origins may call, over HTTP and over WebSocket.

use http::{
    HeaderMap, HeaderValue,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HOST, ORIGIN, VARY,
    },
};

/// The origins that an operator allows: `https://app.example`, compared exactly.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins {
    allowed: Vec<HeaderValue>,
}

impl Origins {
    /// Takes those that can be an `Origin` header at all; others would never match.
    pub(crate) fn new<I>(origins: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        let origins = origins.into_iter().map(Into::into);
        let allowed = origins.filter_map(|origin| HeaderValue::try_from(origin).ok());
        Self {
            allowed: allowed.collect(),
        }
    }

    /// The request's origin, if it is on the list.
    pub(crate) fn matching(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get(ORIGIN)?;
        self.allowed.contains(origin).then(|| origin.clone())
    }

    /// Whether a socket may be opened: without an origin always (no browser), from the list, or,
    /// when there is no list, from the server's own host.
    pub(crate) fn admit_socket(&self, request: &HeaderMap) -> bool {
        match request.get(ORIGIN) {
            None => true,
            Some(origin) if self.allowed.is_empty() => is_own_host(origin, request.get(HOST)),
            Some(origin) => self.allowed.contains(origin),
        }
    }

    /// Whether answers depend on the request's origin.
    pub(crate) fn vary(&self) -> bool {
        !self.allowed.is_empty()
    }
}

fn is_own_host(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let origin = origin.to_str().unwrap_or_default();
    let host = host.and_then(|host| host.to_str().ok());
    match (origin.split_once("://"), host) {
        (Some((_, authority)), Some(host)) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

/// Lets a page of an allowed origin read an answer.
pub(crate) fn expose(response: &mut HeaderMap, origin: HeaderValue) {
    const EXPOSED: &str = "x-request-id, ratelimit, ratelimit-policy, retry-after";
    response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    response.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(EXPOSED),
    );
}

/// Tells a browser that asks first what it may do.
pub(crate) fn permit(response: &mut HeaderMap, methods: &'static str) {
    const HEADERS: &str = "authorization, content-type, x-request-id";
    response.insert(
        ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static(methods),
    );
    response.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static(HEADERS),
    );
    response.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
}

/// Keeps caches from giving one origin's answer to another.
pub(crate) fn vary_by_origin(response: &mut HeaderMap) {
    response.append(VARY, HeaderValue::from_static("origin"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(origin: Option<&'static str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("chat.example:8080"));
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_static(origin));
        }
        headers
    }

    #[test]
    fn without_a_list_sockets_come_from_the_own_host_only() {
        let origins = Origins::default();
        assert!(origins.admit_socket(&request(None)));
        assert!(origins.admit_socket(&request(Some("http://chat.example:8080"))));
        for other in [
            "http://chat.example",
            "http://evil.example",
            "null",
            "chat.example:8080",
        ] {
            assert!(!origins.admit_socket(&request(Some(other))), "{other}");
        }
    }

    #[test]
    fn with_a_list_only_what_is_on_it_matches_exactly() {
        let origins = Origins::new(["https://app.example"]);
        assert!(origins.admit_socket(&request(Some("https://app.example"))));
        assert!(
            origins
                .matching(&request(Some("https://app.example")))
                .is_some()
        );
        for other in [
            "http://app.example",
            "https://app.example.evil",
            "http://chat.example:8080",
        ] {
            assert!(!origins.admit_socket(&request(Some(other))), "{other}");
            assert!(origins.matching(&request(Some(other))).is_none(), "{other}");
        }
    }
}
