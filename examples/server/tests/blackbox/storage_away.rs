//! A PostgreSQL that goes away and comes back: a clear answer meanwhile, and nothing lost.

use std::time::Duration;

use http::Method;
use serde_json::json;
use tokio::time::Instant;

use crate::support::{
    Answer, Database, Person, Proxy, Server, anonymous, open, say, shape, text, until,
};

/// A server that reaches its database by a way that can be cut.
struct Scene {
    server: Server,
    proxy: Proxy,
    ann: Person,
    bob: Person,
    thread: String,
}

async fn scene() -> Scene {
    let database = Database::postgres().await;
    let proxy = Proxy::to(&database.url()).await;
    let url = proxy.url(&database.url());
    let server = Server::start_with(database, &[("DATABASE_URL", &url)]).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    Scene {
        server,
        proxy,
        ann,
        bob,
        thread,
    }
}

impl Scene {
    async fn send(&self, client_id: &str) -> Answer {
        let wish = json!({
            "thread_id": self.thread, "client_id": client_id, "content": text(client_id),
        });
        self.ann.post("/api/messages", wish).await
    }

    /// Mends the way and waits until the server says that it is ready.
    async fn mend(&self) {
        self.proxy.mend();
        let address = self.server.address();
        until(Duration::from_secs(15), "readiness", async || {
            let ready = anonymous(address, Method::GET, "/health/ready", None).await;
            (ready.status == 200).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn requests_are_told_that_storage_is_away_and_may_come_again() {
    let scene = scene().await;
    say(&scene.ann, &scene.thread, "before").await;
    scene.proxy.cut();
    let live = anonymous(scene.server.address(), Method::GET, "/health/live", None).await;
    assert_eq!(live.status, 200);
    let ready = anonymous(scene.server.address(), Method::GET, "/health/ready", None).await;
    assert_eq!(ready.status, 503, "{}", ready.text());

    let began = Instant::now();
    for refused in [
        scene.send("while-away").await,
        scene.ann.get("/api/threads").await,
    ] {
        refused.expect_problem(503, "unavailable");
        assert!(!refused.header("retry-after").is_empty());
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(12), "{took:?}");

    scene.mend().await;
    let again = scene.send("while-away").await;
    assert_eq!(again.status, 201, "{}", again.text());
    let path = format!("/api/messages?thread_id={}", scene.thread);
    assert_eq!(scene.bob.all(&path).await.len(), 2);
}

#[tokio::test]
async fn open_sessions_outlive_an_absence_of_storage() {
    let scene = scene().await;
    let mut of_ann = scene.ann.connect().await;
    let mut of_bob = scene.bob.connect().await;
    scene.proxy.cut();
    let wish = json!({
        "thread_id": scene.thread, "client_id": "while-away", "content": text("hello"),
    });
    let problem = of_ann.refused("message.send", wish.clone()).await;
    shape::assert_problem(&problem, 503, "unavailable");
    of_bob.call("ping", json!({})).await;

    scene.mend().await;
    let ack = of_ann.call("message.send", wish).await;
    let event = of_bob.expect("message.new").await;
    assert_eq!(event["cursor"], ack["cursor"]);
    assert_eq!(event["data"]["message"]["seq"], 1);
}

#[tokio::test]
async fn nobody_is_told_of_a_message_that_is_not_there() {
    const MESSAGES: usize = 200;
    let scene = scene().await;
    let mut of_ann = scene.ann.connect().await;
    let mut of_bob = scene.bob.connect().await;
    for n in 0..MESSAGES {
        let wish = json!({
            "thread_id": scene.thread, "client_id": format!("c-{n}"), "content": text("x"),
        });
        of_ann.post("message.send", wish).await;
    }
    // Some are committed, some are refused, and one batch may be cut in the middle of its commit.
    of_bob.expect("message.new").await;
    scene.proxy.cut();
    let mut acknowledged = Vec::new();
    for _ in 0..MESSAGES {
        let answer = of_ann.next().await;
        if answer["type"] == "ack" {
            acknowledged.push(answer["data"]["message"]["seq"].as_u64().unwrap());
        } else {
            assert_eq!(answer["error"]["code"], "unavailable", "{answer}");
        }
    }
    scene.mend().await;
    let path = format!("/api/messages?limit=200&thread_id={}", scene.thread);
    let kept = scene.ann.all(&path).await;
    let seqs: Vec<_> = kept
        .iter()
        .map(|message| message["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(seqs, (1..=kept.len() as u64).collect::<Vec<_>>());
    assert!(acknowledged.iter().all(|seq| seqs.contains(seq)));
    say(&scene.ann, &scene.thread, "last").await;
    for seq in 2..=kept.len() + 1 {
        let event = of_bob.expect("message.new").await;
        assert_eq!(event["data"]["message"]["seq"], seq);
    }
}

#[tokio::test]
async fn the_threads_of_a_deactivated_user_wait_for_storage() {
    let scene = scene().await;
    let wish = json!({ "participants": ["ann"], "kind": "group" });
    let opening = (0..300).map(|_| scene.bob.post("/api/threads", wish.clone()));
    for opened in futures_util::future::join_all(opening).await {
        opened.expect(201);
    }
    let mut of_bob = scene.bob.connect().await;
    let event = json!({
        "specversion": "1.0", "id": "1", "source": "/profile", "type": "profile.user.deactivated",
        "data": { "user_id": "ann" },
    });
    let profile = scene.server.service("profile");
    profile.post("/api/events", event).await.expect(202);
    scene.proxy.cut();
    scene.mend().await;
    // The direct thread's turn comes last.
    let frame = of_bob.expect("thread.updated").await;
    assert_eq!(frame["data"]["thread"]["id"], *scene.thread);
    assert_eq!(frame["data"]["thread"]["archived"], true);
}
