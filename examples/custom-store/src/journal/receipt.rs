//! Receipts.

use async_trait::async_trait;
use messaging_core::{
    clock::Timestamp,
    id::{Seq, ThreadId, UserId},
    log::Committed,
    memory::MemoryStore,
    receipt::{Advance, MarkError, Marker, ReceiptStore},
};
use serde::{Deserialize, Serialize};

use super::JournalStore;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call {
    thread_id: ThreadId,
    user_id: UserId,
    read: bool,
    seq: Seq,
    at: Timestamp,
}

impl From<&Advance> for Call {
    fn from(advance: &Advance) -> Self {
        Self {
            thread_id: advance.thread_id,
            user_id: advance.user_id.clone(),
            read: advance.marker == Marker::Read,
            seq: advance.seq,
            at: advance.at,
        }
    }
}

impl Call {
    pub(super) async fn make(self, store: &MemoryStore) {
        let advance = Advance {
            thread_id: self.thread_id,
            user_id: self.user_id,
            marker: if self.read {
                Marker::Read
            } else {
                Marker::Delivered
            },
            seq: self.seq,
            at: self.at,
        };
        drop(store.advance_marker(advance).await);
    }
}

#[async_trait]
impl ReceiptStore for JournalStore {
    async fn advance_marker(&self, advance: Advance) -> Result<Committed<Seq>, MarkError> {
        let call = super::Call::Receipt((&advance).into());
        self.write(call, self.memory.advance_marker(advance)).await
    }
}
