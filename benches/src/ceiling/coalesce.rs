//! A bare broadcast over tungstenite: a task and a queue a socket, shared frames, and whatever is
//! queued is written before it is flushed once. No accounts, no order to keep, no log.
//!
//! It runs as a process of its own, so that its processor time is accounted as the server's is.

use std::{
    io::Write,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, ensure};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdin, ChildStdout, Command},
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

/// How many frames may wait for a socket: as many as the server lets wait for a session.
const QUEUE: usize = 1024;

/// The hidden subcommand that is such a process.
pub(crate) const SUBCOMMAND: &str = "coalesce";

/// The server's greeting, as far as clients look at it: one client does for both.
const GREETING: &str = r#"{"type":"session.ready","data":{"cursor":"","resumed":false}}"#;

/// The queues of all sockets.
type Sockets = Arc<Mutex<Vec<mpsc::Sender<Bytes>>>>;

/// Broadcasts to whoever connects; ends when its standard input does. Each line there, `<first>
/// <frames> <bytes>`, is a burst; a line on standard output tells that it is queued.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let sockets = Sockets::default();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    say(&listener.local_addr()?.to_string())?;
    tokio::spawn(accept(listener, sockets.clone()));
    let mut bursts = BufReader::new(tokio::io::stdin()).lines();
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
        say("queued")?;
    }
    Ok(())
}

#[expect(
    clippy::print_stdout,
    reason = "standard output is this process's protocol"
)]
fn say(line: &str) -> std::io::Result<()> {
    println!("{line}");
    std::io::stdout().flush()
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

/// A running broadcaster; killed when dropped.
#[derive(Debug)]
pub(crate) struct Coalescer {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// `127.0.0.1:port`.
    pub(crate) address: String,
}

impl Coalescer {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(SUBCOMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let orders = child.stdin.take().context("the broadcaster has no input")?;
        let output = child.stdout.take();
        let mut answers = BufReader::new(output.context("the broadcaster has no output")?).lines();
        let address = answers.next_line().await?;
        Ok(Self {
            child,
            orders,
            answers,
            address: address.context("the broadcaster ended at once")?,
        })
    }

    /// Its process.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Broadcasts `frames` frames, numbered from `first`; returns when all of them are queued.
    pub(crate) async fn broadcast(
        &mut self,
        first: u64,
        frames: u64,
        bytes: usize,
    ) -> anyhow::Result<()> {
        let line = format!("{first} {frames} {bytes}\n");
        self.orders.write_all(line.as_bytes()).await?;
        let answer = self.answers.next_line().await?;
        ensure!(answer.as_deref() == Some("queued"), "the broadcaster ended");
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
