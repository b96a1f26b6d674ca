//! A connection without a network.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Sink, Stream};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::PollSender;

use crate::realtime::{Gateway, Incoming, Opening, Outgoing};

/// How much a client may say before the session listens.
const ROOM: usize = 1024;

/// The client's end of a connection without a network: what it says and hears, as values.
#[derive(Debug)]
pub struct Line {
    /// What the client says.
    pub say: mpsc::Sender<Incoming>,
    /// What the client hears, to the end when the session hangs up.
    pub hear: mpsc::Receiver<Outgoing>,
    /// The session. It ends when the other two are dropped.
    pub session: JoinHandle<()>,
}

impl Line {
    /// Opens a session; `room` is how much the network takes before the client hears it.
    pub fn open(gateway: &Gateway, opening: Opening, room: usize) -> Self {
        let (say, incoming) = mpsc::channel(ROOM);
        let (outgoing, hear) = mpsc::channel(room);
        let transport = Transport {
            incoming,
            outgoing: PollSender::new(outgoing),
        };
        let gateway = gateway.clone();
        let session = tokio::spawn(async move { gateway.run(transport, opening).await });
        Self { say, hear, session }
    }
}

/// The server's end.
struct Transport {
    incoming: mpsc::Receiver<Incoming>,
    outgoing: PollSender<Outgoing>,
}

impl Stream for Transport {
    type Item = Incoming;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Incoming>> {
        self.incoming.poll_recv(cx)
    }
}

impl Sink<Outgoing> for Transport {
    type Error = ();

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), ()>> {
        self.outgoing.poll_reserve(cx).map_err(|_| ())
    }

    fn start_send(mut self: Pin<&mut Self>, item: Outgoing) -> Result<(), ()> {
        self.outgoing.send_item(item).map_err(|_| ())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }
}
