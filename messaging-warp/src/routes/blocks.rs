//! `GET /api/blocks`, `PUT` and `DELETE /api/blocks/:user_id`.

use messaging_core::id::UserId;
use warp::Filter;

use super::{Route, get};
use crate::{
    Api,
    path::Segment,
    reply::{self, Answer},
    request::{Call, Request, request},
};

pub(super) fn routes(api: &Api) -> Route {
    let list = warp::path!("api" / "blocks")
        .and(get())
        .and(request(api))
        .then(|request: Request| request.answer(list));
    let add = warp::path!("api" / "blocks" / Segment)
        .and(warp::put())
        .and(request(api))
        .then(|user, request: Request| request.answer(|call| add(call, user)));
    let remove = warp::path!("api" / "blocks" / Segment)
        .and(warp::delete())
        .and(request(api))
        .then(|user, request: Request| request.answer(|call| remove(call, user)));
    list.or(add).unify().or(remove).unify().boxed()
}

async fn list(mut call: Call) -> Answer {
    let cursor = call.query.cursor();
    let size = call.query.page_size();
    call.query.check()?;
    let blocks = call.messaging.blocks();
    let page = blocks.list(&call.caller, cursor.as_ref(), size).await?;
    Ok(reply::ok(&page))
}

async fn add(call: Call, user: Segment) -> Answer {
    let user_id: UserId = user.read("user_id")?;
    call.messaging.blocks().add(&call.caller, &user_id).await?;
    Ok(reply::no_content())
}

async fn remove(call: Call, user: Segment) -> Answer {
    let user_id: UserId = user.read("user_id")?;
    let blocks = call.messaging.blocks();
    blocks.remove(&call.caller, &user_id).await?;
    Ok(reply::no_content())
}
