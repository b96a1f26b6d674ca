//! `GET /api/threads/:id`

use messaging_core::{
    id::ThreadId,
    message::{ListMessages, MessageOut},
    page::PageSize,
    thread::Thread,
};
use serde::Serialize;
use warp::Filter;

use crate::{
    Api,
    path::Segment,
    reply::{self, Answer},
    request::{Call, Request, request},
    routes::{Route, get},
};

#[derive(Serialize)]
struct OpenThreadOut<'a> {
    thread: &'a Thread,
    messages: Vec<MessageOut<'a>>,
}

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "threads" / Segment)
        .and(get())
        .and(request(api))
        .then(|thread, request: Request| request.answer(|call| show(call, thread)))
        .boxed()
}

async fn show(call: Call, thread: Segment) -> Answer {
    let thread_id: ThreadId = thread.read("id")?;
    let caller = &call.caller;
    let thread = call.messaging.threads().get(caller, thread_id).await?;
    let newest = ListMessages::newest(thread_id, PageSize::default());
    let page = call.messaging.messages().list(caller, &newest).await?;
    let messages = page.items.iter().map(|m| m.shown_to(caller));
    Ok(reply::ok(&OpenThreadOut {
        thread: &thread,
        messages: messages.collect(),
    }))
}
