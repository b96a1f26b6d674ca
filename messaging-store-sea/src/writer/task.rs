//! The writer's loop, its transaction, and what becomes of a group that fails.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

use messaging_core::{
    error::StoreError,
    log::{CommitSender, LogEntry},
};
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use super::{GroupError, job::Job, ring};
use crate::{
    SeaOptions, connect,
    failure::{Trouble, store_error, trouble},
    schema::Schema,
    unit::{Cache, Needs, Transaction, Unit},
};

/// The writer's connection, how to come by another, and what is known of the rows.
pub(super) struct Source {
    url: String,
    schema: Schema,
    options: SeaOptions,
    connection: Option<DatabaseConnection>,
    /// What is known from earlier groups.
    cache: Cache,
}

/// The writer.
pub(super) struct Task {
    source: Source,
    queue: mpsc::Receiver<Box<dyn Job>>,
    commits: CommitSender,
}

/// How a group failed.
enum Failure {
    /// The database is away or too busy; it may be known or not what became of the group.
    Away { reason: String, retry: bool },
    /// Something in the group cannot be stored.
    Unfit(StoreError),
}

/// How far a transaction has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing can have been written.
    Open,
    /// COMMIT is on its way: only the database knows.
    Committing,
}

impl Source {
    pub(super) fn new(
        url: &str,
        schema: Schema,
        options: SeaOptions,
        connection: DatabaseConnection,
    ) -> Self {
        Self {
            url: url.to_owned(),
            schema,
            options,
            connection: Some(connection),
            cache: Cache::default(),
        }
    }

    async fn begin(&mut self) -> Result<DatabaseTransaction, sea_orm::DbErr> {
        let connection = if let Some(connection) = &self.connection {
            connection
        } else {
            let dialect = self.schema.dialect;
            let fresh = connect::writer(&self.url, dialect, &self.options).await?;
            self.connection.insert(fresh)
        };
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        connection.begin_with_options(options).await
    }

    /// Makes the group's changes durable, in one transaction.
    async fn commit(
        &mut self,
        jobs: &mut [Box<dyn Job>],
        stage: &mut Stage,
    ) -> Result<Vec<LogEntry>, GroupError> {
        let transaction = self.begin().await?;
        let mut needs = Needs::default();
        for job in jobs.iter() {
            job.needs(&mut needs);
        }
        let on = Transaction {
            schema: &self.schema,
            transaction: &transaction,
        };
        let mut unit = Unit::load(on, &mut self.cache, needs).await?;
        for job in jobs.iter_mut() {
            // A defect in one change must not end the writer, and with it everyone's writes.
            let applied = catch_unwind(AssertUnwindSafe(|| job.apply(&mut unit)));
            applied.map_err(|_| StoreError::backend("a change panicked"))?;
        }
        let version = unit.flush(on).await?;
        *stage = Stage::Committing;
        transaction.commit().await?;
        self.cache.keep(&mut unit, version);
        Ok(unit.into_entries())
    }

    /// The same with an end to waiting, and with what a failure means.
    async fn try_commit(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<Vec<LogEntry>, Failure> {
        let mut stage = Stage::Open;
        let deadline = self.options.acquire_timeout + self.options.statement_timeout;
        let result = timeout(deadline, self.commit(jobs, &mut stage)).await;
        let error = match result {
            Ok(Ok(entries)) => return Ok(entries),
            Ok(Err(GroupError::Store(error))) => return Err(Failure::Unfit(error)),
            Ok(Err(GroupError::Database(error))) => error,
            Err(_) => {
                self.drop_connection();
                let reason = "the database took too long".to_owned();
                return Err(Failure::Away {
                    reason,
                    retry: false,
                });
            }
        };
        match trouble(&error) {
            Trouble::Refused => Err(Failure::Unfit(store_error(error))),
            Trouble::Busy => Err(Failure::Away {
                reason: error.to_string(),
                retry: false,
            }),
            Trouble::ConnectionLost => {
                self.drop_connection();
                Err(Failure::Away {
                    reason: error.to_string(),
                    retry: stage == Stage::Open,
                })
            }
        }
    }

    /// Forgets a connection that is no good, without waiting for it.
    fn drop_connection(&mut self) {
        if let Some(connection) = self.connection.take() {
            tokio::spawn(async move {
                // It is given up; how it ends is nobody's concern.
                let _ = connection.close().await;
            });
        }
    }
}

impl Task {
    pub(super) fn new(
        source: Source,
        queue: mpsc::Receiver<Box<dyn Job>>,
        commits: CommitSender,
    ) -> Self {
        Self {
            source,
            queue,
            commits,
        }
    }

    /// Works until nobody can hand over changes any more and all that were are made.
    pub(super) async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let mut jobs = Vec::with_capacity(self.source.options.group);
        let mut open = true;
        loop {
            let taken = tokio::select! {
                taken = self.queue.recv_many(&mut jobs, self.source.options.group) => taken,
                _ = stopping.wait_for(|stop| *stop), if open => {
                    self.queue.close();
                    open = false;
                    continue;
                }
            };
            if taken == 0 {
                break;
            }
            jobs.retain(|job| !job.is_abandoned());
            if !jobs.is_empty() {
                self.make(mem::take(&mut jobs)).await;
            }
        }
        if let Some(connection) = self.source.connection
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the writer's connection did not close well");
        }
    }

    /// Makes a group of changes. One that cannot be stored is found by making them one by one.
    async fn make(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        match self.commit(&mut jobs).await {
            Ok(()) => jobs.into_iter().for_each(Job::answer),
            Err(Failure::Away { reason, .. }) => self.fail(jobs, &reason),
            Err(Failure::Unfit(error)) => {
                tracing::debug!(%error, "a group of changes failed and is made one by one");
                self.make_singly(jobs).await;
            }
        }
    }

    async fn make_singly(&mut self, jobs: Vec<Box<dyn Job>>) {
        let mut jobs = jobs.into_iter();
        while let Some(job) = jobs.next() {
            let mut one = [job];
            let result = self.commit(&mut one).await;
            let [job] = one;
            match result {
                Ok(()) => job.answer(),
                Err(Failure::Unfit(error)) => job.fail(error),
                Err(Failure::Away { reason, .. }) => {
                    self.fail(std::iter::once(job).chain(jobs).collect(), &reason);
                    return;
                }
            }
        }
    }

    /// Commits and rings the doorbell. A connection that broke before anything can have been
    /// written is replaced once.
    async fn commit(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<(), Failure> {
        let result = match self.source.try_commit(jobs).await {
            Err(Failure::Away { retry: true, .. }) => self.source.try_commit(jobs).await,
            result => result,
        };
        ring(&self.commits, result?);
        Ok(())
    }

    /// Fails these changes, and those that wait: they would only find out later.
    fn fail(&mut self, jobs: Vec<Box<dyn Job>>, reason: &str) {
        tracing::warn!(reason, changes = jobs.len(), "changes could not be made");
        let mut waiting = Vec::new();
        while let Ok(job) = self.queue.try_recv() {
            waiting.push(job);
        }
        for job in jobs.into_iter().chain(waiting) {
            job.fail(StoreError::Unavailable(reason.to_owned()));
        }
    }
}
