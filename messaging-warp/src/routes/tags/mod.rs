//! `/api/tags`

mod apply;
mod create;
mod delete;
mod list;
mod update;

use warp::Filter;

use super::Route;
use crate::Api;

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
