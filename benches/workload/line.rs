//! A connection without a network.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use anyhow::{Context as _, Result, bail};
use futures_util::{Sink, Stream};
use messaging_core::{
    page::Cursor,
    realtime::{CommandIn, Gateway, Incoming, Opening, Outgoing},
};
use serde_json::value::RawValue;
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::PollSender;

/// How much may be on its way.
const ROOM: usize = 1024;

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

/// The client's end.
pub(crate) struct Line {
    say: mpsc::Sender<Incoming>,
    hear: mpsc::Receiver<Outgoing>,
    session: JoinHandle<()>,
}

impl Line {
    /// Connects as the user of this name, and is greeted.
    pub(crate) async fn connect(
        gateway: &Gateway,
        name: &str,
        cursor: Option<Cursor>,
    ) -> Result<Self> {
        let (say, incoming) = mpsc::channel(ROOM);
        let (outgoing, hear) = mpsc::channel(ROOM);
        let transport = Transport {
            incoming,
            outgoing: PollSender::new(outgoing),
        };
        let opening = Opening {
            token: Some(name.to_owned()),
            cursor,
        };
        let gateway = gateway.clone();
        let session = tokio::spawn(async move { gateway.run(transport, opening).await });
        let mut line = Self { say, hear, session };
        line.event("session.ready").await?;
        Ok(line)
    }

    /// Says a command.
    pub(crate) async fn say(&self, kind: &str, reference: String, data: String) -> Result<()> {
        let command = CommandIn {
            kind: kind.to_owned(),
            reference: Some(reference),
            data: RawValue::from_string(data)?,
        };
        Ok(self.say.send(Incoming::Command(command)).await?)
    }

    /// Hears an event of this kind, as the text that a transport would write.
    pub(crate) async fn event(&mut self, kind: &str) -> Result<usize> {
        match self.hear.recv().await.context("the session has ended")? {
            Outgoing::Frame(frame) if frame.kind() == kind => Ok(frame.text().len()),
            other => bail!("expected {kind}, got {other:?}"),
        }
    }

    /// Hears that a command was carried out.
    pub(crate) async fn acknowledged(&mut self) -> Result<()> {
        match self.hear.recv().await.context("the session has ended")? {
            Outgoing::Reply(reply) if reply.outcome.is_ok() => Ok(()),
            other => bail!("expected an acknowledgement, got {other:?}"),
        }
    }

    /// Hangs up, and waits until the session has ended.
    pub(crate) async fn hang_up(self) -> Result<()> {
        let Self { say, hear, session } = self;
        drop((say, hear));
        Ok(session.await?)
    }
}
