//! One running node: the settings made into a store, a system, routes and listeners.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use messaging_core::{Messaging, clock::Timestamp};
use messaging_store_sea::{SeaOptions, SeaStore};
use messaging_warp::{Api, JwtAuthenticator, Server};
use messaging_webhooks::{Dispatcher, HttpSender};
use tokio::{net::TcpListener, sync::oneshot};

use crate::settings::{Database, Settings, Tokens, shown};

/// How often old log entries are forgotten.
const PRUNE_EVERY: Duration = Duration::from_hours(1);
/// How many of them in one go, so that no change waits long.
const PRUNE_AT_ONCE: usize = 1000;

/// A node that is ready to serve.
#[derive(Debug)]
pub(crate) struct Node {
    api: Api,
    dispatcher: Dispatcher,
    database: String,
    rest: TcpListener,
    gateway: Option<TcpListener>,
}

impl Node {
    /// Takes the ports, opens the database, and puts everything together.
    pub(crate) async fn open(settings: &Settings) -> Result<Self> {
        let authenticator = authenticator(&settings.tokens)?;
        let limiter = settings.throttle.limiter()?;
        let rest = bind(settings.listen.api()).await?;
        let gateway = match settings.listen.gateway() {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        let store = open_store(&settings.database, true).await?;
        let mut builder = Messaging::builder(store)
            .limits(settings.conversation.limits())
            .features(settings.conversation.features())
            .quota(settings.conversation.quota());
        let moderation = &settings.moderation;
        if let Some(moderator) = moderation.moderator()? {
            builder = builder
                .moderator(Arc::new(moderator))
                .moderation(moderation.mode())
                .when_unavailable(moderation.when_unavailable());
        }
        if let Some(limiter) = limiter {
            builder = builder.rate_limiter(limiter);
        }
        let messaging = builder.build();
        let webhooks = &settings.webhooks;
        let dispatcher = Dispatcher::new(messaging.clone(), HttpSender::new(webhooks.policy()))
            .settings(webhooks.dispatcher());
        let api = Api::builder(messaging, authenticator)
            .allowed_origins(settings.listen.origins())
            .build();
        Ok(Self {
            api,
            dispatcher,
            database: shown(&settings.database.url()?),
            rest,
            gateway,
        })
    }

    /// Where REST is served, and the gateway too unless it has a port of its own.
    pub(crate) fn address(&self) -> Result<SocketAddr> {
        Ok(self.rest.local_addr()?)
    }

    /// Where the gateway is served, when it has a port of its own.
    pub(crate) fn gateway_address(&self) -> Result<Option<SocketAddr>> {
        let gateway = self.gateway.as_ref();
        Ok(gateway.map(TcpListener::local_addr).transpose()?)
    }

    /// The system that is served.
    pub(crate) fn messaging(&self) -> &Messaging {
        self.api.messaging()
    }

    /// The database, as it may be shown.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    /// Serves until `shutdown` completes and all work under way has ended.
    pub(crate) async fn run(self, shutdown: impl Future<Output = ()>) {
        let server = Server::new(&self.api);
        let server = match self.gateway {
            Some(gateway) => server
                .listen(self.rest, self.api.rest())
                .listen(gateway, self.api.ws()),
            None => server.listen(self.rest, self.api.routes()),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let delivering = tokio::spawn(self.dispatcher.run(async {
            // Gone without a word is a wish to stop, too.
            let _ = stopped.await;
        }));
        // Deliveries end before the store that they are noted in.
        let shutdown = async {
            shutdown.await;
            drop(stop);
            if let Err(error) = delivering.await {
                tracing::error!(%error, "webhooks were not told to the end");
            }
        };
        tokio::select! {
            () = server.run(shutdown) => {}
            never = prune_log(self.api.messaging()) => match never {},
        }
    }
}

/// Knows users by the tokens that the settings describe.
pub(crate) fn authenticator(tokens: &Tokens) -> Result<JwtAuthenticator> {
    let mut authenticator = match (tokens.secret()?, tokens.key_set()?) {
        (Some(secret), None) => JwtAuthenticator::hs256(secret)?,
        (None, Some(keys)) => JwtAuthenticator::jwks(&keys).context("JWT_JWKS_FILE")?,
        (Some(secret), Some(keys)) => JwtAuthenticator::hs256(secret)?
            .and_jwks(&keys)
            .context("JWT_JWKS_FILE")?,
        (None, None) => bail!(
            "neither JWT_SECRET nor JWT_JWKS_FILE is set, so nobody could be let in; \
             `openssl rand -base64 48` makes a good secret"
        ),
    };
    if let Some(issuer) = tokens.issuer() {
        authenticator = authenticator.issuer(issuer);
    }
    if let Some(audience) = tokens.audience() {
        authenticator = authenticator.audience(audience);
    }
    Ok(authenticator)
}

/// Opens the database; with `migrate`, applies what is pending.
pub(crate) async fn open_store(database: &Database, migrate: bool) -> Result<SeaStore> {
    let url = database.url()?;
    let options = SeaOptions::default().migrate(migrate);
    let store = options.connect(url.expose()).await;
    store.with_context(|| format!("cannot open the database {}", shown(&url)))
}

/// Does something with the system on a database, without serving it, and closes it again.
pub(crate) async fn with_messaging<T>(
    database: &Database,
    act: impl AsyncFnOnce(&Messaging) -> Result<T>,
) -> Result<T> {
    let messaging = Messaging::builder(open_store(database, false).await?).build();
    let outcome = act(&messaging).await;
    messaging.shutdown().await;
    outcome
}

async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))
}

/// Forgets, every hour, what the log need no longer keep.
async fn prune_log(messaging: &Messaging) -> Infallible {
    let mut hours = tokio::time::interval(PRUNE_EVERY);
    loop {
        hours.tick().await;
        let retention = messaging.limits().log_retention;
        let Some(before) = earlier(messaging.clock().now(), retention) else {
            continue;
        };
        loop {
            match messaging.store().prune_log(before, PRUNE_AT_ONCE).await {
                Ok(count) if count >= PRUNE_AT_ONCE as u64 => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, "old log entries are not forgotten this time");
                    break;
                }
            }
        }
    }
}

/// The moment that lies `duration` before `now`.
fn earlier(now: Timestamp, duration: Duration) -> Option<Timestamp> {
    let millis = i64::try_from(duration.as_millis()).ok()?;
    Timestamp::from_millis(now.as_millis().checked_sub(millis)?)
}
