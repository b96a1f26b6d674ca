//! An accept loop that bounds what a client can hold on to, and ends without cutting anyone off.

use std::{
    convert::Infallible,
    future::Future,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::{join_all, pending};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use warp::{Filter, Rejection, Reply};

use crate::{Api, routes::Route};

/// How a server treats its connections.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerSettings {
    /// How long a client may take to send a request's head, and may stay silent between requests.
    pub header_timeout: Duration,
    /// The most connections that speak HTTP at one time; further ones wait to be accepted. Sockets
    /// have their own limit: [`ApiBuilder::max_sockets`](crate::ApiBuilder::max_sockets).
    pub max_connections: usize,
    /// How long requests, and then sockets, may take to end when the server does.
    pub drain_timeout: Duration,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            max_connections: 16_384,
            drain_timeout: Duration::from_secs(10),
        }
    }
}

/// Serves all of `api` on one listener until `shutdown` completes and all work under way has ended.
pub async fn serve(listener: TcpListener, api: &Api, shutdown: impl Future<Output = ()>) {
    let server = Server::new(api).listen(listener, api.routes());
    server.run(shutdown).await;
}

/// A server on one listener or several, such as REST and WebSocket on ports of their own.
#[derive(Debug)]
pub struct Server {
    api: Api,
    settings: ServerSettings,
    listeners: Vec<(TcpListener, Route)>,
}

impl Server {
    /// A server that has yet to be given its listeners.
    pub fn new(api: &Api) -> Self {
        Self {
            api: api.clone(),
            settings: ServerSettings::default(),
            listeners: Vec::new(),
        }
    }

    /// Other settings.
    #[must_use]
    pub fn settings(mut self, settings: ServerSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Serves these routes on this listener: some of the [`Api`]'s, with those of the application
    /// beside them. What none of them takes is answered with the problem `not_found`.
    #[must_use]
    pub fn listen<F, R>(mut self, listener: TcpListener, routes: F) -> Self
    where
        F: Filter<Extract = (R,), Error = Rejection> + Clone + Send + Sync + 'static,
        R: Reply + 'static,
    {
        let routes = routes.map(Reply::into_response);
        let routes = routes.or(self.api.not_found()).unify().boxed();
        self.listeners.push((listener, routes));
        self
    }

    /// Serves until `shutdown` completes. Then no connection is accepted any more, requests under
    /// way are finished, sessions are told to come back elsewhere, and the store is closed.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let stop = CancellationToken::new();
        let graceful = GracefulShutdown::new();
        let limits = Limits {
            permits: Arc::new(Semaphore::new(self.settings.max_connections)),
            header_timeout: self.settings.header_timeout,
        };
        let loops = self.listeners.into_iter().map(|(listener, routes)| {
            let loop_ = accept_all(listener, routes, &limits, &graceful);
            let stop = stop.clone();
            async move {
                let _ = stop.run_until_cancelled(loop_).await;
            }
        });
        let stopping = async {
            shutdown.await;
            stop.cancel();
        };
        tokio::join!(join_all(loops), stopping);
        drain(&self.api, graceful, self.settings.drain_timeout).await;
    }
}

/// Sees everything that is under way to its end.
async fn drain(api: &Api, graceful: GracefulShutdown, deadline: Duration) {
    let requests = async {
        if timeout(deadline, graceful.shutdown()).await.is_err() {
            tracing::warn!("requests are still under way after {deadline:?}; they are cut off");
        }
    };
    let sockets = async {
        api.messaging().drain().await;
        if timeout(deadline, api.sockets_ended()).await.is_err() {
            tracing::warn!("sockets are still open after {deadline:?}; they are cut off");
        }
    };
    tokio::join!(requests, sockets);
    // After both: it closes the store that they use.
    api.messaging().shutdown().await;
}

struct Limits {
    permits: Arc<Semaphore>,
    header_timeout: Duration,
}

async fn accept_all(
    listener: TcpListener,
    routes: Route,
    limits: &Limits,
    graceful: &GracefulShutdown,
) -> Infallible {
    let http = http(limits.header_timeout);
    let mut backoff = Duration::from_millis(10);
    loop {
        let Ok(permit) = limits.permits.clone().acquire_owned().await else {
            return pending().await;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                backoff = Duration::from_millis(10);
                let connection = Connection {
                    http: http.clone(),
                    routes: routes.clone(),
                    first_request: limits.header_timeout,
                    _permit: permit,
                };
                tokio::spawn(connection.serve(stream, graceful.watcher()));
            }
            Err(error) if is_of_one_client(&error) => {}
            Err(error) => {
                // Out of file handles, most likely: some will be free again.
                tracing::error!(%error, "cannot accept connections; trying again in {backoff:?}");
                sleep(backoff).await;
                backoff = (backoff * 2).min(Duration::from_secs(1));
            }
        }
    }
}

fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

fn http(header_timeout: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_buf_size(32 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(64)
        .max_header_list_size(32 * 1024)
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

/// One connection while it speaks HTTP.
struct Connection {
    http: Builder<TokioExecutor>,
    routes: Route,
    first_request: Duration,
    _permit: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve(self, stream: TcpStream, watcher: Watcher) {
        // A small frame must not wait for more to join it. A failure costs speed only.
        let _ = stream.set_nodelay(true);
        let begun = Arc::new(AtomicBool::new(false));
        let routes = TowerToHyperService::new(warp::service(self.routes));
        let service = service_fn(|request: hyper::Request<Incoming>| {
            begun.store(true, Ordering::Relaxed);
            hyper::service::Service::call(&routes, request)
        });
        let connection = self
            .http
            .serve_connection_with_upgrades(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(watcher.watch(connection));
        // HTTP/1 has a timer of its own, but it starts only when the version is known, which a
        // silent client never tells.
        let outcome = match timeout(self.first_request, &mut connection).await {
            Ok(outcome) => outcome,
            Err(_) if begun.load(Ordering::Relaxed) => connection.await,
            Err(_) => return,
        };
        if let Err(error) = outcome {
            tracing::debug!(error, "a connection ended early");
        }
    }
}
