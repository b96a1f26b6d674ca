//! `DELETE /api/messages/:id`

use messaging_core::id::MessageId;
use warp::Filter;

use crate::{
    Api,
    path::Segment,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::Route,
};

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "messages" / Segment)
        .and(warp::delete())
        .and(request(api))
        .then(|message, request: Request| request.answer(|call| delete(call, message)))
        .boxed()
}

async fn delete(call: Call, message: Segment) -> Answer {
    let message_id: MessageId = message.read("id")?;
    let messages = call.messaging.messages();
    messages.delete(&call.caller, message_id).await?;
    Ok(reply::no_content())
}
