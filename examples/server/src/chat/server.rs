//! The server that the chat talks to.

use anyhow::{Context, Result, bail};
use hyper::Uri;
use tokio::net::TcpStream;

use crate::settings::Secret;

/// Where the server is, and the token it is shown.
#[derive(Debug)]
pub(super) struct Server {
    authority: String,
    port: u16,
    host: String,
    token: Secret,
}

impl Server {
    pub(super) fn new(url: &str, token: Secret) -> Result<Self> {
        let uri: Uri = url.parse().context("--url is not a URL")?;
        if uri.scheme_str() != Some("http") {
            bail!("--url must begin with http://: this client speaks no TLS");
        }
        let authority = uri.authority().context("--url names no host")?;
        Ok(Self {
            authority: authority.to_string(),
            port: authority.port_u16().unwrap_or(80),
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            token,
        })
    }

    /// Host and port, as the `Host` header has them.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    /// The value of the `Authorization` header.
    pub(super) fn authorization(&self) -> String {
        format!("Bearer {}", self.token.expose())
    }

    pub(super) async fn connect(&self) -> Result<TcpStream> {
        let address = (self.host.as_str(), self.port);
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("{} does not answer", self.authority))?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}
