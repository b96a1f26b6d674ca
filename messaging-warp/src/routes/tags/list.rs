//! `GET /api/tags`

use warp::Filter;

use crate::{
    Api,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::{Route, get},
};

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "tags")
        .and(get())
        .and(request(api))
        .then(|request: Request| request.answer(list))
        .boxed()
}

async fn list(mut call: Call) -> Answer {
    let cursor = call.query.cursor();
    let size = call.query.page_size();
    call.query.check()?;
    let tags = call.messaging.tags();
    let page = tags.list(&call.caller, cursor.as_ref(), size).await?;
    Ok(reply::ok(&page))
}
