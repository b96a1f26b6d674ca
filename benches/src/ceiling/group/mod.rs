//! Groups of messages, by bare sqlx: one loop takes what waits, at most as many as the library's
//! writer does, and writes it with a few statements in one transaction. The tables, the rows, the
//! checks and the durability are the library's.

mod postgres;
mod rows;
mod sqlite;

use anyhow::Context;
use sqlx::{ConnectOptions, Connection, PgConnection};
use tokio::sync::{mpsc, oneshot};

use super::{
    Sender, sqlite_options,
    stamp::{Stamp, content},
};
use crate::seed::{ANN, TEXT, World, thread_id};
use rows::{Member, New, Rows};

/// How many messages a transaction takes at most.
const GROUP: usize = 256;
/// How many may wait.
const QUEUE: usize = 4096;

/// A database that takes messages in groups.
#[derive(Debug, Clone)]
pub(crate) struct Groups {
    queue: mpsc::Sender<Job>,
}

/// A message and who waits for it.
#[derive(Debug)]
struct Job {
    new: New,
    done: oneshot::Sender<Result<(), String>>,
}

impl Groups {
    /// Makes the tables and the threads in an empty database.
    pub(crate) async fn open(url: &str, threads: usize) -> anyhow::Result<Self> {
        World::empty(threads).make(url).await?;
        let (queue, jobs) = mpsc::channel(QUEUE);
        if url.starts_with("sqlite") {
            let connection = sqlite_options(url)?.connect().await?;
            tokio::spawn(write(connection, jobs));
        } else {
            let connection = PgConnection::connect(url).await?;
            tokio::spawn(write(connection, jobs));
        }
        Ok(Self { queue })
    }
}

impl Sender for Groups {
    async fn send(&self, thread: usize, number: u64) -> anyhow::Result<()> {
        let content = content(TEXT);
        let new = New {
            stamp: Stamp::new(&content),
            thread_id: thread_id(thread),
            sender_id: ANN.to_owned(),
            client_id: number.to_string(),
            content,
        };
        let (done, outcome) = oneshot::channel();
        let sent = self.queue.send(Job { new, done }).await;
        sent.ok().context("the writer has ended")?;
        outcome.await?.map_err(anyhow::Error::msg)
    }
}

/// The statements of a group, in the words of one database.
trait Tables: Send + 'static {
    /// Begins the transaction and takes the lock that all writers take turns at. Answers with the
    /// log's newest position.
    fn begin(&mut self) -> impl Future<Output = sqlx::Result<i64>> + Send;

    /// Those who take part in the threads that are written to.
    fn members(&mut self, group: &[New]) -> impl Future<Output = sqlx::Result<Vec<Member>>> + Send;

    /// How many of these were sent before.
    fn repeated(&mut self, group: &[New]) -> impl Future<Output = sqlx::Result<i64>> + Send;

    fn write(&mut self, rows: &Rows<'_>) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// Ends the transaction: commits it, or rolls it back.
    fn end(&mut self, with: &'static str) -> impl Future<Output = sqlx::Result<()>> + Send;
}

const SET_HEAD: &str = "UPDATE messaging_log_head SET position = $1 WHERE id = 1";

async fn write<T: Tables>(mut tables: T, mut queue: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut jobs, GROUP).await > 0 {
        let (group, waiting): (Vec<New>, Vec<_>) =
            jobs.drain(..).map(|job| (job.new, job.done)).unzip();
        let outcome = write_group(&mut tables, &group).await;
        if outcome.is_err() {
            // What is wrong with the group is told; a connection that broke has rolled back itself.
            let _ = tables.end("ROLLBACK").await;
        }
        let outcome = outcome.map_err(|error| format!("{error:#}"));
        for done in waiting {
            // Whoever has ended does not wait.
            let _ = done.send(outcome.clone());
        }
    }
}

async fn write_group<T: Tables>(tables: &mut T, group: &[New]) -> anyhow::Result<()> {
    let head = tables.begin().await?;
    let repeated = tables.repeated(group).await?;
    anyhow::ensure!(repeated == 0, "{repeated} messages were sent before");
    let members = tables.members(group).await?;
    let rows = Rows::of(group, head, members)?;
    tables.write(&rows).await?;
    Ok(tables.end("COMMIT").await?)
}
