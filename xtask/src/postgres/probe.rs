//! Asks a PostgreSQL whether it lets us in, in its own protocol, so that no client need be
//! installed. Messages: <https://www.postgresql.org/docs/current/protocol-message-formats.html>.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    os::unix::net::UnixStream,
    path::PathBuf,
    time::Duration,
};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// Version 3.0 of the protocol.
const PROTOCOL: i32 = 3 << 16;

/// Where a server may listen.
#[derive(Debug, Clone)]
pub(super) enum Address {
    /// A port of this machine.
    Tcp(u16),
    /// A socket in a folder, by the port in its name.
    Socket(PathBuf, u16),
}

/// What a server tells of itself and of us.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Server {
    /// Its major version.
    pub(super) version: u32,
    /// Whether the user may create databases.
    pub(super) may_create_databases: bool,
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

impl Address {
    /// The URL for `user` in the database that every server has. Without TLS, which the driver sends
    /// in pieces that wait for each other: tests on this machine need it not.
    pub(super) fn url(&self, user: &str) -> String {
        match self {
            Self::Tcp(port) => {
                format!("postgres://{user}@127.0.0.1:{port}/postgres?sslmode=disable")
            }
            Self::Socket(dir, port) => {
                let host = dir.display().to_string().replace('/', "%2F");
                format!("postgres://{user}@{host}:{port}/postgres")
            }
        }
    }

    fn connect(&self) -> io::Result<Box<dyn Stream>> {
        match self {
            Self::Tcp(port) => {
                let address = SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
                let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                Ok(Box::new(stream))
            }
            Self::Socket(dir, port) => {
                let stream = UnixStream::connect(dir.join(format!(".s.PGSQL.{port}")))?;
                stream.set_read_timeout(Some(PATIENCE))?;
                Ok(Box::new(stream))
            }
        }
    }
}

/// Logs in as `user` without a password and asks for its rights.
pub(super) fn probe(address: &Address, user: &str) -> io::Result<Server> {
    const RIGHTS: &str =
        "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user";
    let mut stream = address.connect()?;
    stream.write_all(&startup(user))?;
    let mut server = Server::default();
    let mut asked = false;
    loop {
        let (kind, body) = read_message(&mut stream)?;
        match kind {
            // Authentication: zero says that we are in, anything else asks for a password.
            b'R' if body != [0; 4] => return Err(io::ErrorKind::PermissionDenied.into()),
            b'S' => read_version(&body, &mut server),
            // Ready for a query: the first time ask, the second time the answer is complete.
            b'Z' if asked => return Ok(server),
            b'Z' => {
                stream.write_all(&message(Some(b'Q'), &[RIGHTS.as_bytes(), b"\0"].concat()))?;
                asked = true;
            }
            // A row of one column: a boolean in text is the last byte.
            b'D' => server.may_create_databases = body.last() == Some(&b't'),
            b'E' => return Err(io::ErrorKind::PermissionDenied.into()),
            _ => {}
        }
    }
}

fn startup(user: &str) -> Vec<u8> {
    let mut body = PROTOCOL.to_be_bytes().to_vec();
    for word in ["user", user, "database", "postgres", ""] {
        body.extend_from_slice(word.as_bytes());
        body.push(0);
    }
    message(None, &body)
}

/// A message: its kind (the first one of a connection has none), its length, its body.
fn message(kind: Option<u8>, body: &[u8]) -> Vec<u8> {
    let length = i32::try_from(body.len() + 4).unwrap_or(i32::MAX);
    let mut bytes = Vec::from_iter(kind);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

fn read_message(stream: &mut impl Read) -> io::Result<(u8, Vec<u8>)> {
    /// No answer to these questions is longer; something else may be listening there.
    const LONGEST: usize = 1 << 16;
    let mut kind = [0; 1];
    stream.read_exact(&mut kind)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::try_from(i32::from_be_bytes(length)).unwrap_or(0);
    if !(4..=LONGEST).contains(&length) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = vec![0; length - 4];
    stream.read_exact(&mut body)?;
    Ok((kind[0], body))
}

/// A parameter's name and value, each ended by a zero byte; one of them is the version, `15.14`.
fn read_version(body: &[u8], server: &mut Server) {
    let mut words = body.split(|byte| *byte == 0);
    if words.next() == Some(b"server_version") {
        let value = String::from_utf8_lossy(words.next().unwrap_or_default()).into_owned();
        let digits = value.split(|c: char| !c.is_ascii_digit()).next();
        server.version = digits.and_then(|text| text.parse().ok()).unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_first_number_of_its_parameter() {
        let mut server = Server::default();
        read_version(b"TimeZone\0UTC\0", &mut server);
        assert_eq!(server.version, 0);
        read_version(b"server_version\x0016.3 (Debian 16.3-1)\0", &mut server);
        assert_eq!(server.version, 16);
    }

    #[test]
    fn a_message_counts_its_own_length_and_is_read_back() {
        let bytes = message(Some(b'Q'), b"select 1\0");
        let (kind, body) = read_message(&mut bytes.as_slice()).unwrap();
        assert_eq!((kind, body.as_slice()), (b'Q', &b"select 1\0"[..]));
    }

    #[test]
    fn what_is_no_postgres_is_not_waited_for() {
        let error = read_message(&mut &b"HTTP/1.1 400 Bad Request\r\n"[..]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
