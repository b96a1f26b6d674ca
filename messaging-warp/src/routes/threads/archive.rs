//! `DELETE /api/threads/:id`: puts it away for the caller.

use messaging_core::id::ThreadId;
use warp::Filter;

use crate::{
    Api,
    path::Segment,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::Route,
};

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "threads" / Segment)
        .and(warp::delete())
        .and(request(api))
        .then(|thread, request: Request| request.answer(|call| archive(call, thread)))
        .boxed()
}

async fn archive(call: Call, thread: Segment) -> Answer {
    let thread_id: ThreadId = thread.read("id")?;
    let threads = call.messaging.threads();
    threads.archive(&call.caller, thread_id).await?;
    Ok(reply::no_content())
}
