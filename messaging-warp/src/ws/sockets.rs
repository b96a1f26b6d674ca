//! The open sockets: how many there are, and when the last has ended.

use std::{sync::Arc, time::Duration};

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use messaging_core::{
    error::ErrorKind,
    realtime::{Gateway, Opening},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::task::TaskTracker;

use super::socket::Socket;
use crate::problem::ApiError;

/// How long a connection may take to turn over once that was agreed.
const UPGRADE_TIMEOUT: Duration = Duration::from_secs(10);

/// The sockets of one [`Api`](crate::Api).
#[derive(Debug)]
pub(crate) struct Sockets {
    tasks: TaskTracker,
    permits: Arc<Semaphore>,
}

impl Sockets {
    pub(crate) fn new(max: usize) -> Self {
        Self {
            tasks: TaskTracker::new(),
            permits: Arc::new(Semaphore::new(max.min(Semaphore::MAX_PERMITS))),
        }
    }

    /// Runs a session on the connection as soon as it has turned over.
    pub(super) fn open(
        &self,
        gateway: Gateway,
        opening: Opening,
        on_upgrade: OnUpgrade,
    ) -> Result<(), ApiError> {
        let permit = self.permits.clone().try_acquire_owned().map_err(|_| {
            ApiError::new(ErrorKind::Unavailable, "as many sockets are open as may be")
        })?;
        self.tasks.spawn(run(gateway, opening, on_upgrade, permit));
        Ok(())
    }

    /// Waits for the last one.
    pub(crate) async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn run(
    gateway: Gateway,
    opening: Opening,
    on_upgrade: OnUpgrade,
    permit: OwnedSemaphorePermit,
) {
    if let Ok(Ok(connection)) = timeout(UPGRADE_TIMEOUT, on_upgrade).await {
        let mut socket = Socket::server(TokioIo::new(connection)).await;
        gateway.run(&mut socket, opening).await;
        socket.finish().await;
    }
    drop(permit);
}
