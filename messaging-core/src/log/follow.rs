//! Following the log as it grows.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, broadcast::error::TryRecvError},
    time::timeout,
};

use super::{Change, CommitReceiver, LogEntry};
use crate::{Store, error::StoreError, id::Position, realtime::Hub};

/// How many entries are read at a time.
const BATCH: usize = 256;
/// How long other processes' commits may go unnoticed.
const POLL: Duration = Duration::from_millis(400);
/// How long to wait after storage failed, at most.
const MAX_BACKOFF: Duration = Duration::from_secs(2);

/// The log as a stream: every entry once, in order, without a gap.
///
/// Commits of this process arrive as they happen; those of other processes, and whatever a slow
/// reader lost, are read from the store. While storage is away the stream waits for it.
#[derive(Debug)]
pub struct EventStream {
    store: Arc<dyn Store>,
    commits: CommitReceiver,
    applied: Option<Position>,
    /// Whether the log is known to hold more: then it is read without waiting for the doorbell.
    behind: bool,
    ready: VecDeque<LogEntry>,
}

/// Why a stream cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FollowError {
    /// Entries after the stream's position were pruned: begin again from the present state.
    #[error("the log is kept from position {} on", pruned.next())]
    Pruned {
        /// The last entry that is gone.
        pruned: Position,
    },
    /// The store failed otherwise than by being away.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl EventStream {
    pub(crate) fn new(store: Arc<dyn Store>, after: Option<Position>) -> Self {
        let commits = store.subscribe_commits();
        Self {
            store,
            commits,
            applied: after,
            behind: after.is_some(),
            ready: VecDeque::new(),
        }
    }

    /// The next entry. Waits for it as long as it takes; dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<LogEntry, FollowError> {
        let mut backoff = Duration::from_millis(50);
        loop {
            if let Some(entry) = self.ready.pop_front() {
                self.applied = Some(entry.position);
                return Ok(entry);
            }
            match self.fill().await {
                Ok(()) => backoff = Duration::from_millis(50),
                Err(FollowError::Store(StoreError::Unavailable(reason))) => {
                    tracing::warn!(
                        reason,
                        "storage is away; the log is followed again in {backoff:?}"
                    );
                    tokio::time::sleep(backoff).await;
                    backoff = (backoff * 2).min(MAX_BACKOFF);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The last entry given, or where the stream began; `None` before it has begun.
    pub fn position(&self) -> Option<Position> {
        self.applied
    }

    /// Settles where a stream "from now on" begins: before whatever was committed since it was made.
    pub(crate) async fn begin(&mut self) -> Result<Position, FollowError> {
        if let Some(applied) = self.applied {
            return Ok(applied);
        }
        let head = self.store.log_bounds().await?.head;
        let start = match self.commits.try_recv() {
            Ok(batch) => match batch.first() {
                Some(first) => head.min(Position::new(first.position.get() - 1)),
                None => head,
            },
            Err(TryRecvError::Empty | TryRecvError::Lagged(_) | TryRecvError::Closed) => head,
        };
        self.applied = Some(start);
        Ok(start)
    }

    /// Brings in what comes next: from the doorbell when it continues without a gap, else from the
    /// log.
    async fn fill(&mut self) -> Result<(), FollowError> {
        let applied = self.begin().await?;
        if !self.behind
            && let Ok(Ok(batch)) = timeout(POLL, self.commits.recv()).await
            && self.take(applied, &batch)
        {
            return Ok(());
        }
        self.read(applied).await
    }

    /// Takes a batch from the doorbell. Answers whether nothing is missing before it.
    fn take(&mut self, applied: Position, batch: &[LogEntry]) -> bool {
        match batch.first() {
            Some(first) if first.position > applied.next() => false,
            _ => {
                let fresh = batch.iter().filter(|entry| entry.position > applied);
                self.ready.extend(fresh.cloned());
                true
            }
        }
    }

    async fn read(&mut self, applied: Position) -> Result<(), FollowError> {
        let entries = self.store.read_log(applied, BATCH).await?;
        if let Some(first) = entries.first()
            && first.position > applied.next()
        {
            let pruned = self.store.log_bounds().await?.pruned;
            return Err(FollowError::Pruned { pruned });
        }
        self.behind = entries.len() == BATCH;
        self.ready.extend(entries);
        Ok(())
    }
}

/// The node's own follower: hands every entry to the hub, in order, and rings when a user's standing
/// has changed.
pub(crate) async fn follow(store: Arc<dyn Store>, hub: Hub, standing: Arc<Notify>) {
    let mut stream = EventStream::new(store.clone(), None);
    loop {
        match stream.begin().await {
            Ok(position) => {
                hub.begin(position);
                break;
            }
            Err(error) => {
                tracing::warn!(%error, "the log cannot be followed yet");
                tokio::time::sleep(MAX_BACKOFF).await;
            }
        }
    }
    loop {
        match stream.next().await {
            Ok(entry) => {
                let rings = matches!(entry.change, Change::AccountChanged { .. });
                hub.apply(entry).await;
                if rings {
                    standing.notify_one();
                }
            }
            Err(error) => {
                // Sessions would miss events from here on: they are sent away to resume, and the
                // log is followed from its present end.
                tracing::error!(%error, "the log cannot be followed; sessions resume");
                tokio::time::sleep(MAX_BACKOFF).await;
                hub.end_all();
                standing.notify_one();
                stream = EventStream::new(store.clone(), None);
                if let Ok(position) = stream.begin().await {
                    hub.begin(position);
                }
            }
        }
    }
}
