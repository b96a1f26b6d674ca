//! What the suites share: databases, server processes, people with tokens, requests and sockets.

mod database;
mod http;
pub(crate) mod market;
mod pair;
mod people;
mod process;
mod proxy;
pub(crate) mod raw;
mod receiver;
mod server;
mod session;
pub(crate) mod shape;
pub(crate) mod token;

use std::{future::Future, time::Duration};

pub(crate) use database::Database;
pub(crate) use http::{Answer, anonymous, build as wish, request};
pub(crate) use pair::{Pair, pair, pair_with};
pub(crate) use people::{Person, id, open, say, text};
pub(crate) use process::Process;
pub(crate) use proxy::Proxy;
pub(crate) use receiver::{Received, Receiver};
pub(crate) use server::Server;
pub(crate) use session::{Ended, Session, upgrade};

/// How long anything may take that should be there at once. Long, because the machine may be busy;
/// only a test that fails ever waits for it.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// The outcome of `future`, or a failed test that says what was waited for.
pub(crate) async fn within<T>(limit: Duration, what: &str, future: impl Future<Output = T>) -> T {
    let outcome = tokio::time::timeout(limit, future).await;
    outcome.unwrap_or_else(|_| panic!("{what} did not come within {limit:?}"))
}

/// Waits until `check` gives a value, asking again and again up to `limit`.
pub(crate) async fn until<T>(
    limit: Duration,
    what: &str,
    mut check: impl AsyncFnMut() -> Option<T>,
) -> T {
    within(limit, what, async {
        loop {
            if let Some(value) = check().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
}

/// Runs each named check on every database, as tests of their own.
macro_rules! on_each_database {
    ($($check:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $check() {
                super::$check(crate::support::Database::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $check() {
                super::$check(crate::support::Database::postgres().await).await;
            })*
        }
    };
}
