//! A bare relay over tungstenite: what one of two says is acknowledged and passed on to the other. No
//! accounts, no rules, no log, nothing stored: what is left is the price of three frames.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, ensure};
use bytes::Bytes;
use futures_util::{FutureExt, SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{Request, Response},
    },
};

use super::process::{self, Process};
use crate::client::socket::GREETING;

/// The hidden subcommand that is such a process.
pub(crate) const SUBCOMMAND: &str = "relaying";

/// How many frames may wait for a socket.
const QUEUE: usize = 1024;

/// Starts the relay.
pub(crate) async fn start() -> anyhow::Result<Process> {
    Process::start(SUBCOMMAND).await
}

/// The token with which one side of a pair connects. The one who is told comes first.
pub(crate) fn token(pair: usize, side: Side) -> String {
    match side {
        Side::Sends => format!("sends/{pair}"),
        Side::IsTold => format!("told/{pair}"),
    }
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Sends,
    IsTold,
}

/// The queues of those who are told, by pair.
type Queues = Arc<Mutex<HashMap<String, mpsc::Sender<Bytes>>>>;

/// What is looked at of a `message.send`.
#[derive(Deserialize)]
struct Sent<'a> {
    r#ref: &'a str,
    #[serde(borrow)]
    data: SentData<'a>,
}

#[derive(Deserialize)]
struct SentData<'a> {
    thread_id: &'a str,
    #[serde(borrow)]
    content: &'a RawValue,
}

/// Relays for whoever connects; ends when its standard input does.
pub(crate) async fn serve() -> anyhow::Result<()> {
    tokio::spawn(accept(process::listen().await?));
    let mut orders = process::orders();
    while orders.next_line().await?.is_some() {}
    Ok(())
}

async fn accept(listener: TcpListener) -> std::io::Result<()> {
    let queues = Queues::default();
    loop {
        let (connection, _) = listener.accept().await?;
        tokio::spawn(run(connection, queues.clone()));
    }
}

/// One socket, until it ends.
async fn run(connection: TcpStream, queues: Queues) -> anyhow::Result<()> {
    connection.set_nodelay(true)?;
    let mut token = String::new();
    #[expect(
        clippy::result_large_err,
        reason = "tungstenite's callbacks answer with a whole response"
    )]
    let read_token = |request: &Request, response: Response| {
        let bearer = request.headers().get("authorization");
        let bearer = bearer.and_then(|bearer| bearer.to_str().ok());
        token.push_str(bearer.unwrap_or_default());
        Ok(response)
    };
    let mut socket = accept_hdr_async(connection, read_token).await?;
    let (side, pair) = token.split_once('/').context("a token that is none")?;
    if side.ends_with("told") {
        let (queue, frames) = mpsc::channel(QUEUE);
        let queues = queues.lock();
        queues
            .unwrap_or_else(PoisonError::into_inner)
            .insert(pair.to_owned(), queue);
        socket.send(Message::text(GREETING)).await?;
        tell(socket, frames).await
    } else {
        let queues = queues.lock();
        let queue = queues
            .unwrap_or_else(PoisonError::into_inner)
            .get(pair)
            .cloned();
        socket.send(Message::text(GREETING)).await?;
        hear(socket, queue.context("nobody to tell")?).await
    }
}

/// Writes whatever is queued, and flushes once.
async fn tell(
    mut socket: WebSocketStream<TcpStream>,
    mut frames: mpsc::Receiver<Bytes>,
) -> anyhow::Result<()> {
    let mut batch = Vec::new();
    loop {
        tokio::select! {
            taken = frames.recv_many(&mut batch, QUEUE) => {
                ensure!(taken > 0, "the other has gone");
                for text in batch.drain(..) {
                    socket.feed(Message::Text(text.try_into()?)).await?;
                }
                socket.flush().await?;
            }
            heard = socket.next() => {
                heard.context("the socket has ended")??;
            }
        }
    }
}

/// Answers whatever has come, and flushes once.
async fn hear(
    mut socket: WebSocketStream<TcpStream>,
    other: mpsc::Sender<Bytes>,
) -> anyhow::Result<()> {
    let mut number = 0;
    while let Some(first) = socket.next().await {
        let mut next = Some(Some(first));
        while let Some(message) = next {
            let Message::Text(text) = message.context("the socket has ended")?? else {
                return Ok(());
            };
            number += 1;
            let sent: Sent<'_> = serde_json::from_str(&text)?;
            let data = data(&sent.data, number)?;
            let ack = format!(r#"{{"type":"ack","ref":"{}","data":{data}}}"#, sent.r#ref);
            let event = format!(r#"{{"type":"message.new","data":{data}}}"#);
            other.send(event.into()).await?;
            socket.feed(Message::text(ack)).await?;
            next = socket.next().now_or_never();
        }
        socket.flush().await?;
    }
    Ok(())
}

/// The message as its thread's `number`th.
fn data(sent: &SentData<'_>, number: u64) -> Result<String, std::fmt::Error> {
    let SentData { thread_id, content } = sent;
    let mut data = String::with_capacity(512);
    write!(
        data,
        r#"{{"message":{{"id":"{number:036}","thread_id":"{thread_id}","seq":{number},"content":{content}}}}}"#
    )?;
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Frame;

    #[test]
    fn a_relayed_message_is_read_as_the_servers_are() {
        let sent = r#"{"ref":"7","data":{"thread_id":"t","client_id":"7","content":{"type":"text","text":"Hi"}}}"#;
        let sent: Sent<'_> = serde_json::from_str(sent).unwrap();
        let data = data(&sent.data, 7).unwrap();
        let event = format!(r#"{{"type":"message.new","data":{data}}}"#);
        let frame = Frame::parse(&event).unwrap();
        let message = frame.new_message().unwrap();
        assert_eq!((message.thread_id, message.seq), ("t", 7));
    }
}
