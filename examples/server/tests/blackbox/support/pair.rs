//! A client and a creator with a thread, which is what most tests begin with.

use serde_json::{Value, json};

use super::{Database, Person, Server, open};

/// Two people, their thread, and the server between them.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) server: Server,
    pub(crate) ann: Person,
    pub(crate) bob: Person,
    pub(crate) thread: String,
}

/// The two, on a server with the usual settings.
pub(crate) async fn pair(database: Database) -> Pair {
    pair_with(database, &[]).await
}

/// The two, on a server with some settings of its own.
pub(crate) async fn pair_with(database: Database, settings: &[(&str, &str)]) -> Pair {
    let server = Server::start_with(database, settings).await;
    let (ann, bob) = (server.client("ann"), server.creator("bob"));
    let thread = open(&ann, &[&bob]).await;
    Pair {
        server,
        ann,
        bob,
        thread,
    }
}

impl Pair {
    /// The body of a request to send.
    pub(crate) fn wish(&self, client_id: &str, content: &Value) -> Value {
        json!({ "thread_id": self.thread, "client_id": client_id, "content": content })
    }

    /// A page of the thread's history, as `bob` reads it.
    pub(crate) async fn page(&self, query: &str) -> Value {
        let path = format!("/api/messages?thread_id={}{query}", self.thread);
        self.bob.get(&path).await.expect(200)
    }
}
