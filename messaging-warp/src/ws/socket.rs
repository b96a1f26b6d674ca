//! A WebSocket as the core's transport: a stream of what comes in, a sink of what goes out.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use messaging_core::realtime::{Incoming, Outgoing};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        error::ProtocolError,
        protocol::{Role, WebSocketConfig},
    },
};

use super::{command, metered::Metered, outgoing};

/// The largest message, and the largest frame of one.
const MAX_MESSAGE: usize = 64 * 1024;
/// The most bytes without a complete message: the largest one, in as many frames as make sense.
const MAX_INCOMPLETE: usize = 2 * MAX_MESSAGE;
/// Every idle socket holds on to its read buffer, so it is as small as most messages are: against
/// 4 KiB it saves a quarter of a session's memory.
const READ_BUFFER: usize = 1024;
/// How much is gathered before it is written without being flushed: some dozens of messages, since a
/// write costs as much as they do. Allocated when it is needed.
const WRITE_BUFFER: usize = 16 * 1024;
/// How much of what nobody wants is read at a time.
const WASTE_BUFFER: usize = 4 * 1024;
/// The most that is buffered to be written: more than the largest frame that goes out.
const MAX_WRITE_BUFFER: usize = 8 * 1024 * 1024;
/// The most pings that are answered between two of our own, which go out every few seconds. A client
/// that sends more and reads none of the answers would have them pile up here.
const MAX_PINGS: usize = 1000;
/// How long the other side may take to agree to the end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// One WebSocket.
#[derive(Debug)]
pub(super) struct Socket<S> {
    ws: WebSocketStream<Metered<S>>,
    /// Whether what came in could not be followed: nothing more is read as frames then.
    is_broken: bool,
    /// The pings that came in since the last of our own.
    pings: usize,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// The server's side of a connection that has been upgraded.
    pub(super) async fn server(connection: S) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_write_buffer_size(MAX_WRITE_BUFFER)
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let connection = Metered::new(connection, MAX_INCOMPLETE);
        let ws = WebSocketStream::from_raw_socket(connection, Role::Server, Some(config)).await;
        Self {
            ws,
            is_broken: false,
            pings: 0,
        }
    }

    /// Waits, not long, until the other side has agreed to the end.
    pub(super) async fn finish(mut self) {
        let _ = timeout(CLOSE_TIMEOUT, self.close()).await;
    }

    async fn close(&mut self) {
        if self.ws.flush().await.is_err() {
            return;
        }
        while !self.is_broken && self.next().await.is_some() {}
        if self.is_broken {
            // What is still coming in is thrown away: closing over unread bytes would reset the
            // connection, and the close frame with its code could be lost on the way.
            let connection = self.ws.get_mut().unmetered();
            let _ = connection.shutdown().await;
            // On the heap: as part of this future it would weigh on every idle socket.
            let mut waste = vec![0; WASTE_BUFFER];
            while connection.read(&mut waste).await.is_ok_and(|read| read > 0) {}
        }
    }

    /// What a message is to the session, if anything.
    fn read(&mut self, message: &Message) -> Option<Incoming> {
        let meter = self.ws.get_mut();
        match message {
            Message::Text(text) => {
                meter.message();
                Some(command::read(text))
            }
            Message::Binary(_) => {
                meter.message();
                Some(Incoming::Violation)
            }
            Message::Pong(payload) => {
                meter.control(payload.len());
                Some(Incoming::Pong)
            }
            // Answered below this layer, at the next read.
            Message::Ping(payload) => {
                meter.control(payload.len());
                self.pings += 1;
                (self.pings > MAX_PINGS).then_some(Incoming::Violation)
            }
            // The reply is written at the next read, which then ends the stream.
            Message::Close(_) | Message::Frame(_) => None,
        }
    }

    /// What an error is to the session; `None` when the client just went away.
    fn fail(&mut self, error: &Error) -> Option<Incoming> {
        self.is_broken = true;
        match error {
            Error::Capacity(_) => Some(Incoming::TooLarge),
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
            Error::Protocol(_) | Error::Utf8(_) => Some(Incoming::Violation),
            _ if self.ws.get_ref().is_spent() => Some(Incoming::Violation),
            _ => None,
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream for Socket<S> {
    type Item = Incoming;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Incoming>> {
        loop {
            match ready!(self.ws.poll_next_unpin(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(self.fail(&error)),
                Some(Ok(message)) => {
                    if let Some(incoming) = self.read(&message) {
                        return Poll::Ready(Some(incoming));
                    }
                }
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Sink<Outgoing> for Socket<S> {
    type Error = Error;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.ws.poll_ready_unpin(cx)
    }

    fn start_send(mut self: Pin<&mut Self>, item: Outgoing) -> Result<(), Error> {
        if matches!(item, Outgoing::Ping) {
            self.pings = 0;
        }
        match outgoing::message(item) {
            Some(message) => self.ws.start_send_unpin(message),
            None => Ok(()),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.ws.poll_flush_unpin(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.ws.poll_close_unpin(cx)
    }
}
