//! Memory of idle sessions.

use anyhow::{Context, bail};
use futures_util::{StreamExt, stream};
use messaging_core::caller::{Caller, Role};
use messaging_store_sea::testkit::TestDatabase;
use messaging_warp::JwtIssuer;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use crate::process::{SECRET, Server};

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many sessions, each of a user of its own.
    #[arg(long, default_value_t = 5000)]
    sessions: usize,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let database = TestDatabase::sqlite();
    let server = Server::start(database.url()).await?;
    // The first few sessions bring in code and pools; what they cost is not a session's.
    let warm = connect_all(&server.address, "warm", 100).await?;
    drop(warm);
    let before = server.memory_kib()?;
    let sockets = connect_all(&server.address, "user", args.sessions).await?;
    let after = server.memory_kib()?;
    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
    let each = (after - before) as f64 / sockets.len() as f64;
    eprintln!(
        "{} idle sessions: {before} KiB before, {after} KiB with them",
        sockets.len()
    );
    eprintln!("memory of an idle session: {each:.1} KiB");
    Ok(())
}

async fn connect_all(address: &str, prefix: &str, count: usize) -> anyhow::Result<Vec<Socket>> {
    let issuer = JwtIssuer::hs256(SECRET)?;
    let connecting = stream::iter(0..count).map(|index| {
        let issuer = &issuer;
        async move {
            let caller = Caller::new(format!("{prefix}-{index}").parse()?, Role::Client);
            let token = issuer.sign(&caller, std::time::Duration::from_hours(1))?;
            connect(address, &token).await
        }
    });
    let sockets: Vec<anyhow::Result<Socket>> = connecting.buffer_unordered(50).collect().await;
    sockets.into_iter().collect()
}

/// Connects and waits for the greeting.
async fn connect(address: &str, token: &str) -> anyhow::Result<Socket> {
    let mut request = format!("ws://{address}/ws/messaging").into_client_request()?;
    let bearer = HeaderValue::try_from(format!("Bearer {token}"))?;
    request.headers_mut().insert("authorization", bearer);
    let (mut socket, _) = connect_async(request).await?;
    let first = socket.next().await.context("no greeting")??;
    match first {
        Message::Text(text) if text.contains("session.ready") => Ok(socket),
        other => bail!("expected a greeting, got {other:?}"),
    }
}
