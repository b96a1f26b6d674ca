//! The routes and what they share.

use std::{fmt, sync::Arc};

use messaging_core::{
    Messaging,
    auth::Authenticator,
    realtime::{Gateway, SessionSettings},
};
use warp::{Filter, filters::BoxedFilter, reply::Response};

use crate::{cors::Origins, routes, ws, ws::Sockets};

/// The routes of one messaging system. Cloning shares it.
#[derive(Clone)]
pub struct Api {
    inner: Arc<Inner>,
}

struct Inner {
    messaging: Messaging,
    authenticator: Arc<dyn Authenticator>,
    gateway: Gateway,
    origins: Origins,
    body_limit: usize,
    sockets: Sockets,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("messaging", &self.inner.messaging)
            .field("origins", &self.inner.origins)
            .finish_non_exhaustive()
    }
}

impl Api {
    /// Routes with the default settings.
    pub fn new(messaging: Messaging, authenticator: impl Authenticator) -> Self {
        Self::builder(messaging, authenticator).build()
    }

    /// Routes to `messaging` for those whom `authenticator` knows.
    pub fn builder(messaging: Messaging, authenticator: impl Authenticator) -> ApiBuilder {
        ApiBuilder {
            messaging,
            authenticator: Arc::new(authenticator),
            origins: Origins::default(),
            body_limit: 256 * 1024,
            max_sockets: 100_000,
            session: SessionSettings::default(),
        }
    }

    /// Every route: REST, health and WebSocket. What is none of them is rejected, so that routes
    /// of the embedding application get their turn after `.or(..)`.
    pub fn routes(&self) -> BoxedFilter<(Response,)> {
        self.rest().or(self.ws()).unify().boxed()
    }

    /// The REST and health routes.
    pub fn rest(&self) -> BoxedFilter<(Response,)> {
        routes::all(self)
    }

    /// The WebSocket route, for when it has a port of its own.
    pub fn ws(&self) -> BoxedFilter<(Response,)> {
        ws::route(self)
    }

    /// A last route that answers whatever no other has: with the problem `not_found`.
    pub fn not_found(&self) -> BoxedFilter<(Response,)> {
        routes::not_found(self)
    }

    /// What the routes lead to.
    pub fn messaging(&self) -> &Messaging {
        &self.inner.messaging
    }

    /// Waits until every socket that these routes opened has ended. Sessions end when their clients
    /// leave, or all at once with [`Messaging::shutdown`].
    pub async fn sockets_ended(&self) {
        self.inner.sockets.ended().await;
    }

    pub(crate) fn authenticator(&self) -> &dyn Authenticator {
        &*self.inner.authenticator
    }

    pub(crate) fn gateway(&self) -> &Gateway {
        &self.inner.gateway
    }

    pub(crate) fn origins(&self) -> &Origins {
        &self.inner.origins
    }

    pub(crate) fn body_limit(&self) -> usize {
        self.inner.body_limit
    }

    pub(crate) fn sockets(&self) -> &Sockets {
        &self.inner.sockets
    }
}

/// Puts an [`Api`] together.
#[derive(Debug)]
pub struct ApiBuilder {
    messaging: Messaging,
    authenticator: Arc<dyn Authenticator>,
    origins: Origins,
    body_limit: usize,
    max_sockets: usize,
    session: SessionSettings,
}

impl ApiBuilder {
    /// The origins (`https://app.example`) whose pages may call. Without any, no page of another
    /// origin may, and sockets are opened to pages of the server's own host only.
    #[must_use]
    pub fn allowed_origins<I>(mut self, origins: I) -> Self
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.origins = Origins::new(origins);
        self
    }

    /// The most bytes of a JSON body. 256 KiB unless set: room for the longest message with every
    /// character escaped, beside the most participants.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The most sockets that may be open at once; 100,000 unless set. More are answered with
    /// `unavailable`.
    #[must_use]
    pub fn max_sockets(mut self, sockets: usize) -> Self {
        self.max_sockets = sockets;
        self
    }

    /// How sessions are kept.
    #[must_use]
    pub fn session(mut self, settings: SessionSettings) -> Self {
        self.session = settings;
        self
    }

    /// Puts it together.
    pub fn build(self) -> Api {
        let gateway = Gateway::new(self.messaging.clone(), self.authenticator.clone());
        Api {
            inner: Arc::new(Inner {
                gateway: gateway.settings(self.session),
                messaging: self.messaging,
                authenticator: self.authenticator,
                origins: self.origins,
                body_limit: self.body_limit,
                sockets: Sockets::new(self.max_sockets),
            }),
        }
    }
}
