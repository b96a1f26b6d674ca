//! `GET /ws/messaging`: connections that become sessions.
//!
//! The upgrade is done here and not by warp, whose sockets hide the read buffer's size: 128 KiB that
//! every idle connection would hold on to.

mod command;
mod handshake;
mod metered;
mod outgoing;
mod socket;
mod sockets;

use http::{HeaderMap, Method};
use hyper::upgrade::OnUpgrade;
use messaging_core::{error::ErrorKind, realtime::Opening};
use warp::{Filter, reply::Response};

use crate::{
    Api, admission,
    problem::ApiError,
    query::Query,
    reply::Answer,
    request::{Request, request},
    routes::Route,
};

pub(crate) use sockets::Sockets;

pub(crate) fn route(api: &Api) -> Route {
    warp::path!("ws" / "messaging")
        .and(request(api))
        .and(warp::ext::optional())
        .map(upgrade)
        .boxed()
}

fn upgrade(request: Request, on_upgrade: Option<OnUpgrade>) -> Response {
    let Request {
        api,
        method,
        headers,
        query,
        exchange,
        ..
    } = request;
    let answer = match (method, on_upgrade) {
        (Method::GET, Some(on_upgrade)) => accept(&api, &headers, &query, on_upgrade),
        (Method::GET, None) => Err(ApiError::UpgradeRequired),
        _ => Err(ApiError::MethodNotAllowed { allow: "GET" }),
    };
    exchange.finish(answer, None)
}

/// Opens a socket, whoever asks: the session finds out who it is, and tells a browser by a close
/// code, which is all that a page gets to see.
fn accept(api: &Api, headers: &HeaderMap, query: &Query, on_upgrade: OnUpgrade) -> Answer {
    let key = handshake::key(headers)?;
    if !api.origins().admit_socket(headers) {
        let detail = "pages of this origin may not connect";
        return Err(ApiError::new(ErrorKind::Forbidden, detail));
    }
    let subprotocols = handshake::subprotocols(headers);
    let token = admission::bearer(headers).map(str::to_owned);
    let opening = Opening {
        token: token.or(subprotocols.token),
        cursor: query.cursor(),
    };
    api.sockets()
        .open(api.gateway().clone(), opening, on_upgrade)?;
    handshake::response(key, subprotocols.selected)
}
