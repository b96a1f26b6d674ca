//! `POST /api/tags`

use serde::Deserialize;
use warp::Filter;

use crate::{
    Api,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::Route,
};

#[derive(Deserialize)]
struct CreateTagIn {
    name: String,
    #[serde(default)]
    color: Option<String>,
}

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "tags")
        .and(warp::post())
        .and(request(api))
        .then(|request: Request| request.answer(create))
        .boxed()
}

async fn create(mut call: Call) -> Answer {
    let wish: CreateTagIn = call.json().await?;
    let tags = call.messaging.tags();
    let tag = tags.create(&call.caller, wish.name, wish.color).await?;
    Ok(reply::created(true, &tag))
}
