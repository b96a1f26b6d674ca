//! Sessions over `WebSocket`s.

use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use futures_util::{SinkExt, StreamExt};
use messaging_core::id::ThreadId;
use messaging_warp::{Api, serve};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{
        Message, client::IntoClientRequest, http::HeaderValue, protocol::WebSocketConfig,
    },
};

use crate::{
    Operation,
    frame::send_values,
    world::{Names, World, quiet},
};

/// From a frame on the sender's socket to the acknowledgement there and to the other's socket.
pub(crate) struct WsSend {
    /// Held, so that the store is not freed with the server.
    _world: World,
    ann: Client,
    ben: Client,
    thread_id: ThreadId,
    sent: u64,
}

impl WsSend {
    pub(crate) async fn open() -> Result<Self> {
        let world = World::memory();
        let thread_id = world.thread(&["ben".to_owned()]).await?;
        let api = Api::builder(world.messaging.clone(), Names).session(quiet());
        let api = api.build();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        tokio::spawn(async move { serve(listener, &api, std::future::pending()).await });
        Ok(Self {
            ann: Client::connect(&address, "ann").await?,
            ben: Client::connect(&address, "ben").await?,
            thread_id,
            sent: 0,
            _world: world,
        })
    }
}

#[async_trait(?Send)]
impl Operation for WsSend {
    async fn run(&mut self, times: u64) -> Result<()> {
        for _ in 0..times {
            self.sent += 1;
            let (number, data) = (self.sent, send_values(&self.thread_id, self.sent));
            let frame = format!(r#"{{"type":"message.send","ref":"{number}","data":{data}}}"#);
            self.ann.socket.send(Message::text(frame)).await?;
            self.ann.hear(r#"{"type":"ack""#).await?;
            self.ben.hear(r#"{"type":"message.new""#).await?;
        }
        Ok(())
    }
}

struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    async fn connect(address: &str, name: &str) -> Result<Self> {
        let mut request = format!("ws://{address}/ws/messaging").into_client_request()?;
        let bearer = HeaderValue::try_from(format!("Bearer {name}"))?;
        request.headers_mut().insert("authorization", bearer);
        // The client's read buffer is zeroed at every read: its default of 128 KiB would be most of
        // what is counted.
        let config = WebSocketConfig::default().read_buffer_size(1024);
        let (socket, _) = connect_async_with_config(request, Some(config), true).await?;
        let mut client = Self { socket };
        client.hear(r#"{"type":"session.ready""#).await?;
        Ok(client)
    }

    /// Hears a frame that begins like this.
    async fn hear(&mut self, beginning: &str) -> Result<()> {
        let message = self.socket.next().await.context("hung up")??;
        let text = message.to_text()?;
        ensure!(
            text.starts_with(beginning),
            "expected {beginning}, got {text}"
        );
        Ok(())
    }
}
