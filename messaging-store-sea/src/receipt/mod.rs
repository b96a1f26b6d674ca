//! Markers.

mod advance;

use async_trait::async_trait;
use messaging_core::{
    id::Seq,
    log::Committed,
    receipt::{Advance, MarkError, ReceiptStore},
};

use crate::SeaStore;
use advance::AdvanceMarker;

#[async_trait]
impl ReceiptStore for SeaStore {
    async fn advance_marker(&self, advance: Advance) -> Result<Committed<Seq>, MarkError> {
        self.writer.submit(AdvanceMarker(advance)).await
    }
}
