//! `/api/messages`

mod delete;
mod edit;
mod list;
mod reactions;
mod send;

use warp::Filter;

use super::Route;
use crate::Api;

pub(super) fn routes(api: &Api) -> Route {
    list::route(api)
        .or(send::route(api))
        .unify()
        .or(edit::route(api))
        .unify()
        .or(delete::route(api))
        .unify()
        .or(reactions::routes(api))
        .unify()
        .boxed()
}
