//! PostgreSQL goes away and comes back.

use std::{sync::Arc, time::Duration};

use crate::support::{connection, scene};
use messaging_core::{
    error::{ErrorKind, Fault},
    testkit::Scene,
};
use messaging_store_sea::{SeaOptions, SeaStore, testkit::TestDatabase};
use sea_orm::ConnectionTrait;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

#[tokio::test]
async fn calls_go_on_after_every_connection_was_terminated() {
    let database = TestDatabase::postgres().await;
    let scene = scene(&database, SeaStore::options()).await;
    let thread = scene.direct("ann", "bob").await;
    let other = connection(database.url()).await;
    for round in 1..=3 {
        let terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        other.execute_unprepared(terminate).await.unwrap();
        assert_eq!(scene.send(thread, "ann", "hello").await.seq.get(), round);
        assert_eq!(scene.thread(thread, "bob").await.unread_count, round);
    }
    scene.store().close().await;
}

/// A door to the server that can be shut.
struct Door {
    port: u16,
    server: String,
    serving: Option<JoinHandle<()>>,
}

impl Door {
    async fn open(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        self.port = listener.local_addr().unwrap().port();
        let server = self.server.clone();
        self.serving = Some(tokio::spawn(async move {
            let mut guests = JoinSet::new();
            while let Ok((mut guest, _)) = listener.accept().await {
                let server = server.clone();
                guests.spawn(async move {
                    let mut host = TcpStream::connect(server).await?;
                    copy_bidirectional(&mut guest, &mut host).await
                });
            }
        }));
    }

    /// Breaks every connection and takes no new one.
    async fn shut(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            // It ends by being aborted.
            let _ = serving.await;
        }
    }
}

/// The address of the same database through the door, and the server behind it.
fn split(url: &str) -> (String, String) {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (authority, database) = rest.split_once('/').unwrap();
    let (user, host) = authority.rsplit_once('@').unwrap();
    let server = if host.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:5432")
    };
    (
        server,
        format!("{scheme}://{user}@127.0.0.1:PORT/{database}"),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_calls_fail_soon_and_then_go_on() {
    let database = TestDatabase::postgres().await;
    let (server, url) = split(database.url());
    let (port, serving) = (0, None);
    let mut door = Door {
        port,
        server,
        serving,
    };
    door.open().await;
    let url = url.replace("PORT", &door.port.to_string());
    let options = SeaOptions::default().acquire_timeout(Duration::from_millis(500));
    let scene = Scene::new(Arc::new(options.connect(&url).await.unwrap()));
    let thread = scene.direct("ann", "bob").await;
    for round in 1..=2 {
        let message = scene.new_message(thread, "ann", "hello");
        door.shut().await;
        let refused = scene.store().append(message.clone()).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable, "{refused:?}");
        let refused = scene.store().check_health().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Unavailable, "{refused:?}");
        door.open().await;
        let sent = scene.store().append(message).await.unwrap();
        assert_eq!(sent.value.message.seq.get(), round);
        scene.store().check_health().await.unwrap();
    }
    scene.store().close().await;
    door.shut().await;
}
