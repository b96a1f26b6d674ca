//! The few REST calls that the chat makes.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use messaging_core::id::{ThreadId, UserId};
use serde_json::{Value, json};

use super::server::Server;

/// Opens the conversation with `other`, or finds it.
pub(super) async fn open_thread(server: &Server, other: &UserId) -> Result<ThreadId> {
    let body = json!({ "participants": [other] });
    let answer = call(server, Method::POST, "/api/threads", Some(body)).await?;
    let id = answer["id"].as_str().context("the answer is no thread")?;
    Ok(id.parse()?)
}

/// The newest messages of a thread, in order.
pub(super) async fn history(server: &Server, thread_id: ThreadId) -> Result<Vec<Value>> {
    let path = format!("/api/threads/{thread_id}");
    let mut answer = call(server, Method::GET, &path, None).await?;
    match answer["messages"].take() {
        Value::Array(messages) => Ok(messages),
        _ => bail!("the answer holds no messages"),
    }
}

async fn call(server: &Server, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, server.authority())
        .header(header::AUTHORIZATION, server.authorization())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body)))?;
    let stream = TokioIo::new(server.connect().await?);
    let (mut sender, connection) = http1::handshake(stream).await?;
    let answer = async {
        let response = sender.send_request(request).await?;
        let status = response.status();
        let bytes = response.into_body().collect().await?.to_bytes();
        anyhow::Ok((status, bytes))
    };
    // The connection does the work while the answer is waited for.
    let (status, bytes) = tokio::select! {
        answer = answer => answer?,
        ended = connection => {
            ended?;
            bail!("the server hung up");
        }
    };
    let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if !status.is_success() {
        let detail = answer["detail"].as_str().unwrap_or_default();
        bail!("{status}: {detail}");
    }
    Ok(answer)
}
