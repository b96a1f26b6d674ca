//! `PUT /api/tags/:id`

use messaging_core::{id::TagId, json::given, tag::TagUpdate};
use serde::Deserialize;
use warp::Filter;

use crate::{
    Api,
    path::Segment,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::Route,
};

/// `null` clears a color.
#[derive(Deserialize)]
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three things"
)]
struct UpdateTagIn {
    #[serde(default)]
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    color: Option<Option<String>>,
}

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "tags" / Segment)
        .and(warp::put())
        .and(request(api))
        .then(|tag, request: Request| request.answer(|call| update(call, tag)))
        .boxed()
}

async fn update(mut call: Call, tag: Segment) -> Answer {
    let tag_id: TagId = tag.read("id")?;
    let wish: UpdateTagIn = call.json().await?;
    let update = TagUpdate {
        name: wish.name,
        color: wish.color,
    };
    let tags = call.messaging.tags();
    let tag = tags.update(&call.caller, tag_id, update).await?;
    Ok(reply::ok(&tag))
}
