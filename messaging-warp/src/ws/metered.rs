//! Bounds what a client may send without completing a message.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The bytes on the wire of one masked frame beside its payload, at least.
const FRAME_OVERHEAD: usize = 6;

/// A connection that stops reading when too much has come in for too little.
///
/// The WebSocket layer counts a message's bytes, not its frames: empty continuation frames cost a
/// client six bytes each and would keep the layer busy for ever without a message to show for it.
/// So the bytes are counted here, where they come in, and forgiven when a message is complete.
#[derive(Debug)]
pub(super) struct Metered<S> {
    inner: S,
    budget: usize,
    unpaid: usize,
}

impl<S> Metered<S> {
    /// Lets through `budget` bytes without a message.
    pub(super) fn new(inner: S, budget: usize) -> Self {
        Self {
            inner,
            budget,
            unpaid: 0,
        }
    }

    /// A message is complete.
    pub(super) fn message(&mut self) {
        self.unpaid = 0;
    }

    /// A control frame has been taken, possibly amid a message: it pays for itself only.
    pub(super) fn control(&mut self, payload: usize) {
        self.unpaid = self.unpaid.saturating_sub(payload + FRAME_OVERHEAD);
    }

    /// Whether reading has stopped.
    pub(super) fn is_spent(&self) -> bool {
        self.unpaid > self.budget
    }

    /// The connection without its meter.
    pub(super) fn unmetered(&mut self) -> &mut S {
        &mut self.inner
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_spent() {
            return Poll::Ready(Err(io::Error::other("too much without a message")));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        self.unpaid += buffer.filled().len() - before;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
