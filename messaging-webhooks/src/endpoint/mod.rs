//! The task that tells one endpoint.

mod deliver;
mod queue;

use std::{future::pending, sync::Arc, time::Duration};

use messaging_core::{
    Messaging,
    clock::Timestamp,
    error::StoreError,
    event::{DomainEvent, DomainEventStream},
    id::Position,
    log::FollowError,
    webhook::{Attempt, AttemptOutcome, MAX_PENDING, Webhook},
};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{DispatcherSettings, Sender, schedule};
use deliver::{Outcome, Tried, deliver};
use queue::{Lane, Queue};

/// How many things to note make it worth while at once.
const NOTE_AT: usize = 256;
/// How long to wait after storage failed.
const STORAGE_RETRY: Duration = Duration::from_secs(1);
/// How long to wait for what is under way when the task ends.
const DRAIN: Duration = Duration::from_secs(2);
/// A gone endpoint: it is not asked again.
const GONE: u16 = 410;

/// Why the task ends.
enum End {
    /// It was told to, or the endpoint has changed: what was noted holds.
    Stopped,
    /// The endpoint is to be paused.
    Paused(String),
}

/// One endpoint and all that is known of its events.
pub(crate) struct Endpoint {
    messaging: Messaging,
    sender: Arc<dyn Sender>,
    settings: Arc<DispatcherSettings>,
    source: Arc<str>,
    webhook: Arc<Webhook>,
    queue: Queue,
    stream: DomainEventStream,
    under_way: JoinSet<Tried>,
    noted: Position,
    unnoted: usize,
}

impl Endpoint {
    /// Reads what is pending.
    pub(crate) async fn open(
        messaging: Messaging,
        sender: Arc<dyn Sender>,
        settings: Arc<DispatcherSettings>,
        webhook: Webhook,
    ) -> Result<Self, StoreError> {
        let store = messaging.store();
        let pending = store.list_pending(webhook.id, MAX_PENDING).await?;
        let stream = messaging.events().domain_events(Some(webhook.cursor));
        Ok(Self {
            source: settings.source.as_str().into(),
            queue: Queue::restore(pending, webhook.failing_since),
            stream,
            under_way: JoinSet::new(),
            noted: webhook.cursor,
            unnoted: 0,
            webhook: Arc::new(webhook),
            messaging,
            sender,
            settings,
        })
    }

    /// Tells the endpoint until it is stopped. What is under way then comes again.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let end = self.deliver_all(&stop).await;
        self.drain().await;
        self.note(&stop).await;
        if let End::Paused(reason) = end {
            tracing::warn!(webhook = %self.webhook.id, reason, "a webhook is paused");
            let webhooks = self.messaging.webhooks();
            if let Err(error) = webhooks.pause(self.webhook.id, &reason).await {
                tracing::warn!(webhook = %self.webhook.id, %error, "a webhook could not be paused");
            }
        }
    }

    async fn deliver_all(&mut self, stop: &CancellationToken) -> End {
        let mut notes = tokio::time::interval(self.settings.note_every);
        loop {
            self.start_due();
            let (alarm, is_full) = (self.queue.alarm(), self.queue.is_full());
            let has_room = self.under_way.len() < self.settings.concurrency;
            let wait = alarm.filter(|_| has_room).map(|at| self.until(at));
            tokio::select! {
                () = stop.cancelled() => return End::Stopped,
                Some(tried) = self.under_way.join_next() => match tried {
                    Ok(tried) => if let Some(end) = self.settle(tried) {
                        return end;
                    },
                    // Its lane rests until another task takes the endpoint up.
                    Err(error) => {
                        tracing::error!(%error, "a delivery panicked");
                        return End::Stopped;
                    }
                },
                read = self.stream.next(), if !is_full => self.read(read).await,
                () = rest(wait) => {}
                _ = notes.tick() => if !self.note_if_any(stop).await {
                    return End::Stopped;
                },
            }
            if self.unnoted >= NOTE_AT && !self.note(stop).await {
                return End::Stopped;
            }
        }
    }

    fn until(&self, at: Timestamp) -> Duration {
        at.since(self.messaging.clock().now())
    }

    fn start_due(&mut self) {
        let now = self.messaging.clock().now();
        while self.under_way.len() < self.settings.concurrency
            && let Some(work) = self.queue.next_due(now)
        {
            self.under_way.spawn(deliver(
                self.messaging.clone(),
                self.sender.clone(),
                self.webhook.clone(),
                self.source.clone(),
                work,
            ));
        }
    }

    async fn read(&mut self, read: Result<DomainEvent, FollowError>) {
        match read {
            Ok(event) if self.webhook.wants(event.kind()) => {
                self.queue.push(event, self.messaging.clock().now());
            }
            Ok(_) => {}
            Err(FollowError::Pruned { pruned }) => {
                let error = format!("the log is kept from {} on", pruned.next());
                tracing::warn!(webhook = %self.webhook.id, error, "events were gone");
                self.queue.note(Attempt {
                    error: Some(error),
                    ..self.attempt("", Position::ZERO, AttemptOutcome::Skipped)
                });
                self.stream = self.messaging.events().domain_events(Some(pruned));
            }
            Err(error) => {
                tracing::error!(%error, "the log cannot be followed for a webhook");
                let position = self.stream.position().or(Some(self.noted));
                self.stream = self.messaging.events().domain_events(position);
                sleep(STORAGE_RETRY).await;
            }
        }
    }

    fn attempt(&self, kind: &str, position: Position, outcome: AttemptOutcome) -> Attempt {
        Attempt {
            number: 0,
            position,
            kind: kind.to_owned(),
            at: self.messaging.clock().now(),
            duration_ms: 0,
            status: None,
            outcome,
            error: None,
        }
    }

    /// Takes in what came of a try.
    fn settle(&mut self, tried: Tried) -> Option<End> {
        let (lane, at) = (tried.work.lane, tried.at);
        let mut attempt = self.attempt(tried.kind, tried.work.position, AttemptOutcome::Skipped);
        attempt.at = at;
        attempt.duration_ms = i64::try_from(tried.took.as_millis()).unwrap_or(i64::MAX);
        self.unnoted += 1;
        match tried.outcome {
            Outcome::Taken(status) => {
                attempt.outcome = AttemptOutcome::Delivered;
                attempt.status = Some(status);
                self.queue.note(attempt);
                self.queue.succeeded();
                self.queue.finish(lane);
                None
            }
            Outcome::Gone => {
                attempt.error = Some("the log no longer has the event".to_owned());
                self.queue.note(attempt);
                self.queue.finish(lane);
                None
            }
            Outcome::Unread(error) => {
                tracing::warn!(%error, "an event cannot be read for a webhook");
                let now = self.messaging.clock().now();
                self.queue.retry(lane, at, now.after(STORAGE_RETRY));
                None
            }
            Outcome::Refused {
                status,
                retry_after,
                error,
            } => {
                attempt.status = status;
                attempt.error = Some(error);
                self.refused(lane, attempt, retry_after)
            }
        }
    }

    /// The endpoint has not taken an event. It is tried again; it is given up when it was tried so
    /// long and others were taken meanwhile. When none was, the endpoint itself is the trouble.
    fn refused(
        &mut self,
        lane: Lane,
        mut attempt: Attempt,
        asked: Option<Duration>,
    ) -> Option<End> {
        let (at, status) = (attempt.at, attempt.status);
        let (attempts, first_at) = self.queue.tries(lane);
        let first_at = first_at.unwrap_or(at);
        let since = self.queue.failed(at);
        let now = self.messaging.clock().now();
        let next_at = now.after(self.delay(attempts + 1, asked));
        let is_over = first_at.after(self.settings.give_up_after) <= next_at;
        let gives_up = is_over && since > first_at;
        attempt.outcome = if gives_up {
            AttemptOutcome::GaveUp
        } else {
            AttemptOutcome::Failed
        };
        self.queue.note(attempt);
        if gives_up {
            self.queue.finish(lane);
            return None;
        }
        self.queue.retry(lane, at, next_at);
        if status == Some(GONE) {
            return Some(End::Paused("it answered 410 Gone".to_owned()));
        }
        is_over.then(|| End::Paused(format!("nothing could be delivered since {since}")))
    }

    fn delay(&self, attempts: u32, asked: Option<Duration>) -> Duration {
        let (_, seed) = self.messaging.ids().next_uuid().as_u64_pair();
        schedule::delay(attempts, asked, seed)
    }

    async fn note_if_any(&mut self, stop: &CancellationToken) -> bool {
        let read = self.stream.position().unwrap_or(self.noted);
        if !self.queue.has_news() && read == self.noted {
            return true;
        }
        self.note(stop).await
    }

    /// Notes how far the endpoint has been told, however long storage is away; once it is to stop,
    /// it tries but once. Answers whether it is still the same endpoint.
    async fn note(&mut self, stop: &CancellationToken) -> bool {
        let read = self.stream.position().unwrap_or(self.noted);
        let progress = self.queue.take_progress(read);
        self.unnoted = 0;
        self.noted = progress.cursor;
        loop {
            let store = self.messaging.store();
            let webhook = &self.webhook;
            let noting = store.record_progress(webhook.id, webhook.epoch, progress.clone());
            match noting.await {
                Ok(is_same) => return is_same,
                Err(error) => {
                    tracing::warn!(%error, "a webhook's progress cannot be noted yet");
                    if stop.is_cancelled() {
                        return false;
                    }
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = sleep(STORAGE_RETRY) => {}
                    }
                }
            }
        }
    }

    /// Waits a little for what is under way, so that it need not be told again.
    async fn drain(&mut self) {
        let draining = async {
            while let Some(tried) = self.under_way.join_next().await {
                if let Ok(tried) = tried {
                    self.settle(tried);
                }
            }
        };
        // What takes longer is told again.
        let _ = timeout(DRAIN, draining).await;
        self.under_way.abort_all();
    }
}

/// Waits so long, or for ever.
async fn rest(wait: Option<Duration>) {
    match wait {
        Some(wait) => sleep(wait).await,
        None => pending().await,
    }
}
