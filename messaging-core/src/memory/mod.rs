//! A store in memory, for tests and demonstrations.
//!
//! It is also the model that other stores are held against (see `testkit`): one lock over plain
//! collections, each port's contract written down in the most obvious way. Nothing outlives the
//! process.

mod account;
mod append;
mod archive;
mod block;
mod lease;
mod log;
mod message;
mod platform;
mod quota;
mod receipt;
mod rows;
mod state;
mod tag;
mod thread;
mod view;
mod webhook;

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use self::state::State;
use crate::{Store, error::StoreError};

/// Keeps everything in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A store of its own that holds the same, for trying out what a call would come to.
    #[cfg(feature = "testkit")]
    pub(crate) fn fork(&self) -> Self {
        Self {
            state: Mutex::new(self.lock().fork()),
        }
    }

    /// The state, for one atomic change or one read.
    fn state(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.lock();
        if state.closed {
            return Err(StoreError::Unavailable("the store is closed".to_owned()));
        }
        Ok(state)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn check_health(&self) -> Result<(), StoreError> {
        self.state().map(drop)
    }

    async fn close(&self) {
        self.lock().closed = true;
    }
}
