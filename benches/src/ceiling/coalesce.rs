//! A bare broadcast over tungstenite: a task and a queue a socket, shared frames, and whatever is
//! queued is written before it is flushed once. No accounts, no order to keep, no log.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, ensure};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_tungstenite::{
    accept_async,
    tungstenite::{
        Message,
        protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};

use super::process::{self, Process};
use crate::client::socket::GREETING;

/// How many frames may wait for a socket: as many as the server lets wait for a session.
const QUEUE: usize = 1024;

/// The hidden subcommand that is such a process.
pub(crate) const SUBCOMMAND: &str = "coalesce";

/// What answers an order.
const QUEUED: &str = "queued";

/// The queues of all sockets.
type Sockets = Arc<Mutex<Vec<mpsc::Sender<Bytes>>>>;

/// Broadcasts to whoever connects; ends when its standard input does. Each line there, `<first>
/// <frames> <bytes>`, is a burst; a line on standard output tells that it is queued.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let sockets = Sockets::default();
    tokio::spawn(accept(process::listen().await?, sockets.clone()));
    let mut bursts = process::orders();
    while let Some(line) = bursts.next_line().await? {
        let numbers: Result<Vec<u64>, _> = line.split(' ').map(str::parse).collect();
        let [first, frames, bytes] = numbers?[..] else {
            anyhow::bail!("a burst is three numbers, not {line}");
        };
        let queues = sockets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for number in first..first + frames {
            let frame = frame(number, usize::try_from(bytes)?);
            for queue in &queues {
                // A socket that has gone misses it.
                let _ = queue.send(frame.clone()).await;
            }
        }
        process::say(QUEUED)?;
    }
    Ok(())
}

async fn accept(listener: TcpListener, sockets: Sockets) -> std::io::Result<()> {
    loop {
        let (connection, _) = listener.accept().await?;
        let (queue, frames) = mpsc::channel(QUEUE);
        // Before the greeting: who was greeted misses nothing.
        let mut all = sockets.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|queue| !queue.is_closed());
        all.push(queue);
        tokio::spawn(run(connection, frames));
    }
}

/// One socket, until it ends.
async fn run(connection: TcpStream, mut frames: mpsc::Receiver<Bytes>) -> anyhow::Result<()> {
    connection.set_nodelay(true)?;
    let mut socket = accept_async(connection).await?;
    socket.send(Message::text(GREETING)).await?;
    let mut batch = Vec::new();
    loop {
        tokio::select! {
            taken = frames.recv_many(&mut batch, QUEUE) => {
                ensure!(taken > 0, "the broadcaster has ended");
                for bytes in batch.drain(..) {
                    let frame = Frame::message(bytes, OpCode::Data(Data::Text), true);
                    socket.feed(Message::Frame(frame)).await?;
                }
                socket.flush().await?;
            }
            heard = socket.next() => {
                heard.context("the socket has ended")??;
            }
        }
    }
}

/// JSON of `bytes` bytes with the number in it, where an event has its `seq`.
pub(crate) fn frame(number: u64, bytes: usize) -> Bytes {
    let mut text = format!("{{\"type\":\"frame\",\"seq\":{number},\"pad\":\"");
    let pad = bytes.saturating_sub(text.len() + 2);
    text.extend(std::iter::repeat_n('x', pad));
    text.push_str("\"}");
    text.into()
}

/// A running broadcaster.
#[derive(Debug)]
pub(crate) struct Coalescer(Process);

impl Coalescer {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        Ok(Self(Process::start(SUBCOMMAND).await?))
    }

    /// `127.0.0.1:port`.
    pub(crate) fn address(&self) -> &str {
        &self.0.address
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.0.pid()
    }

    /// Broadcasts `frames` frames, numbered from `first`; returns when all of them are queued.
    pub(crate) async fn broadcast(
        &mut self,
        first: u64,
        frames: u64,
        bytes: usize,
    ) -> anyhow::Result<()> {
        let answer = self.0.order(&format!("{first} {frames} {bytes}")).await?;
        ensure!(answer == QUEUED, "the broadcaster says {answer}");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_json_of_the_wanted_size() {
        for bytes in [60, 400] {
            let frame = frame(17, bytes);
            assert_eq!(frame.len(), bytes);
            let json: serde_json::Value = serde_json::from_slice(&frame).unwrap();
            assert_eq!(json["seq"], 17);
        }
    }
}
