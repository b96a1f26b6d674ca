//! Events of the platform.

mod receive;
mod rows;

use async_trait::async_trait;
use messaging_core::{
    clock::Timestamp,
    log::Committed,
    platform::{PlatformEvent, PlatformStore, ReceiveError, Reception},
};

use crate::SeaStore;
use receive::Receive;
pub(crate) use rows::PlatformRows;

#[async_trait]
impl PlatformStore for SeaStore {
    async fn receive(
        &self,
        event: PlatformEvent,
        at: Timestamp,
    ) -> Result<Committed<Reception>, ReceiveError> {
        self.writer.submit(Receive { event, at }).await
    }
}
