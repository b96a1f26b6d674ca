//! The task that carries sweeps out.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Notify, time::timeout};

use crate::{Store, clock::Clock, error::StoreError, id::UserId};

/// How many threads a step goes through: few enough that a send behind it hardly waits.
const STEP: usize = 100;
/// How many users are asked for at a time.
const USERS: usize = 100;
/// How long what nobody has rung for may go unnoticed: the sweeps of a node that has died.
const LOOK: Duration = Duration::from_mins(1);
/// How long to wait after storage failed, at first and at most.
const BACKOFF: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(5)];

/// Carries sweeps out, one step a user in turn, so that a user with many threads holds up nobody.
#[derive(Debug)]
pub(crate) struct Sweeper {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    bell: Arc<Notify>,
}

impl Sweeper {
    /// One that looks whenever `bell` rings, and now and then.
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, bell: Arc<Notify>) -> Self {
        Self { store, clock, bell }
    }

    /// Works for as long as it is let.
    pub(crate) async fn run(self) {
        let [first, most] = BACKOFF;
        let mut backoff = first;
        loop {
            match self.sweep_all().await {
                Ok(()) => {
                    backoff = first;
                    // A bell that rang while the last step was under way is not lost.
                    let _ = timeout(LOOK, self.bell.notified()).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "archiving waits; it goes on in {backoff:?}");
                    tokio::time::sleep(backoff).await;
                    backoff = (backoff * 2).min(most);
                }
            }
        }
    }

    /// Takes steps until there is nothing more to do.
    async fn sweep_all(&self) -> Result<(), StoreError> {
        while self.sweep_each().await? {}
        Ok(())
    }

    /// Takes one step for each user; answers whether there is more to do.
    async fn sweep_each(&self) -> Result<bool, StoreError> {
        let (mut more, mut last) = (false, None);
        loop {
            let users = self.store.list_sweeps(last.as_ref(), USERS).await?;
            let Some(end) = users.last() else {
                return Ok(more);
            };
            last = Some(end.clone());
            for user_id in &users {
                more |= self.step(user_id).await?;
            }
        }
    }

    async fn step(&self, user_id: &UserId) -> Result<bool, StoreError> {
        let now = self.clock.now();
        match self.store.sweep_threads(user_id, STEP, now).await {
            Ok(swept) => Ok(swept.value),
            Err(error @ StoreError::Unavailable(_)) => Err(error),
            Err(error) => {
                // One user's rows must not hold up everyone else's. It is tried again at the next look.
                tracing::error!(%user_id, %error, "a user's threads cannot be archived or brought back");
                Ok(false)
            }
        }
    }
}
