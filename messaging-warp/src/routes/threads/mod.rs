//! `/api/threads`

mod archive;
mod create;
mod get;
mod list;
mod participants;
mod update;

use warp::Filter;

use super::Route;
use crate::Api;

pub(super) fn routes(api: &Api) -> Route {
    list::route(api)
        .or(create::route(api))
        .unify()
        .or(get::route(api))
        .unify()
        .or(update::route(api))
        .unify()
        .or(archive::route(api))
        .unify()
        .or(participants::routes(api))
        .unify()
        .boxed()
}
