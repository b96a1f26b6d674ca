//! Whether the server can listen where it is to.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::Finding;

/// Whether the port can be taken, or is taken by this very server.
pub(super) async fn check_port(address: SocketAddr) -> Finding {
    let Err(error) = TcpListener::bind(address).await else {
        return Ok(format!("{address} is free"));
    };
    if error.kind() == io::ErrorKind::AddrInUse && is_ours(address).await {
        return Ok(format!("a messaging server already answers on {address}"));
    }
    Err(match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "another program listens on {address}; stop it, or set MESSAGING_API_PORT to another \
             port (0 takes any)"
        ),
        io::ErrorKind::AddrNotAvailable => format!(
            "this machine has no address {}; set MESSAGING_BIND to one of its own, or to 0.0.0.0",
            address.ip()
        ),
        _ => format!("cannot listen on {address}: {error}"),
    })
}

/// Whether what listens there says that it is alive in our words.
async fn is_ours(address: SocketAddr) -> bool {
    const QUESTION: &[u8] = b"GET /health/live HTTP/1.0\r\n\r\n";
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(QUESTION).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        io::Result::Ok(answer.contains(r#"{"status":"ok"}"#))
    };
    let answer = tokio::time::timeout(Duration::from_secs(2), ask).await;
    matches!(answer, Ok(Ok(true)))
}
