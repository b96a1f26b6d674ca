//! `GET /api/quota`: what the caller may still write.

use messaging_core::id::UserId;
use warp::Filter;

use super::{Route, get};
use crate::{
    Api,
    reply::{self, Answer},
    request::{Call, Request, request},
};

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "quota")
        .and(get())
        .and(request(api))
        .then(|request: Request| request.answer(quota))
        .boxed()
}

async fn quota(mut call: Call) -> Answer {
    let creator_id: Option<UserId> = call.query.read("creator_id");
    call.query.check()?;
    let quotas = call.messaging.quotas();
    Ok(reply::ok(&quotas.get(&call.caller, creator_id).await?))
}
