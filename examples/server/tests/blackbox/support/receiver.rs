//! An endpoint of webhooks: it keeps what it is sent, by path.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Collected, Full};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use serde_json::Value;
use tokio::net::TcpListener;

/// One request that came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A receiver that takes what comes. `/slow` takes its time, `/moved` sends away to `/good`, `/broken`
/// fails.
#[derive(Debug, Clone)]
pub(crate) struct Receiver {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            received: Arc::default(),
        };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let receiver = serving.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| {
                        let receiver = receiver.clone();
                        async move { receiver.take(request).await }
                    });
                    let builder = Builder::new(TokioExecutor::new());
                    let connection = builder.serve_connection(TokioIo::new(stream), service);
                    // A client that hangs up is no fault here.
                    let _ = connection.await;
                });
            }
        });
        receiver
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What has come to a path, in order.
    pub(crate) fn received(&self, path: &str) -> Vec<Received> {
        let received = self.received.lock().unwrap();
        let here = received.iter().filter(|one| one.path == path);
        here.cloned().collect()
    }

    async fn take(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        let path = head.uri.path().to_owned();
        let body = body.collect().await.map(Collected::to_bytes);
        if path == "/slow" {
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
        self.received.lock().unwrap().push(Received {
            path: path.clone(),
            headers: head.headers,
            body: body.unwrap_or_default(),
        });
        let response = match path.as_str() {
            "/moved" => Response::builder()
                .status(307)
                .header("location", self.url("/good")),
            "/broken" => Response::builder().status(500),
            _ => Response::builder(),
        };
        Ok(response.body(Full::default()).unwrap())
    }
}
