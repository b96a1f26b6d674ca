#![doc = include_str!("../README.md")]

mod admission;
mod api;
mod body;
mod cors;
mod exchange;
mod jwt;
mod path;
mod problem;
mod query;
mod reply;
mod request;
mod routes;
mod serve;
mod ws;

use messaging_core::{Messaging, auth::Authenticator};
use warp::{filters::BoxedFilter, reply::Response};

pub use api::{Api, ApiBuilder};
pub use jwt::{IssueError, JwtAuthenticator, JwtIssuer, KeyError};
pub use serve::{Server, ServerSettings, serve};

/// Every route, with the default settings, as one filter to put beside an application's own. See
/// [`Api::builder`] for the settings.
pub fn routes(messaging: Messaging, authenticator: impl Authenticator) -> BoxedFilter<(Response,)> {
    Api::new(messaging, authenticator).routes()
}
