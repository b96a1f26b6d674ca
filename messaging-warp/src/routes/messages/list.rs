//! `GET /api/messages`

use messaging_core::{
    message::{ListMessages, MessageOut},
    page::{Cursor, Page},
};
use serde::Serialize;
use warp::Filter;

use crate::{
    Api,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::{Route, get},
};

#[derive(Serialize)]
struct PageOut<'a> {
    items: Vec<MessageOut<'a>>,
    next_cursor: &'a Option<Cursor>,
}

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "messages")
        .and(get())
        .and(request(api))
        .then(|request: Request| request.answer(list))
        .boxed()
}

async fn list(mut call: Call) -> Answer {
    let (before_seq, after_seq) = (call.query.seq("before_seq"), call.query.seq("after_seq"));
    let (cursor, size) = (call.query.cursor(), call.query.page_size());
    let wish = ListMessages {
        thread_id: call.query.require("thread_id")?,
        before_seq,
        after_seq,
        cursor,
        size,
    };
    let messages = call.messaging.messages();
    let Page { items, next_cursor } = messages.list(&call.caller, &wish).await?;
    let shown = items.iter().map(|m| m.shown_to(&call.caller));
    Ok(reply::ok(&PageOut {
        items: shown.collect(),
        next_cursor: &next_cursor,
    }))
}
