//! Where the server listens, and which pages may talk to it.

use std::net::{IpAddr, SocketAddr};

use super::value::{parse_address, parse_port};

/// Where the server listens.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Listening")]
pub(crate) struct Listen {
    /// Which address to listen on; 0.0.0.0 for every one of the machine.
    #[arg(
        long,
        env = "MESSAGING_BIND",
        value_name = "MESSAGING_BIND",
        default_value = "127.0.0.1",
        value_parser = parse_address
    )]
    pub(crate) bind: IpAddr,
    /// Which port; 0 for any that is free.
    #[arg(
        long,
        env = "MESSAGING_API_PORT",
        value_name = "MESSAGING_API_PORT",
        default_value_t = 8080,
        value_parser = parse_port
    )]
    pub(crate) api_port: u16,
    /// Another port for the WebSocket gateway; the same unless set.
    #[arg(
        long,
        env = "MESSAGING_WS_PORT",
        value_name = "MESSAGING_WS_PORT",
        value_parser = parse_port
    )]
    pub(crate) ws_port: Option<u16>,
    /// The origins whose pages may call the server from a browser, separated by commas:
    /// `https://chat.example.com`.
    #[arg(
        long,
        env = "MESSAGING_ALLOWED_ORIGINS",
        value_name = "MESSAGING_ALLOWED_ORIGINS",
        value_delimiter = ',',
        value_parser = parse_origin
    )]
    allowed_origins: Vec<String>,
}

impl Listen {
    /// This machine alone.
    pub(crate) fn local(port: u16) -> Self {
        Self {
            bind: IpAddr::from([127, 0, 0, 1]),
            api_port: port,
            ws_port: None,
            allowed_origins: Vec::new(),
        }
    }

    /// Where REST is served.
    pub(crate) fn api(&self) -> SocketAddr {
        SocketAddr::new(self.bind, self.api_port)
    }

    /// Where the gateway is served as well, when that is elsewhere.
    pub(crate) fn gateway(&self) -> Option<SocketAddr> {
        let port = self.ws_port.filter(|port| *port != self.api_port)?;
        Some(SocketAddr::new(self.bind, port))
    }

    /// The allowed origins; an empty variable names none.
    pub(crate) fn origins(&self) -> Vec<String> {
        let named = self.allowed_origins.iter();
        named.filter(|origin| !origin.is_empty()).cloned().collect()
    }
}

/// An origin as browsers send it: a scheme, a host, perhaps a port, and nothing after that.
fn parse_origin(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    let host = ["http://", "https://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))
        .unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-.:[]_".contains(c);
    if host.is_empty() || !host.chars().all(allowed) {
        return Err("must be origins like https://chat.example.com, without a path".to_owned());
    }
    Ok(text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for good in [
            "https://a.example",
            "http://localhost:3000",
            "http://[::1]:80",
        ] {
            assert_eq!(parse_origin(good).as_deref(), Ok(good));
        }
        for bad in [
            "a.example",
            "https://",
            "https://a.example/",
            "ftp://a",
            "*",
        ] {
            assert!(parse_origin(bad).is_err(), "{bad}");
        }
    }
}
