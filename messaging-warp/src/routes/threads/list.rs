//! `GET /api/threads`

use messaging_core::thread::{ListThreads, ThreadFilter};
use warp::Filter;

use crate::{
    Api,
    query::Query,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::{Route, get},
};

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "threads")
        .and(get())
        .and(request(api))
        .then(|request: Request| request.answer(list))
        .boxed()
}

async fn list(mut call: Call) -> Answer {
    let wish = ListThreads {
        filter: filter(&mut call.query),
        cursor: call.query.cursor(),
        size: call.query.page_size(),
    };
    call.query.check()?;
    let page = call.messaging.threads().list(&call.caller, &wish).await?;
    Ok(reply::ok(&page))
}

/// `?archived=false|true|all&tag=&unread=true`; without `archived`, those that are not.
fn filter(query: &mut Query) -> ThreadFilter {
    let archived = query.read_with("archived", |text| match text {
        "true" => Ok(Some(true)),
        "false" => Ok(Some(false)),
        "all" => Ok(None),
        _ => Err("must be true, false or all"),
    });
    ThreadFilter {
        archived: archived.unwrap_or(Some(false)),
        tag: query.read("tag"),
        unread: query.flag("unread").unwrap_or(false),
    }
}
