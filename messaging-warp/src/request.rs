//! What a route receives once its path and method have matched, and how it answers.

use std::{future::Future, panic::AssertUnwindSafe};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, Method};
use messaging_core::{Messaging, caller::Caller, error::ErrorKind, json};
use serde::de::DeserializeOwned;
use tracing::Instrument;
use warp::{Filter, filters::BoxedFilter, path::FullPath, reply::Response};

use crate::{
    Api,
    admission::{self, Admission, Kind},
    body::Body,
    exchange::Exchange,
    problem::ApiError,
    query::Query,
    reply::Answer,
};

/// A request whose route has been found.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) api: Api,
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) query: Query,
    body: Body,
    pub(crate) exchange: Exchange,
}

/// Takes the request as it is. Comes after everything that decides whether the route is the one:
/// from here on there is an answer.
pub(crate) fn request(api: &Api) -> BoxedFilter<(Request,)> {
    let api = api.clone();
    warp::method()
        .and(warp::path::full())
        .and(warp::header::headers_cloned())
        .and(warp::query())
        .and(warp::body::stream())
        .map(move |method, path: FullPath, headers, query, body| {
            let exchange = Exchange::new(&api, &method, &path, &headers);
            Request {
                body: Body::new(body, &headers, api.body_limit()),
                api: api.clone(),
                method,
                headers,
                query: Query::new(query),
                exchange,
            }
        })
        .boxed()
}

impl Request {
    /// Answers a user: who asks is known and counted before anything of the request is read.
    pub(crate) async fn answer<H, F>(self, handler: H) -> Response
    where
        H: FnOnce(Call) -> F,
        F: Future<Output = Answer>,
    {
        self.answer_admitted(Kind::User, handler).await
    }

    /// Answers a service of the platform.
    pub(crate) async fn answer_service<H, F>(self, handler: H) -> Response
    where
        H: FnOnce(Call) -> F,
        F: Future<Output = Answer>,
    {
        self.answer_admitted(Kind::Service, handler).await
    }

    async fn answer_admitted<H, F>(self, kind: Kind, handler: H) -> Response
    where
        H: FnOnce(Call) -> F,
        F: Future<Output = Answer>,
    {
        let Self {
            api,
            headers,
            query,
            body,
            exchange,
            ..
        } = self;
        let work = async {
            let Admission { caller, rate } = admission::admit(&api, &headers, kind).await;
            let answer = match caller {
                Ok(caller) => {
                    let messaging = api.messaging().clone();
                    handler(Call {
                        messaging,
                        caller,
                        headers,
                        query,
                        body,
                    })
                    .await
                }
                Err(error) => Err(error),
            };
            (answer, rate)
        };
        let (answer, rate) = match unharmed(work).instrument(exchange.span()).await {
            Ok(done) => done,
            Err(error) => (Err(error), None),
        };
        exchange.finish(answer, rate.as_ref())
    }

    /// Answers whoever asks.
    pub(crate) async fn answer_anyone<H, F>(self, handler: H) -> Response
    where
        H: FnOnce(Api) -> F,
        F: Future<Output = Answer>,
    {
        let Self { api, exchange, .. } = self;
        let work = unharmed(async { handler(api).await });
        let answer = match work.instrument(exchange.span()).await {
            Ok(answer) => answer,
            Err(error) => Err(error),
        };
        exchange.finish(answer, None)
    }

    /// Answers that there is no such thing.
    pub(crate) fn refuse_path(self) -> Response {
        let error = ApiError::new(ErrorKind::NotFound, "no such path");
        self.exchange.finish(Err(error), None)
    }
}

/// A panic is a defect of ours and no reason to hang up on the client.
async fn unharmed<F: Future>(work: F) -> Result<F::Output, ApiError> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| {
        tracing::error!("a handler panicked");
        ApiError::new(ErrorKind::Internal, "something went wrong on our side")
    })
}

/// What a user asks.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) messaging: Messaging,
    pub(crate) caller: Caller,
    pub(crate) headers: HeaderMap,
    pub(crate) query: Query,
    body: Body,
}

impl Call {
    /// The body, which is of one of these types, and of which.
    pub(crate) async fn body_of(
        &mut self,
        types: &[&'static str],
    ) -> Result<(&'static str, Bytes), ApiError> {
        self.body.read(types).await
    }

    /// The body as JSON.
    pub(crate) async fn json<T: DeserializeOwned>(&mut self) -> Result<T, ApiError> {
        let body = self.body.read_json().await?;
        Ok(json::decode("body", &body)?)
    }

    /// The body as JSON, or what stands for none at all.
    pub(crate) async fn json_or_default<T>(&mut self) -> Result<T, ApiError>
    where
        T: DeserializeOwned + Default,
    {
        let body = self.body.read_json().await?;
        if body.is_empty() {
            return Ok(T::default());
        }
        Ok(json::decode("body", &body)?)
    }
}
