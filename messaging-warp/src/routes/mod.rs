//! The routes, a file for each URL or verb. A handler decodes, calls one operation of the core and
//! encodes; it holds no rules.

mod blocks;
mod events;
mod health;
mod messages;
mod methods;
mod quota;
mod sync;
mod tags;
mod threads;

use warp::{Filter, Rejection, filters::BoxedFilter, reply::Response};

use crate::{
    Api,
    request::{Request, request},
};

/// A route: an answer, or a rejection when the request is for another.
pub(crate) type Route = BoxedFilter<(Response,)>;

/// Every route over plain HTTP.
pub(crate) fn all(api: &Api) -> Route {
    threads::routes(api)
        .or(messages::routes(api))
        .unify()
        .or(tags::routes(api))
        .unify()
        .or(blocks::routes(api))
        .unify()
        .or(sync::route(api))
        .unify()
        .or(quota::route(api))
        .unify()
        .or(events::route(api))
        .unify()
        .or(health::routes(api))
        .unify()
        .or(methods::route(api))
        .unify()
        .boxed()
}

/// Answers every request that there is no such path.
pub(crate) fn not_found(api: &Api) -> Route {
    request(api).map(Request::refuse_path).boxed()
}

/// `GET`, and `HEAD`, whose body the server leaves out.
fn get() -> impl Filter<Extract = (), Error = Rejection> + Copy {
    warp::get().or(warp::head()).unify()
}
