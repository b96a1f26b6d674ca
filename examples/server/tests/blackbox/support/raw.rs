//! Connections without a client library, for what no client library would send.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Person, within};

/// A TCP connection to the server.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
}

impl Raw {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        Self { stream }
    }

    /// An open session, after its upgrade, without a client library behind it.
    pub(crate) async fn upgraded(person: &Person) -> Self {
        let mut raw = Self::connect(person.address).await;
        let head = format!(
            "GET /ws/messaging HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
             connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            person.address, person.token
        );
        raw.write(head).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(raw.stream.read_u8().await.unwrap());
        }
        assert!(
            answer.starts_with(b"HTTP/1.1 101"),
            "{}",
            String::from_utf8_lossy(&answer)
        );
        raw
    }

    /// Writes bytes. An error when the server has closed its side.
    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.stream.write_all(bytes.as_ref()).await
    }

    /// Everything that the server says until it closes; a reset ends it too.
    pub(crate) async fn read_to_end(&mut self, limit: Duration) -> Vec<u8> {
        within(limit, "the end of the connection", async {
            let mut all = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                match self.stream.read(&mut buffer).await {
                    Ok(0) | Err(_) => return all,
                    Ok(read) => all.extend_from_slice(&buffer[..read]),
                }
            }
        })
        .await
    }

    /// The code that the server closes the session with; `None` when the connection just ends.
    pub(crate) async fn close_code(&mut self, limit: Duration) -> Option<u16> {
        let all = self.read_to_end(limit).await;
        let mut rest = all.as_slice();
        while let [first, second, after @ ..] = rest {
            let (length, after) = match (second & 0x7f, after) {
                (126, [a, b, after @ ..]) => (usize::from(u16::from_be_bytes([*a, *b])), after),
                (length, after) => (usize::from(length), after),
            };
            let (payload, after) = after.split_at_checked(length)?;
            if first & 0x0f == 8 {
                return Some(u16::from_be_bytes(*payload.first_chunk()?));
            }
            rest = after;
        }
        None
    }
}

/// A client's frame as RFC 6455 lays it out; `first` holds the flags and the opcode. Masked with
/// zeros, so that the payload stays readable.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match u16::try_from(payload.len()) {
        Ok(length @ 0..126) => bytes.push(0x80 | length.to_be_bytes()[1]),
        Ok(length) => {
            bytes.push(0xfe);
            bytes.extend(length.to_be_bytes());
        }
        Err(_) => {
            bytes.push(0xff);
            bytes.extend((payload.len() as u64).to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}
