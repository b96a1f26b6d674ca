//! A whole system in memory, and people who ask it things.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use messaging_core::{
    Messaging, MessagingBuilder,
    caller::{Caller, Role},
    memory::MemoryStore,
    testkit::{ManualClock, SeqIds, user},
};
use messaging_warp::{Api, ApiBuilder, JwtAuthenticator, JwtIssuer};
use serde_json::{Value, json};
use warp::{filters::BoxedFilter, reply::Response};

pub(crate) const SECRET: &str = "a secret that is long enough to be one";

/// One system, its routes and its clock.
pub(crate) struct World {
    pub(crate) api: Api,
    pub(crate) messaging: Messaging,
    pub(crate) clock: ManualClock,
    routes: BoxedFilter<(Response,)>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|messaging| messaging, |api| api)
    }

    /// A system with other settings.
    pub(crate) fn with(
        messaging: impl FnOnce(MessagingBuilder) -> MessagingBuilder,
        api: impl FnOnce(ApiBuilder) -> ApiBuilder,
    ) -> Self {
        let clock = ManualClock::default();
        let builder = Messaging::builder(MemoryStore::new())
            .clock(clock.clone())
            .ids(SeqIds::default());
        let messaging = messaging(builder).build();
        let authenticator = JwtAuthenticator::hs256(SECRET).unwrap();
        let authenticator = authenticator.clock(clock.clone());
        let api = api(Api::builder(messaging.clone(), authenticator)).build();
        Self {
            routes: api.routes(),
            api,
            messaging,
            clock,
        }
    }

    /// A token for the user, good for an hour. Creators have names that begin with `c`, admins with
    /// `root`, services with `service`.
    pub(crate) fn token(&self, name: &str) -> String {
        let role = match name {
            "root" => Role::Admin,
            "service" => Role::Service,
            _ if name.starts_with('c') => Role::Creator,
            _ => Role::Client,
        };
        self.token_of(name, role)
    }

    /// A token for the user in this role.
    pub(crate) fn token_of(&self, name: &str, role: Role) -> String {
        let issuer = JwtIssuer::hs256(SECRET).unwrap().clock(self.clock.clone());
        let caller = Caller::new(user(name), role);
        issuer.sign(&caller, Duration::from_hours(1)).unwrap()
    }

    /// A request of the user.
    pub(crate) fn ask(&self, name: &str, method: &str, path: &str) -> Ask<'_> {
        let authorization = format!("Bearer {}", self.token(name));
        let ask = self.ask_as_nobody(method, path);
        ask.header("authorization", &authorization)
    }

    pub(crate) fn ask_as_nobody(&self, method: &str, path: &str) -> Ask<'_> {
        Ask {
            world: self,
            builder: warp::test::request().method(method).path(path),
        }
    }

    pub(crate) async fn get(&self, name: &str, path: &str) -> Answer {
        self.ask(name, "GET", path).send().await
    }

    pub(crate) async fn post(&self, name: &str, path: &str, body: Value) -> Answer {
        self.ask(name, "POST", path).json(&body).await
    }

    pub(crate) async fn put(&self, name: &str, path: &str, body: Value) -> Answer {
        self.ask(name, "PUT", path).json(&body).await
    }

    pub(crate) async fn delete(&self, name: &str, path: &str) -> Answer {
        self.ask(name, "DELETE", path).send().await
    }

    /// The direct thread of two users, opened by the first. Answers its id.
    pub(crate) async fn thread(&self, name: &str, other: &str) -> String {
        let wish = json!({ "participants": [other] });
        let answer = self.post(name, "/api/threads", wish).await;
        text(&answer.body["id"])
    }

    /// A text of the user's in the thread. Answers the message.
    pub(crate) async fn say(&self, name: &str, thread_id: &str, words: &str) -> Value {
        let wish = json!({
            "thread_id": thread_id, "client_id": words, "content": { "type": "text", "text": words },
        });
        let answer = self.post(name, "/api/messages", wish).await;
        assert_eq!(answer.status, 201, "{:?}", answer.body);
        answer.body.clone()
    }
}

/// A request that has not been sent yet.
pub(crate) struct Ask<'a> {
    world: &'a World,
    builder: warp::test::RequestBuilder,
}

impl Ask<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub(crate) async fn json(self, body: &Value) -> Answer {
        let ask = self.header("content-type", "application/json");
        ask.body(body.to_string()).await
    }

    pub(crate) async fn body(mut self, body: impl AsRef<[u8]>) -> Answer {
        self.builder = self.builder.body(body);
        self.send().await
    }

    pub(crate) async fn send(self) -> Answer {
        let response = self.builder.reply(&self.world.routes).await;
        let body = response.body();
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: serde_json::from_slice(body).unwrap_or_default(),
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The answer's JSON, when it has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{:?}", self.body);
        self.body
    }

    /// Checks that this is the problem of that code, whole and in its own media type. Answers the
    /// fields at fault.
    #[track_caller]
    pub(crate) fn expect_problem(&self, status: u16, code: &str) -> Vec<String> {
        let body = &self.body;
        assert_eq!(self.status, status, "{body:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(body["code"], code);
        assert_eq!(body["type"], format!("urn:messaging:{code}"));
        assert_eq!(body["status"], status);
        assert!(body["title"].is_string() && body["detail"].is_string());
        assert_eq!(body["request_id"], self.header("x-request-id"));
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| text(&error["field"])).collect()
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default()
    }
}

/// A string that must be there.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}
