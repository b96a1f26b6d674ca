//! One WebSocket connection.

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use hyper::header::{AUTHORIZATION, HeaderValue};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::CloseFrame},
};

use super::server::Server;

/// An open connection.
#[derive(Debug)]
pub(super) struct Link {
    socket: WebSocketStream<TcpStream>,
}

impl Link {
    /// Connects; with a cursor, to resume there.
    pub(super) async fn open(server: &Server, cursor: Option<&str>) -> Result<Self> {
        let query = cursor.map(|cursor| format!("?cursor={cursor}"));
        let host = server.gateway();
        let url = format!("ws://{host}/ws/messaging{}", query.unwrap_or_default());
        let mut request = url.into_client_request()?;
        let mut token = HeaderValue::try_from(server.authorization())?;
        token.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, token);
        let stream = server.connect_gateway().await?;
        let (socket, _) = client_async(request, stream).await?;
        Ok(Self { socket })
    }

    /// The next frame. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Result<Value> {
        loop {
            match self.socket.next().await.transpose()? {
                Some(Message::Text(text)) => {
                    return serde_json::from_str(text.as_str()).context("a frame is no JSON");
                }
                Some(Message::Close(Some(close))) => return Err(Closed(close).into()),
                // Pings are answered by the library while it is read from.
                Some(_) => {}
                None => bail!("the server hung up"),
            }
        }
    }

    pub(super) async fn send_all(&mut self, commands: &[Value]) -> Result<()> {
        for command in commands {
            let text = Message::text(command.to_string());
            self.socket.feed(text).await?;
        }
        Ok(self.socket.flush().await?)
    }

    /// Says goodbye. Whether it is heard does not matter any more.
    pub(super) async fn close(&mut self) {
        let _ = self.socket.close(None).await;
    }
}

/// The server has ended the session, and said why.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.reason)]
struct Closed(CloseFrame);

/// Whether a failure is the server's last word: it refuses the token, or the user.
pub(super) fn is_final(error: &anyhow::Error) -> bool {
    if let Some(Closed(close)) = error.downcast_ref() {
        return matches!(close.code.into(), 4401 | 4403);
    }
    match error.downcast_ref::<Error>() {
        Some(Error::Http(response)) => response.status().is_client_error(),
        _ => false,
    }
}
