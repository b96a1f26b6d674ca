//! `POST /api/messages`

use messaging_core::{
    id::{MessageId, ThreadId},
    message::{Content, SendMessage},
};
use serde::Deserialize;
use warp::Filter;

use crate::{
    Api,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::Route,
};

#[derive(Deserialize)]
struct SendMessageIn {
    thread_id: ThreadId,
    client_id: String,
    content: Content,
    #[serde(default)]
    reply_to: Option<MessageId>,
}

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "messages")
        .and(warp::post())
        .and(request(api))
        .then(|request: Request| request.answer(send))
        .boxed()
}

async fn send(mut call: Call) -> Answer {
    let wish: SendMessageIn = call.json().await?;
    let messages = call.messaging.messages();
    let sent = messages.send(&call.caller, wish.into()).await?;
    let message = sent.message.shown_to(&call.caller);
    Ok(reply::created(sent.created, &message))
}

impl From<SendMessageIn> for SendMessage {
    fn from(wish: SendMessageIn) -> Self {
        Self {
            thread_id: wish.thread_id,
            client_id: wish.client_id,
            content: wish.content,
            reply_to: wish.reply_to,
        }
    }
}
