//! `PUT /api/messages/:id`

use messaging_core::{id::MessageId, message::Content};
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
struct EditMessageIn {
    content: Content,
}

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "messages" / Segment)
        .and(warp::put())
        .and(request(api))
        .then(|message, request: Request| request.answer(|call| edit(call, message)))
        .boxed()
}

async fn edit(mut call: Call, message: Segment) -> Answer {
    let message_id: MessageId = message.read("id")?;
    let wish: EditMessageIn = call.json().await?;
    let messages = call.messaging.messages();
    let edited = messages
        .edit(&call.caller, message_id, wish.content)
        .await?;
    Ok(reply::ok(&edited.value.shown_to(&call.caller)))
}
