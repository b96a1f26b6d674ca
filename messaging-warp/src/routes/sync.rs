//! `GET /api/sync`: what a client that was away has missed.

use messaging_core::{page::Cursor, realtime::Frame};
use serde::Serialize;
use warp::Filter;

use super::{Route, get};
use crate::{
    Api,
    reply::{self, Answer},
    request::{Call, Request, request},
};

#[derive(Serialize)]
struct SyncOut<'a> {
    events: &'a [Frame],
    cursor: &'a Cursor,
    more: bool,
}

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "sync")
        .and(get())
        .and(request(api))
        .then(|request: Request| request.answer(sync))
        .boxed()
}

async fn sync(mut call: Call) -> Answer {
    let cursor = call.query.cursor();
    let size = call.query.page_size();
    call.query.check()?;
    let events = call.messaging.events();
    let page = events.sync(&call.caller, cursor.as_ref(), size).await?;
    Ok(reply::ok(&SyncOut {
        events: &page.events,
        cursor: &page.cursor,
        more: page.more,
    }))
}
