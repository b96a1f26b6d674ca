//! The front door: one value that holds everything and hands out the operations.

use std::{fmt, sync::Arc};

use tokio::{sync::Notify, task::JoinHandle};

use crate::{
    Store,
    account::Accounts,
    archive::Sweeper,
    block::Blocks,
    clock::{Clock, SystemClock},
    id::{IdGenerator, Position, RandomIds},
    limits::{Features, Limits},
    log::{EventStream, follow},
    message::Messages,
    moderation::{Moderation, ModerationMode, Moderator, WhenUnavailable},
    platform::Platform,
    quota::{QuotaMode, Quotas},
    rate_limit::RateLimiter,
    realtime::Hub,
    receipt::Receipts,
    tag::Tags,
    thread::Threads,
    webhook::Webhooks,
};

/// The whole system in one value. Cloning shares it.
///
/// Operations are grouped by noun: `messaging.messages().send(..)`. Each checks its values and the
/// caller's rights, and makes one atomic change of the store.
#[derive(Clone)]
pub struct Messaging {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    limits: Limits,
    features: Features,
    quota: QuotaMode,
    moderation: Option<Moderation>,
    rate_limiter: Option<Arc<dyn RateLimiter>>,
    hub: Hub,
    follower: JoinHandle<()>,
    sweeper: JoinHandle<()>,
}

impl fmt::Debug for Messaging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messaging")
            .field("store", &self.inner.store)
            .field("limits", &self.inner.limits)
            .field("features", &self.inner.features)
            .finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.follower.abort();
        self.sweeper.abort();
    }
}

impl Messaging {
    /// Begins with a store; everything else has a default.
    pub fn builder(store: impl Store) -> MessagingBuilder {
        MessagingBuilder {
            store: Arc::new(store),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            limits: Limits::default(),
            features: Features::default(),
            quota: QuotaMode::default(),
            moderator: None,
            moderation: ModerationMode::default(),
            when_unavailable: WhenUnavailable::default(),
            rate_limiter: None,
        }
    }

    /// Operations on threads.
    pub fn threads(&self) -> Threads<'_> {
        Threads::new(self)
    }

    /// Operations on messages.
    pub fn messages(&self) -> Messages<'_> {
        Messages::new(self)
    }

    /// Operations on read and delivered markers.
    pub fn receipts(&self) -> Receipts<'_> {
        Receipts::new(self)
    }

    /// Operations on tags.
    pub fn tags(&self) -> Tags<'_> {
        Tags::new(self)
    }

    /// Operations on blocks.
    pub fn blocks(&self) -> Blocks<'_> {
        Blocks::new(self)
    }

    /// Operations on accounts.
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts::new(self)
    }

    /// Operations on quotas: grants, credits, prices.
    pub fn quotas(&self) -> Quotas<'_> {
        Quotas::new(self)
    }

    /// What the platform tells of its users.
    pub fn platform(&self) -> Platform<'_> {
        Platform::new(self)
    }

    /// Operations on webhooks.
    pub fn webhooks(&self) -> Webhooks<'_> {
        Webhooks::new(self)
    }

    /// The log, for the application to read and follow.
    pub fn events(&self) -> Events<'_> {
        Events { messaging: self }
    }

    /// The sessions of this node.
    pub fn hub(&self) -> &Hub {
        &self.inner.hub
    }

    /// The store behind everything.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }

    /// What tells the time.
    pub fn clock(&self) -> &dyn Clock {
        &*self.inner.clock
    }

    /// What makes ids.
    pub fn ids(&self) -> &dyn IdGenerator {
        &*self.inner.ids
    }

    /// How much is taken.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Which parts are on.
    pub fn features(&self) -> Features {
        self.inner.features
    }

    /// Whether, and by which rule, messages are paid for.
    pub fn quota_mode(&self) -> &QuotaMode {
        &self.inner.quota
    }

    /// What moderation may do.
    pub fn moderation_mode(&self) -> ModerationMode {
        let moderation = self.inner.moderation.as_ref();
        moderation.map_or(ModerationMode::Off, Moderation::mode)
    }

    /// What judges messages; `None` when nothing does.
    pub(crate) fn moderation(&self) -> Option<&Moderation> {
        self.inner.moderation.as_ref()
    }

    /// What counts users' requests; `None` when they are not limited.
    pub fn rate_limiter(&self) -> Option<&dyn RateLimiter> {
        self.inner.rate_limiter.as_deref()
    }

    /// Takes no more sessions, tells those there are that the server goes away, and waits for them
    /// to leave, up to 10 seconds. Everything else goes on.
    pub async fn drain(&self) {
        self.inner.hub.drain().await;
    }

    /// Ends every session, as [`drain`](Self::drain) does, then closes the store, so that all that
    /// was accepted is written.
    pub async fn shutdown(&self) {
        self.drain().await;
        self.inner.follower.abort();
        self.inner.sweeper.abort();
        self.inner.store.close().await;
    }
}

/// Operations on the log. See also [`Messaging::events`].
#[derive(Debug, Clone, Copy)]
pub struct Events<'a> {
    pub(crate) messaging: &'a Messaging,
}

impl Events<'_> {
    // See `event/stream.rs` for the domain events that are made of it.

    /// Every change from now on, in order, also those of other processes on the same database.
    pub fn subscribe(self) -> EventStream {
        EventStream::new(self.messaging.store().clone(), None)
    }

    /// Every change after `position`, then those to come, without a gap in between. Keep the
    /// position of the last entry you have dealt with, and nothing is missed over a restart.
    pub fn subscribe_after(self, position: Position) -> EventStream {
        EventStream::new(self.messaging.store().clone(), Some(position))
    }
}

/// Puts a [`Messaging`] together.
#[derive(Debug)]
pub struct MessagingBuilder {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    limits: Limits,
    features: Features,
    quota: QuotaMode,
    moderator: Option<Arc<dyn Moderator>>,
    moderation: ModerationMode,
    when_unavailable: WhenUnavailable,
    rate_limiter: Option<Arc<dyn RateLimiter>>,
}

impl MessagingBuilder {
    /// Another clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Another source of ids.
    #[must_use]
    pub fn ids(mut self, ids: impl IdGenerator + 'static) -> Self {
        self.ids = Arc::new(ids);
        self
    }

    /// Other limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Which parts are on.
    #[must_use]
    pub fn features(mut self, features: Features) -> Self {
        self.features = features;
        self
    }

    /// Whether, and by which rule, messages are paid for. They are free unless set.
    #[must_use]
    pub fn quota(mut self, mode: QuotaMode) -> Self {
        self.quota = mode;
        self
    }

    /// What judges messages, when [`moderation`](Self::moderation) is on.
    #[must_use]
    pub fn moderator(mut self, moderator: Arc<dyn Moderator>) -> Self {
        self.moderator = Some(moderator);
        self
    }

    /// What moderation may do. It is off unless set.
    #[must_use]
    pub fn moderation(mut self, mode: ModerationMode) -> Self {
        self.moderation = mode;
        self
    }

    /// What becomes of messages while the moderator is unavailable. They are delivered unless set.
    #[must_use]
    pub fn when_unavailable(mut self, when_unavailable: WhenUnavailable) -> Self {
        self.when_unavailable = when_unavailable;
        self
    }

    /// Limits how often each user may ask, over every transport. Unlimited unless set.
    #[must_use]
    pub fn rate_limiter(mut self, rate_limiter: impl RateLimiter) -> Self {
        self.rate_limiter = Some(Arc::new(rate_limiter));
        self
    }

    /// Puts it together, begins to follow the log, and to archive what deactivated users leave.
    ///
    /// # Panics
    /// Outside a tokio runtime: these are tasks. When moderation is on and there is no moderator.
    pub fn build(self) -> Messaging {
        let moderation = Moderation::new(self.moderator, self.moderation, self.when_unavailable);
        let features = Features {
            quotas: self.quota.is_on(),
            ..self.features
        };
        let hub = Hub::new(
            self.store.clone(),
            self.clock.clone(),
            &self.limits,
            features,
        );
        let standing = Arc::new(Notify::new());
        let follower = follow(self.store.clone(), hub.clone(), standing.clone());
        let sweeper = Sweeper::new(self.store.clone(), self.clock.clone(), standing);
        Messaging {
            inner: Arc::new(Inner {
                store: self.store,
                clock: self.clock,
                ids: self.ids,
                limits: self.limits,
                features,
                quota: self.quota,
                moderation,
                rate_limiter: self.rate_limiter,
                hub,
                follower: tokio::spawn(follower),
                sweeper: tokio::spawn(sweeper.run()),
            }),
        }
    }
}
