//! The opening handshake of RFC 6455, section 4.2.

use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{
        CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
        SEC_WEBSOCKET_VERSION, UPGRADE,
    },
};
use messaging_core::error::Invalid;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use warp::{Reply, reply::Response};

use crate::{problem::ApiError, reply::Answer};

/// The one subprotocol that is spoken here.
const PROTOCOL: &str = "messaging.v1";
/// What stands before a token in the list of subprotocols, where alone a browser can put one.
const BEARER: &str = "bearer.";
/// The length of 16 bytes in base64.
const KEY_LEN: usize = 24;

/// Checks the request and finds its key.
pub(super) fn key(headers: &HeaderMap) -> Result<&HeaderValue, ApiError> {
    let asks =
        has_token(headers, &UPGRADE, "websocket") && has_token(headers, &CONNECTION, "upgrade");
    let version = headers.get(SEC_WEBSOCKET_VERSION);
    if !asks || version.is_none_or(|version| version != "13") {
        return Err(ApiError::UpgradeRequired);
    }
    let key = headers.get(SEC_WEBSOCKET_KEY);
    let key = key.filter(|key| key.len() == KEY_LEN && key.as_bytes().ends_with(b"=="));
    let missing = || Invalid::field("sec-websocket-key", "must be 16 bytes of base64");
    Ok(key.ok_or_else(missing)?)
}

fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    values(headers, name).any(|value| value.eq_ignore_ascii_case(token))
}

/// What a client offered.
#[derive(Debug, Default)]
pub(super) struct Subprotocols {
    /// The one to go on with.
    pub(super) selected: Option<&'static str>,
    /// A token that came along.
    pub(super) token: Option<String>,
}

/// Reads the pair `messaging.v1, bearer.<JWT>`, either of which may stand alone.
pub(super) fn subprotocols(headers: &HeaderMap) -> Subprotocols {
    let mut offered = Subprotocols::default();
    for value in values(headers, &SEC_WEBSOCKET_PROTOCOL) {
        if value == PROTOCOL {
            offered.selected = Some(PROTOCOL);
        } else if let Some(token) = value.strip_prefix(BEARER) {
            offered.token = Some(token.to_owned());
        }
    }
    offered
}

/// The answer that turns the connection over.
pub(super) fn response(key: &HeaderValue, protocol: Option<&'static str>) -> Answer {
    let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes()))
        .map_err(|_| ApiError::UpgradeRequired)?;
    let mut response: Response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    if let Some(protocol) = protocol {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(protocol));
    }
    Ok(response)
}
