//! `GET /health/live` and `GET /health/ready`.

use std::time::Duration;

use messaging_core::error::{ErrorKind, StoreError};
use serde::Serialize;
use tokio::time::timeout;
use warp::Filter;

use super::{Route, get};
use crate::{
    Api,
    problem::ApiError,
    reply::{self, Answer},
    request::{Request, request},
};

/// How long storage may take before it counts as away.
const DEADLINE: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct HealthOut {
    status: &'static str,
}

pub(super) fn routes(api: &Api) -> Route {
    let live = warp::path!("health" / "live")
        .and(get())
        .and(request(api))
        .then(|request: Request| request.answer_anyone(live));
    let ready = warp::path!("health" / "ready")
        .and(get())
        .and(request(api))
        .then(|request: Request| request.answer_anyone(ready));
    live.or(ready).unify().boxed()
}

/// The process answers.
async fn live(_: Api) -> Answer {
    Ok(reply::ok(&HealthOut { status: "ok" }))
}

/// Storage answers too.
async fn ready(api: Api) -> Answer {
    match timeout(DEADLINE, api.messaging().store().check_health()).await {
        Ok(Ok(())) => Ok(reply::ok(&HealthOut { status: "ok" })),
        Ok(Err(error)) => Err(away(&error)),
        Err(_) => Err(away(&StoreError::Unavailable(
            "no answer in time".to_owned(),
        ))),
    }
}

/// Whatever is wrong with storage, this node is not ready.
fn away(error: &StoreError) -> ApiError {
    tracing::warn!(%error, "not ready");
    ApiError::new(ErrorKind::Unavailable, "storage does not answer")
}
