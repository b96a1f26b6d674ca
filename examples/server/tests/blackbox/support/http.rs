//! One HTTP request over a connection of its own.

use std::net::SocketAddr;

use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::{SOON, shape, within};

/// What a request came back with.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as JSON, when the status is this one.
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        let kind = self.header("content-type");
        assert_eq!(kind, "application/json", "{}", self.text());
        self.json()
    }

    /// Nothing but success.
    pub(crate) fn expect_no_content(&self) {
        assert_eq!(self.status, 204, "{}", self.text());
        assert!(self.body.is_empty(), "{}", self.text());
    }

    /// The problem document, when it is this one.
    pub(crate) fn expect_problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        let kind = self.header("content-type");
        assert_eq!(kind, "application/problem+json", "{}", self.text());
        let problem = self.json();
        shape::assert_problem(&problem, status, code);
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        problem
    }

    /// A header's text; empty when there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The body as text, for messages of failed tests.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    fn json(&self) -> Value {
        assert!(
            !self.header("x-request-id").is_empty(),
            "an answer without x-request-id"
        );
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// Sends a request and waits for the whole answer.
pub(crate) async fn request(address: SocketAddr, request: Request<Full<Bytes>>) -> Answer {
    let what = format!("{} {}", request.method(), request.uri());
    let answer = within(SOON, &what, try_request(address, request)).await;
    answer.unwrap_or_else(|error| panic!("{what}: {error}"))
}

/// The same, for when the server may be gone.
pub(crate) async fn try_request(
    address: SocketAddr,
    request: Request<Full<Bytes>>,
) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let (head, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    connection.abort();
    Ok(Answer {
        status: head.status,
        headers: head.headers,
        body,
    })
}

/// Asks without a token.
pub(crate) async fn anonymous(
    address: SocketAddr,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Answer {
    request(address, build(address, method, path, None, body)).await
}

/// A request with a token and perhaps a JSON body.
pub(crate) fn build(
    address: SocketAddr,
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Request<Full<Bytes>> {
    let mut builder = Request::builder()
        .method(method)
        .uri(path)
        .header("host", address.to_string());
    if let Some(token) = token {
        builder = builder.header("authorization", format!("Bearer {token}"));
    }
    if body.is_some() {
        builder = builder.header("content-type", "application/json");
    }
    let bytes = body.map_or_else(Bytes::new, |body| body.to_string().into());
    builder.body(Full::new(bytes)).unwrap()
}
