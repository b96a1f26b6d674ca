//! The accept loop, over real connections.

use std::{net::SocketAddr, time::Duration};

use messaging_warp::{Server, ServerSettings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
    task::JoinHandle,
    time::timeout,
};
use warp::Filter;

use crate::support::World;

/// A server on a free port, and the way to stop it.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn new(world: &World) -> Self {
        Self::with(world, ServerSettings::default()).await
    }

    pub(crate) async fn with(world: &World, settings: ServerSettings) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::new(&world.api).settings(settings);
        let server = server.listen(listener, world.api.routes());
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self {
            address,
            stop,
            task,
        }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes and reads everything until the server closes.
    async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        read_all(&mut stream).await
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        timeout(Duration::from_secs(20), self.task)
            .await
            .unwrap()
            .unwrap();
    }
}

async fn read_all(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    // A reset after the answer is as good as an end.
    let _ = timeout(Duration::from_secs(20), reading)
        .await
        .expect("an end");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn what_no_route_takes_is_a_problem() {
    let world = World::new();
    let server = Running::new(&world).await;
    let head = "GET /nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = server.exchange(head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(answer.contains("\"code\":\"not_found\""), "{answer}");
    assert!(answer.contains("x-request-id: "), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_keeps_sending_still_gets_its_refusal() {
    let world = World::new();
    let server = Running::new(&world).await;
    let authorization = format!("authorization: Bearer {}\r\n", world.token("ann"));
    for (authorization, status) in [(authorization.as_str(), 413), ("", 401)] {
        for framing in ["content-length: 10000000", "transfer-encoding: chunked"] {
            let chunked = framing.starts_with('t');
            let head = format!(
                "POST /api/tags HTTP/1.1\r\nhost: x\r\n{authorization}{framing}\r\nconnection: close\r\n\r\n"
            );
            let mut stream = server.connect().await;
            let (mut reader, mut writer) = stream.split();
            let sending = async {
                writer.write_all(head.as_bytes()).await.unwrap();
                let piece = "x".repeat(10_000);
                for _ in 0..1000 {
                    let sent = if chunked {
                        writer
                            .write_all(format!("2710\r\n{piece}\r\n").as_bytes())
                            .await
                    } else {
                        writer.write_all(piece.as_bytes()).await
                    };
                    sent.expect("the server listens until the client is done");
                }
                if chunked {
                    writer.write_all(b"0\r\n\r\n").await.unwrap();
                }
            };
            let mut answer = Vec::new();
            let reading = reader.read_to_end(&mut answer);
            let both = async { tokio::join!(sending, reading) };
            let _ = timeout(Duration::from_secs(30), both)
                .await
                .expect("an end");
            let answer = String::from_utf8_lossy(&answer);
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}")),
                "{framing}: {answer}"
            );
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let world = World::new();
    let server = Running::new(&world).await;
    let mut stream = server.connect().await;
    let (mut reader, mut writer) = stream.split();
    let sending = async {
        writer
            .write_all(b"GET /health/live HTTP/1.1\r\n")
            .await
            .unwrap();
        while writer
            .write_all(b"x-more: and more and more\r\n")
            .await
            .is_ok()
        {}
    };
    let mut answer = Vec::new();
    let reading = reader.read_to_end(&mut answer);
    let both = async { tokio::join!(sending, reading) };
    let _ = timeout(Duration::from_secs(20), both)
        .await
        .expect("an end");
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    server.stop().await;
}

#[tokio::test]
async fn clients_that_say_nothing_or_half_of_it_are_hung_up_on() {
    let world = World::new();
    let mut settings = ServerSettings::default();
    settings.header_timeout = Duration::from_millis(200);
    let server = Running::with(&world, settings).await;
    for start in [
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
        "GET / HT",
        "GET / HTTP/1.1\r\nhost: x\r\n",
    ] {
        let answer = server.exchange(start.as_bytes()).await;
        assert!(!answer.starts_with("HTTP/1.1 2"), "{start}: {answer}");
    }
    let live = "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";
    let answer = server.exchange(live.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn a_request_under_way_is_finished_and_no_other_is_begun() {
    let world = World::new();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (begun, release) = (
        std::sync::Arc::new(Notify::new()),
        std::sync::Arc::new(Notify::new()),
    );
    let slow = {
        let (begun, release) = (begun.clone(), release.clone());
        warp::path!("slow").then(move || {
            let (begun, release) = (begun.clone(), release.clone());
            async move {
                begun.notify_one();
                release.notified().await;
                "done"
            }
        })
    };
    let server = Server::new(&world.api).listen(listener, slow.or(world.api.rest()));
    let stop = std::sync::Arc::new(Notify::new());
    let task = tokio::spawn({
        let stop = stop.clone();
        server.run(async move { stop.notified().await })
    });
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"GET /slow HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    begun.notified().await;
    stop.notify_one();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    release.notify_one();
    let answer = read_all(&mut stream).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"),
        "{answer}"
    );
    timeout(Duration::from_secs(20), task)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn rest_and_sockets_can_have_ports_of_their_own() {
    let world = World::new();
    let rest = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let sockets = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let ports = [rest.local_addr().unwrap(), sockets.local_addr().unwrap()];
    let server = Server::new(&world.api)
        .listen(rest, world.api.rest())
        .listen(sockets, world.api.ws());
    let stop = std::sync::Arc::new(Notify::new());
    let task = tokio::spawn({
        let stop = stop.clone();
        server.run(async move { stop.notified().await })
    });
    for (path, statuses) in [
        ("/health/live", ["200", "404"]),
        ("/ws/messaging", ["404", "426"]),
    ] {
        for (port, status) in ports.iter().zip(statuses) {
            let mut stream = TcpStream::connect(port).await.unwrap();
            let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            let answer = read_all(&mut stream).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}")),
                "{path}: {answer}"
            );
        }
    }
    stop.notify_one();
    timeout(Duration::from_secs(20), task)
        .await
        .unwrap()
        .unwrap();
}
