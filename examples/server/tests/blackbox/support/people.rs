//! People: who they are, and what they ask of a server.

use std::net::SocketAddr;

use http::Method;
use serde_json::{Value, json};

use super::{
    Answer, Session,
    http::{build, request, try_request},
    token,
};

/// A user with a token, at one server. Cloning is another device of the same user.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) address: SocketAddr,
}

impl Person {
    pub(crate) fn new(address: SocketAddr, id: &str, role: &str) -> Self {
        Self {
            id: id.to_owned(),
            token: token::good(id, role),
            address,
        }
    }

    /// The same person with another token.
    pub(crate) fn with_token(&self, token: impl Into<String>) -> Self {
        Self {
            token: token.into(),
            ..self.clone()
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PUT, path, Some(&body)).await
    }

    /// `PUT` where the path says it all.
    pub(crate) async fn set(&self, path: &str) -> Answer {
        self.ask(Method::PUT, path, None).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None).await
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let wish = build(self.address, method, path, Some(&self.token), body);
        request(self.address, wish).await
    }

    /// The same, for when the server may be gone.
    pub(crate) async fn try_ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Option<Answer> {
        let wish = build(self.address, method, path, Some(&self.token), body);
        try_request(self.address, wish).await.ok()
    }

    /// A session from now on.
    pub(crate) async fn connect(&self) -> Session {
        Session::open(self.address, &self.token, None).await
    }

    /// A session that goes on where another ended.
    pub(crate) async fn resume(&self, cursor: &str) -> Session {
        Session::open(self.address, &self.token, Some(cursor)).await
    }

    /// Every item of a list, page by page.
    pub(crate) async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = Value::Null;
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let page = match cursor.as_str() {
                Some(cursor) => self.get(&format!("{path}{separator}cursor={cursor}")).await,
                None => self.get(path).await,
            };
            let mut page = page.expect(200);
            items.append(page["items"].as_array_mut().unwrap());
            cursor = page["next_cursor"].take();
            if cursor.is_null() {
                return items;
            }
        }
    }
}

/// An object's id.
pub(crate) fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

/// A text content.
pub(crate) fn text(words: &str) -> Value {
    json!({ "type": "text", "text": words })
}

/// Opens a thread with others and gives its id.
pub(crate) async fn open(person: &Person, others: &[&Person]) -> String {
    let ids: Vec<_> = others.iter().map(|other| &other.id).collect();
    let answer = person
        .post("/api/threads", json!({ "participants": ids }))
        .await;
    answer.expect(201)["id"].as_str().unwrap().to_owned()
}

/// Sends words over REST and gives the message.
pub(crate) async fn say(person: &Person, thread: &str, words: &str) -> Value {
    let client_id = format!("{}/{words}", person.id);
    let client_id = client_id.replace(' ', "-");
    let wish = json!({ "thread_id": thread, "client_id": client_id, "content": text(words) });
    person.post("/api/messages", wish).await.expect(201)
}
