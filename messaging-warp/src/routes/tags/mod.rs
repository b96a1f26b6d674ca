//! `/api/tags`

mod apply;
mod create;
mod delete;
mod list;
mod update;

use messaging_core::tag::Tag;
use serde::Serialize;
use warp::Filter;

use super::Route;
use crate::Api;

/// A tag of the caller's.
#[derive(Serialize)]
struct TagOut<'a> {
    tag: &'a Tag,
}

pub(super) fn routes(api: &Api) -> Route {
    list::route(api)
        .or(create::route(api))
        .unify()
        .or(update::route(api))
        .unify()
        .or(delete::route(api))
        .unify()
        .or(apply::route(api))
        .unify()
        .boxed()
}
