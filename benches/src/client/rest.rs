//! A REST client that keeps its connection.

use anyhow::{Context, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request,
    client::conn::http1::{self, SendRequest},
    header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use super::socket::PATIENCE;

/// A connection of one user, for one request at a time.
#[derive(Debug)]
pub(crate) struct Rest {
    sender: SendRequest<Full<Bytes>>,
    address: String,
    host: HeaderValue,
    bearer: HeaderValue,
}

impl Rest {
    /// Connects to `host:port`.
    pub(crate) async fn connect(address: &str, token: &str) -> anyhow::Result<Self> {
        Ok(Self {
            sender: dial(address).await?,
            address: address.to_owned(),
            host: HeaderValue::try_from(address)?,
            bearer: HeaderValue::try_from(format!("Bearer {token}"))?,
        })
    }

    /// The body of the answer to a GET.
    pub(crate) async fn get(&mut self, path: &str) -> anyhow::Result<Bytes> {
        self.ask(Method::GET, path, Bytes::new()).await
    }

    /// The body of the answer to a POST of JSON.
    pub(crate) async fn post(&mut self, path: &str, body: Bytes) -> anyhow::Result<Bytes> {
        self.ask(Method::POST, path, body).await
    }

    async fn ask(&mut self, method: Method, path: &str, body: Bytes) -> anyhow::Result<Bytes> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.host)
            .header(AUTHORIZATION, &self.bearer);
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::new(body))?;
        let answering = async {
            // The server ends a connection that is idle for ten seconds.
            if self.sender.ready().await.is_err() {
                self.sender = dial(&self.address).await?;
                self.sender.ready().await?;
            }
            let answer = self.sender.send_request(request).await?;
            let status = answer.status();
            let body = answer.into_body().collect().await?.to_bytes();
            ensure!(
                status.is_success(),
                "{path}: {status} {}",
                String::from_utf8_lossy(&body)
            );
            Ok(body)
        };
        let answer = timeout(PATIENCE, answering).await;
        answer.with_context(|| format!("{path}: no answer within the time"))?
    }
}

async fn dial(address: &str) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the sender; what breaks it, the next request tells.
    tokio::spawn(connection);
    Ok(sender)
}
