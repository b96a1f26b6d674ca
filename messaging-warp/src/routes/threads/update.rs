//! `PUT /api/threads/:id`

use messaging_core::{
    id::ThreadId,
    json::given,
    thread::{Metadata, ThreadChange, ThreadSettings, UpdateThread},
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

/// `null` clears a title or metadata; for a setting it is as if the field were absent.
#[derive(Deserialize)]
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three things"
)]
struct UpdateThreadIn {
    #[serde(default, deserialize_with = "given")]
    title: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    metadata: Option<Option<Metadata>>,
    #[serde(default)]
    archived: Option<bool>,
    #[serde(default)]
    muted: Option<bool>,
    #[serde(default)]
    pinned: Option<bool>,
}

pub(super) fn route(api: &Api) -> Route {
    warp::path!("api" / "threads" / Segment)
        .and(warp::put())
        .and(request(api))
        .then(|thread, request: Request| request.answer(|call| update(call, thread)))
        .boxed()
}

async fn update(mut call: Call, thread: Segment) -> Answer {
    let thread_id: ThreadId = thread.read("id")?;
    let wish: UpdateThreadIn = call.json().await?;
    let threads = call.messaging.threads();
    let thread = threads.update(&call.caller, thread_id, wish.into()).await?;
    Ok(reply::ok(&thread))
}

impl From<UpdateThreadIn> for UpdateThread {
    fn from(wish: UpdateThreadIn) -> Self {
        Self {
            change: ThreadChange {
                title: wish.title,
                metadata: wish.metadata.map(Option::unwrap_or_default),
            },
            settings: ThreadSettings {
                archived: wish.archived,
                muted: wish.muted,
                pinned: wish.pinned,
            },
        }
    }
}
