//! The server that the chat talks to.

use anyhow::{Context, Result, bail};
use hyper::Uri;
use tokio::net::TcpStream;

use crate::settings::Secret;

/// Where the server is, and the token it is shown.
#[derive(Debug)]
pub(super) struct Server {
    host: String,
    port: u16,
    gateway_port: u16,
    token: Secret,
}

impl Server {
    pub(super) fn new(url: &str, gateway_port: Option<u16>, token: Secret) -> Result<Self> {
        let uri: Uri = url.parse().context("--url is not a URL")?;
        if uri.scheme_str() != Some("http") {
            bail!("--url must begin with http://: this client speaks no TLS");
        }
        let authority = uri.authority().context("--url names no host")?;
        let port = authority.port_u16().unwrap_or(80);
        Ok(Self {
            host: authority.host().to_owned(),
            port,
            gateway_port: gateway_port.unwrap_or(port),
            token,
        })
    }

    /// Host and port of REST, as the `Host` header has them.
    pub(super) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The same of the gateway.
    pub(super) fn gateway(&self) -> String {
        format!("{}:{}", self.host, self.gateway_port)
    }

    /// The value of the `Authorization` header.
    pub(super) fn authorization(&self) -> String {
        format!("Bearer {}", self.token.expose())
    }

    pub(super) async fn connect(&self) -> Result<TcpStream> {
        connect(&self.host, self.port).await
    }

    pub(super) async fn connect_gateway(&self) -> Result<TcpStream> {
        connect(&self.host, self.gateway_port).await
    }
}

async fn connect(host: &str, port: u16) -> Result<TcpStream> {
    // An IPv6 address stands in brackets in a URL, and only there.
    let address = (host.trim_matches(['[', ']']), port);
    let stream = TcpStream::connect(address)
        .await
        .with_context(|| format!("{host}:{port} does not answer"))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
