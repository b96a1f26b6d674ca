//! A store in memory that lives through restarts, because it writes down every call that changes
//! something and makes the calls again when it is opened.
//!
//! This works because a port's method is given everything that its outcome depends on, ids and
//! times too: the same calls in the same order come to the same state, refusals included. One
//! process owns the file. What is deleted is gone from memory, but its words stay in the file; a
//! store for more than an example would rewrite it.
//!
//! A file for each port: its calls as they are written, how they are made again, and the port.

mod account;
mod archive;
mod block;
mod file;
mod lease;
mod log;
mod message;
mod platform;
mod quota;
mod receipt;
mod tag;
mod thread;
mod webhook;

use std::path::Path;

use async_trait::async_trait;
use messaging_core::{Store, error::StoreError, memory::MemoryStore};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use file::JournalFile;

/// Everything in memory, every change in a file.
#[derive(Debug)]
pub struct JournalStore {
    memory: MemoryStore,
    file: Mutex<JournalFile>,
}

/// A call that changes something, as the file keeps it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Call {
    Account(account::Call),
    Archive(archive::Call),
    Block(block::Call),
    Log(log::Call),
    Message(message::Call),
    Platform(platform::Call),
    Quota(quota::Call),
    Receipt(receipt::Call),
    Tag(tag::Call),
    Thread(thread::Call),
    Webhook(webhook::Call),
}

impl Call {
    /// Makes the call again. What was refused then is refused now, and forgotten just as well.
    async fn make(self, store: &MemoryStore) {
        match self {
            Self::Account(call) => call.make(store).await,
            Self::Archive(call) => call.make(store).await,
            Self::Block(call) => call.make(store).await,
            Self::Log(call) => call.make(store).await,
            Self::Message(call) => call.make(store).await,
            Self::Platform(call) => call.make(store).await,
            Self::Quota(call) => call.make(store).await,
            Self::Receipt(call) => call.make(store).await,
            Self::Tag(call) => call.make(store).await,
            Self::Thread(call) => call.make(store).await,
            Self::Webhook(call) => call.make(store).await,
        }
    }
}

impl JournalStore {
    /// Opens the file, which is made when there is none, and makes its calls again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file cannot be used, [`StoreError::Corrupt`] when a
    /// line of it cannot be read.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let (file, calls) = JournalFile::open(path.as_ref())?;
        let memory = MemoryStore::new();
        for call in calls {
            call.make(&memory).await;
        }
        Ok(Self {
            memory,
            file: Mutex::new(file),
        })
    }

    /// Makes one change: durable first, then visible. The lock keeps the order of the lines that of
    /// the changes; the memory store never waits, so that a call that is written is also made.
    async fn write<T, E: From<StoreError>>(
        &self,
        call: Call,
        made: impl Future<Output = Result<T, E>> + Send,
    ) -> Result<T, E> {
        let mut file = self.file.lock().await;
        self.memory.check_health().await?;
        file.append(&call)?;
        made.await
    }
}

#[async_trait]
impl Store for JournalStore {
    async fn check_health(&self) -> Result<(), StoreError> {
        self.memory.check_health().await
    }

    async fn close(&self) {
        let _file = self.file.lock().await;
        self.memory.close().await;
    }
}
