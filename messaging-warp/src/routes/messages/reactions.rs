//! `PUT` and `DELETE /api/messages/:id/reactions/:emoji`

use messaging_core::id::MessageId;
use warp::Filter;

use crate::{
    Api,
    path::Segment,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::Route,
};

pub(super) fn routes(api: &Api) -> Route {
    let put = warp::path!("api" / "messages" / Segment / "reactions" / Segment)
        .and(warp::put())
        .and(request(api))
        .then(|message, emoji, request: Request| {
            request.answer(|call| react(call, message, emoji, true))
        });
    let delete = warp::path!("api" / "messages" / Segment / "reactions" / Segment)
        .and(warp::delete())
        .and(request(api))
        .then(|message, emoji, request: Request| {
            request.answer(|call| react(call, message, emoji, false))
        });
    put.or(delete).unify().boxed()
}

async fn react(call: Call, message: Segment, emoji: Segment, on: bool) -> Answer {
    let message_id: MessageId = message.read("id")?;
    let emoji = emoji.into_text("emoji")?;
    let messages = call.messaging.messages();
    messages.react(&call.caller, message_id, emoji, on).await?;
    Ok(reply::no_content())
}
