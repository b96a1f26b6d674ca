//! `PUT` and `DELETE /api/threads/:id/participants/:user_id`

use messaging_core::{
    caller::Role,
    id::{ThreadId, UserId},
};
use serde::Deserialize;
use warp::Filter;

use crate::{
    Api,
    path::Segment,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::Route,
};

/// Without a role, or without a body, a user joins as a client, and one who takes part stays as is.
#[derive(Default, Deserialize)]
struct ParticipantIn {
    #[serde(default)]
    role: Option<Role>,
}

pub(super) fn routes(api: &Api) -> Route {
    let add = warp::path!("api" / "threads" / Segment / "participants" / Segment)
        .and(warp::put())
        .and(request(api))
        .then(|thread, user, request: Request| request.answer(|call| add(call, thread, user)));
    let remove = warp::path!("api" / "threads" / Segment / "participants" / Segment)
        .and(warp::delete())
        .and(request(api))
        .then(|thread, user, request: Request| request.answer(|call| remove(call, thread, user)));
    add.or(remove).unify().boxed()
}

async fn add(mut call: Call, thread: Segment, user: Segment) -> Answer {
    let thread_id: ThreadId = thread.read("id")?;
    let user_id: UserId = user.read("user_id")?;
    let wish: ParticipantIn = call.json_or_default().await?;
    let threads = call.messaging.threads();
    threads
        .add_participant(&call.caller, thread_id, &user_id, wish.role)
        .await?;
    Ok(reply::no_content())
}

async fn remove(call: Call, thread: Segment, user: Segment) -> Answer {
    let thread_id: ThreadId = thread.read("id")?;
    let user_id: UserId = user.read("user_id")?;
    let threads = call.messaging.threads();
    threads
        .remove_participant(&call.caller, thread_id, &user_id)
        .await?;
    Ok(reply::no_content())
}
