//! Requests over HTTP/1.1 with TLS: no redirects, no proxies, no cookies, and an end to everything.

mod resolve;

use std::{fmt, time::Duration};

use async_trait::async_trait;
use http::{
    Request, Response, Uri,
    header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT},
};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use messaging_core::webhook::WebhookPolicy;
use tokio::time::timeout;
use url::{Host, Url};

use crate::{Answer, Delivery, SendFailure, Sender, is_public};
use resolve::Resolver;

/// How long a request may take, all in all.
const TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How much of an answer is read. What is read is thrown away.
const MAX_ANSWER: usize = 64 * 1024;
const AGENT: &str = concat!("messaging-webhooks/", env!("CARGO_PKG_VERSION"));

type Connector = HttpsConnector<HttpConnector<Resolver>>;

/// Sends requests over HTTP.
#[derive(Clone)]
pub struct HttpSender {
    client: Client<Connector, Full<bytes::Bytes>>,
    policy: WebhookPolicy,
    timeout: Duration,
}

impl fmt::Debug for HttpSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSender")
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}

impl HttpSender {
    /// A sender that goes to addresses of this policy alone.
    pub fn new(policy: WebhookPolicy) -> Self {
        let mut http = HttpConnector::new_with_resolver(Resolver::new(policy));
        http.enforce_http(false);
        http.set_connect_timeout(Some(CONNECT_TIMEOUT));
        http.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(16)
            .build(connector);
        Self {
            client,
            policy,
            timeout: TIMEOUT,
        }
    }

    /// Another time that a request may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Refuses what would not go through the resolver, where names are checked: plain HTTP, and
    /// addresses in the place of names.
    fn check(&self, text: &str) -> Result<Uri, SendFailure> {
        let refused = |words: &str| SendFailure::Refused(words.to_owned());
        let url = Url::parse(text).map_err(|_| refused("it cannot be read"))?;
        if self.policy == WebhookPolicy::Public {
            if url.scheme() != "https" {
                return Err(refused("it is not of https"));
            }
            let address = match url.host() {
                Some(Host::Ipv4(address)) => Some(address.into()),
                Some(Host::Ipv6(address)) => Some(address.into()),
                _ => None,
            };
            if address.is_some_and(|address| !is_public(address)) {
                return Err(refused("it is not of the public internet"));
            }
        }
        // As it was read, so that nobody reads it otherwise.
        url.as_str()
            .parse()
            .map_err(|_| refused("it cannot be read"))
    }

    async fn request(&self, delivery: Delivery) -> Result<Answer, SendFailure> {
        let uri = self.check(&delivery.url)?;
        let request = Request::post(uri)
            .header(CONTENT_TYPE, "application/cloudevents+json")
            .header(USER_AGENT, AGENT)
            .header("webhook-id", delivery.id)
            .header("webhook-timestamp", delivery.timestamp)
            .header("webhook-signature", delivery.signature)
            .body(Full::new(delivery.body))
            .map_err(|error| SendFailure::Refused(error.to_string()))?;
        let response = self.client.request(request).await.map_err(|error| {
            let words = innermost(&error);
            if words.contains(resolve::REFUSED) {
                SendFailure::Refused(words)
            } else if error.is_connect() {
                SendFailure::Connect(words)
            } else {
                SendFailure::Broken(words)
            }
        })?;
        let answer = Answer {
            status: response.status().as_u16(),
            retry_after: retry_after(&response),
        };
        // Read to its end, so that the connection serves again; cut off where it is too long.
        let body = Limited::new(response.into_body(), MAX_ANSWER);
        drop(body.collect().await);
        Ok(answer)
    }
}

#[async_trait]
impl Sender for HttpSender {
    async fn send(&self, delivery: Delivery) -> Result<Answer, SendFailure> {
        match timeout(self.timeout, self.request(delivery)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(SendFailure::Timeout),
        }
    }
}

/// Seconds to wait. A date is not asked for: clocks differ.
fn retry_after(response: &Response<Incoming>) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// What lies at the bottom: the outer errors only say that something failed.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
