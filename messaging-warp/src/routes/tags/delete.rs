//! `DELETE /api/tags/:id`

use messaging_core::id::TagId;
use warp::Filter;

use crate::{
    Api,
    path::Segment,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::Route,
};

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "tags" / Segment)
        .and(warp::delete())
        .and(request(api))
        .then(|tag, request: Request| request.answer(|call| delete(call, tag)))
        .boxed()
}

async fn delete(call: Call, tag: Segment) -> Answer {
    let tag_id: TagId = tag.read("id")?;
    call.messaging.tags().delete(&call.caller, tag_id).await?;
    Ok(reply::no_content())
}
