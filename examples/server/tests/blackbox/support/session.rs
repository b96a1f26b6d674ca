//! A WebSocket session as a client library would keep it.

use std::{collections::VecDeque, net::SocketAddr};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest, handshake::client::Request},
};

use super::{SOON, within};

/// How a session came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The server closed it, with this code.
    Closed(u16),
    /// The connection broke.
    Lost,
}

/// An open session. Frames that nobody asked for yet wait in `inbox`, in the order they came.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) socket: WebSocketStream<TcpStream>,
    inbox: VecDeque<Value>,
    sent: u64,
    /// The subprotocol that the server selected.
    pub(crate) protocol: Option<String>,
    /// The `session.ready` frame; null before it has come.
    pub(crate) ready: Value,
}

/// The upgrade request, with whatever a test wants to add to it.
pub(crate) fn upgrade(address: SocketAddr, query: &str) -> Request {
    let url = format!("ws://{address}/ws/messaging{query}");
    url.into_client_request().unwrap()
}

impl Session {
    /// Connects with a token and waits for `session.ready`.
    pub(crate) async fn open(address: SocketAddr, token: &str, cursor: Option<&str>) -> Self {
        let session = Self::try_open(address, token, cursor);
        let session = within(SOON, "session.ready", session).await;
        session.unwrap_or_else(|ended| panic!("no session: {ended:?}"))
    }

    /// The same, for when the server may be gone.
    pub(crate) async fn try_open(
        address: SocketAddr,
        token: &str,
        cursor: Option<&str>,
    ) -> Result<Self, Ended> {
        let query = cursor.map_or_else(String::new, |cursor| format!("?cursor={cursor}"));
        let mut request = upgrade(address, &query);
        let bearer = format!("Bearer {token}").parse().unwrap();
        request.headers_mut().insert("authorization", bearer);
        let mut session = Self::handshake(address, request)
            .await
            .map_err(|_| Ended::Lost)?;
        session.await_ready().await?;
        Ok(session)
    }

    /// Connects with any upgrade request and waits for nothing.
    pub(crate) async fn handshake(
        address: SocketAddr,
        request: Request,
    ) -> Result<Self, tungstenite::Error> {
        let stream = TcpStream::connect(address).await?;
        Self::over(stream, request).await
    }

    /// The same over a connection that stands already.
    pub(crate) async fn over(
        stream: TcpStream,
        request: Request,
    ) -> Result<Self, tungstenite::Error> {
        stream.set_nodelay(true)?;
        let (socket, answer) = tokio_tungstenite::client_async(request, stream).await?;
        let protocol = answer.headers().get("sec-websocket-protocol");
        Ok(Self {
            protocol: protocol.map(|name| name.to_str().unwrap().to_owned()),
            socket,
            inbox: VecDeque::new(),
            sent: 0,
            ready: Value::Null,
        })
    }

    /// Takes the first frame, which must be `session.ready`.
    pub(crate) async fn await_ready(&mut self) -> Result<(), Ended> {
        let first = self.read().await?;
        assert_eq!(first["type"], "session.ready", "{first}");
        self.ready = first;
        Ok(())
    }

    /// The cursor of `session.ready`.
    pub(crate) fn cursor(&self) -> String {
        self.ready["data"]["cursor"].as_str().unwrap().to_owned()
    }

    /// Sends a command without a reference.
    pub(crate) async fn send(&mut self, kind: &str, data: Value) {
        let frame = json!({ "type": kind, "data": data });
        self.send_text(frame.to_string()).await;
    }

    /// Sends a command with a reference and waits for nothing; gives the reference.
    pub(crate) async fn post(&mut self, kind: &str, data: Value) -> String {
        self.try_post(kind, data).await.unwrap()
    }

    /// The same, for when the server may be gone.
    pub(crate) async fn try_post(&mut self, kind: &str, data: Value) -> Result<String, Ended> {
        self.sent += 1;
        let reference = format!("r{}", self.sent);
        let frame = json!({ "type": kind, "ref": reference, "data": data });
        match self.socket.send(Message::text(frame.to_string())).await {
            Ok(()) => Ok(reference),
            Err(_) => Err(self.why_lost().await),
        }
    }

    /// Sends any text.
    pub(crate) async fn send_text(&mut self, text: impl Into<String>) {
        let text: String = text.into();
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// Sends a command and gives its acknowledgement.
    pub(crate) async fn call(&mut self, kind: &str, data: Value) -> Value {
        let answer = within(SOON, kind, self.try_call(kind, data)).await;
        let answer = answer.unwrap_or_else(|ended| panic!("{kind}: {ended:?}"));
        assert_eq!(answer["type"], "ack", "{kind}: {answer}");
        answer
    }

    /// Sends a command and gives the problem it met.
    pub(crate) async fn refused(&mut self, kind: &str, data: Value) -> Value {
        let answer = within(SOON, kind, self.try_call(kind, data)).await;
        let mut answer = answer.unwrap_or_else(|ended| panic!("{kind}: {ended:?}"));
        assert_eq!(answer["type"], "error", "{kind}: {answer}");
        answer["error"].take()
    }

    /// Sends a command and gives its answer, whichever it is.
    pub(crate) async fn try_call(&mut self, kind: &str, data: Value) -> Result<Value, Ended> {
        let reference = self.try_post(kind, data).await?;
        loop {
            let frame = self.read().await?;
            if frame["ref"] == reference.as_str() {
                return Ok(frame);
            }
            self.inbox.push_back(frame);
        }
    }

    /// The next frame, whatever it is.
    pub(crate) async fn next(&mut self) -> Value {
        let frame = within(SOON, "a frame", self.try_next()).await;
        frame.unwrap_or_else(|ended| panic!("no frame: {ended:?}"))
    }

    /// The next frame, or how the session ended.
    pub(crate) async fn try_next(&mut self) -> Result<Value, Ended> {
        match self.inbox.pop_front() {
            Some(frame) => Ok(frame),
            None => self.read().await,
        }
    }

    /// The next frame, which must be of this type.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        let what = format!("{kind} as the next frame");
        let frame = within(SOON, &what, self.try_next()).await;
        let frame = frame.unwrap_or_else(|ended| panic!("{what}: {ended:?}"));
        assert_eq!(frame["type"], kind, "{frame}");
        frame
    }

    /// Every frame that the server had sent when it answered a ping.
    pub(crate) async fn drain(&mut self) -> Vec<Value> {
        self.call("ping", json!({})).await;
        self.inbox.drain(..).collect()
    }

    /// The code that the server closes with; frames before it are thrown away.
    pub(crate) async fn closed(&mut self) -> u16 {
        let ended = within(SOON, "the close", async {
            loop {
                if let Err(ended) = self.try_next().await {
                    return ended;
                }
            }
        });
        match ended.await {
            Ended::Closed(code) => code,
            Ended::Lost => panic!("the connection broke without a close frame"),
        }
    }

    async fn read(&mut self) -> Result<Value, Ended> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Close(frame))) => {
                    return Err(Ended::Closed(frame.map_or(1005, |frame| frame.code.into())));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(Ended::Lost),
            }
        }
    }

    /// Reads on to the close frame that may explain why a write failed.
    async fn why_lost(&mut self) -> Ended {
        loop {
            match self.read().await {
                Ok(frame) => self.inbox.push_back(frame),
                Err(ended) => return ended,
            }
        }
    }
}
