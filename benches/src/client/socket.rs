//! A WebSocket session.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use futures_util::{FutureExt, SinkExt, StreamExt, stream::FuturesUnordered};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Message, Utf8Bytes,
        client::IntoClientRequest,
        http::HeaderValue,
        protocol::{CloseFrame, WebSocketConfig},
    },
};

use super::Frame;

/// How long a server may take for anything it is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The server's greeting, as far as it is looked at here: with it a ceiling greets the same clients.
pub(crate) const GREETING: &str =
    r#"{"type":"session.ready","data":{"cursor":"","resumed":false}}"#;

/// Small: there are thousands of sockets, and frames of a few hundred bytes.
const BUFFER: usize = 4 * 1024;

/// A session of one user.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// The last cursor of `session.ready`: where the session began.
    pub(crate) cursor: String,
    /// Whether it went on at the cursor that it was connected with.
    pub(crate) resumed: bool,
}

impl Socket {
    /// Connects to `host:port` and waits for the greeting; goes on at `cursor` if there is one.
    pub(crate) async fn connect(
        address: &str,
        token: &str,
        cursor: Option<&str>,
    ) -> anyhow::Result<Self> {
        let connecting = Self::open(address, token, cursor);
        timeout(PATIENCE, connecting)
            .await
            .context("no session within the time")?
    }

    async fn open(address: &str, token: &str, cursor: Option<&str>) -> anyhow::Result<Self> {
        let query = cursor.map_or_else(String::new, |cursor| format!("?cursor={cursor}"));
        let mut request = format!("ws://{address}/ws/messaging{query}").into_client_request()?;
        let bearer = HeaderValue::try_from(format!("Bearer {token}"))?;
        request.headers_mut().insert("authorization", bearer);
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(BUFFER);
        let connection = TcpStream::connect(address).await?;
        connection.set_nodelay(true)?;
        let (stream, _) = client_async_with_config(request, connection, Some(config)).await?;
        let mut socket = Self {
            stream,
            cursor: String::new(),
            resumed: false,
        };
        let greeting = socket.next().await?;
        let frame = Frame::parse(&greeting)?;
        ensure!(frame.kind == "session.ready", "no greeting but {greeting}");
        socket.cursor = frame.data.cursor.unwrap_or_default().into_owned();
        socket.resumed = frame.data.resumed.unwrap_or_default();
        Ok(socket)
    }

    /// The next text frame, however long it takes. Nothing is lost when it is not waited for.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Utf8Bytes> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text),
                Some(Ok(Message::Close(frame))) => bail!("the server closed: {}", words(frame)),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error).context("the connection broke"),
                None => bail!("the connection ended"),
            }
        }
    }

    /// The next text frame, if it has come already.
    pub(crate) fn next_now(&mut self) -> Option<anyhow::Result<Utf8Bytes>> {
        self.next().now_or_never()
    }

    /// Puts a frame into the buffer; [`flush`](Self::flush) sends what is there.
    pub(crate) async fn feed(&mut self, text: &str) -> anyhow::Result<()> {
        Ok(self.stream.feed(Message::text(text)).await?)
    }

    pub(crate) async fn flush(&mut self) -> anyhow::Result<()> {
        Ok(self.stream.flush().await?)
    }

    pub(crate) async fn send(&mut self, text: &str) -> anyhow::Result<()> {
        self.feed(text).await?;
        self.flush().await
    }

    /// Waits for a frame although none should come: answers pings meanwhile.
    async fn surprise(&mut self) -> anyhow::Error {
        match self.next().await {
            Ok(text) => anyhow::anyhow!("a frame that nobody waited for: {text}"),
            Err(error) => error,
        }
    }
}

/// Keeps sessions alive while other work is done, in which none of them should hear anything.
pub(crate) async fn while_quiet<T>(
    sockets: impl IntoIterator<Item = &mut Socket>,
    work: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    // Only those that have something to do are looked at: there are many, and the work is measured.
    let mut surprises: FuturesUnordered<_> = sockets.into_iter().map(Socket::surprise).collect();
    tokio::select! {
        done = work => done,
        Some(error) = surprises.next() => Err(error),
    }
}

fn words(frame: Option<CloseFrame>) -> String {
    frame.map_or_else(|| "without a word".to_owned(), |frame| frame.to_string())
}
