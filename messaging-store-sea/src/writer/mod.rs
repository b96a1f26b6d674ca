//! The one writer: it takes the changes that wait, makes them in one transaction, and answers each
//! of them once they are durable.

mod job;
mod task;

use std::{fmt, sync::Arc};

use messaging_core::{
    error::StoreError,
    log::{CommitReceiver, CommitSender},
};
use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot, watch,
};

pub(crate) use job::Command;

use crate::{SeaOptions, schema::Schema};
use job::{Job, Pending};
use task::{Source, Task};

/// The way to the writer.
pub(crate) struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
    commits: CommitSender,
    stop: watch::Sender<bool>,
    done: watch::Receiver<bool>,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer")
            .field("free", &self.queue.capacity())
            .finish_non_exhaustive()
    }
}

/// Why a group of changes was not made.
#[derive(Debug)]
pub(crate) enum GroupError {
    /// The database refused a statement, or is away.
    Database(DbErr),
    /// What is stored, or what is to be stored, does not fit.
    Store(StoreError),
}

impl From<DbErr> for GroupError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for GroupError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Writer {
    /// Starts the writer's task.
    pub(crate) fn start(
        url: &str,
        schema: Schema,
        options: SeaOptions,
        connection: DatabaseConnection,
    ) -> Self {
        let (queue, waiting) = mpsc::channel(options.queue);
        let (stop, stopping) = watch::channel(false);
        let (finished, done) = watch::channel(false);
        let commits = messaging_core::log::commit_channel();
        let source = Source::new(url, schema, options, connection);
        let task = Task::new(source, waiting, commits.clone());
        tokio::spawn(async move {
            task.run(stopping).await;
            finished.send_replace(true);
        });
        Self {
            queue,
            commits,
            stop,
            done,
        }
    }

    /// Hands over a change and waits until it is durable, or refused.
    pub(crate) async fn submit<C: Command>(&self, command: C) -> Result<C::Output, C::Error> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Pending::new(command, reply));
        self.queue.try_send(job).map_err(|error| {
            StoreError::Unavailable(match error {
                TrySendError::Full(_) => "too many changes are waiting".to_owned(),
                TrySendError::Closed(_) => "the store is closed".to_owned(),
            })
        })?;
        match answer.await {
            Ok(outcome) => outcome,
            Err(_) => Err(StoreError::Unavailable("the writer has gone".to_owned()).into()),
        }
    }

    /// Hears of commits.
    pub(crate) fn subscribe(&self) -> CommitReceiver {
        self.commits.subscribe()
    }

    /// Takes no more changes, and waits until those that were taken are made.
    pub(crate) async fn close(&self) {
        self.stop.send_replace(true);
        let mut done = self.done.clone();
        // The task that went without a word is done too.
        let _ = done.wait_for(|done| *done).await;
    }
}

/// Rings the doorbell. That nobody listens is no failure.
fn ring(commits: &CommitSender, entries: Vec<messaging_core::log::LogEntry>) {
    if !entries.is_empty() {
        let _ = commits.send(Arc::from(entries));
    }
}

#[cfg(test)]
mod tests {
    use messaging_core::message::SendError;

    use super::*;
    use crate::{
        SeaStore,
        testkit::TestDatabase,
        unit::{Needs, Unit},
    };

    /// A change with a defect.
    struct Panics;

    impl Command for Panics {
        type Output = ();
        type Error = SendError;

        fn needs(&self, _: &mut Needs) {}

        fn apply(&self, _: &mut Unit) -> Result<(), SendError> {
            panic!("on purpose")
        }
    }

    /// One without.
    struct Works;

    impl Command for Works {
        type Output = ();
        type Error = SendError;

        fn needs(&self, _: &mut Needs) {}

        fn apply(&self, _: &mut Unit) -> Result<(), SendError> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_change_that_panics_fails_alone() {
        let database = TestDatabase::sqlite();
        let store = SeaStore::connect(database.url()).await.unwrap();
        let (first, broken, last) = tokio::join!(
            store.writer.submit(Works),
            store.writer.submit(Panics),
            store.writer.submit(Works),
        );
        assert!(first.is_ok() && last.is_ok());
        assert!(matches!(
            broken,
            Err(SendError::Store(StoreError::Backend(_)))
        ));
        assert!(store.writer.submit(Works).await.is_ok());
    }
}
