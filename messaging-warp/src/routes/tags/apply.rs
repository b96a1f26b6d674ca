//! `PUT /api/tags/:id/apply`

use messaging_core::id::{TagId, ThreadId};
use serde::Deserialize;
use warp::Filter;

use crate::{
    Api,
    path::Segment,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::Route,
};

#[derive(Deserialize)]
struct ApplyTagIn {
    thread_id: ThreadId,
    #[serde(default)]
    applied: Option<bool>,
}

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "tags" / Segment / "apply")
        .and(warp::put())
        .and(request(api))
        .then(|tag, request: Request| request.answer(|call| apply(call, tag)))
        .boxed()
}

async fn apply(mut call: Call, tag: Segment) -> Answer {
    let tag_id: TagId = tag.read("id")?;
    let wish: ApplyTagIn = call.json().await?;
    let applied = wish.applied.unwrap_or(true);
    let tags = call.messaging.tags();
    let tag = tags
        .apply(&call.caller, tag_id, wish.thread_id, applied)
        .await?;
    Ok(reply::ok(&tag))
}
