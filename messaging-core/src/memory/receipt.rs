//! Receipts.

use async_trait::async_trait;

use super::{MemoryStore, log::Fact};
use crate::{
    id::Seq,
    log::{Change, Committed},
    receipt::{Advance, MarkError, Marker, ReceiptStore},
};

#[async_trait]
impl ReceiptStore for MemoryStore {
    async fn advance_marker(&self, advance: Advance) -> Result<Committed<Seq>, MarkError> {
        let Advance {
            thread_id,
            user_id,
            marker,
            seq,
            at,
        } = advance;
        let mut state = self.state()?;
        let thread = state.threads.get_mut(&thread_id);
        let thread = thread.ok_or(MarkError::NoSuchThread)?;
        let last_seq = thread.last_seq();
        let member = thread.participant_mut(&user_id);
        let member = member.ok_or(MarkError::NoSuchThread)?;
        if seq > last_seq {
            return Err(MarkError::BeyondTheEnd);
        }
        let stands = match marker {
            Marker::Delivered => &mut member.delivered,
            Marker::Read => &mut member.read,
        };
        if seq <= *stands {
            return Ok(Committed::unchanged(*stands));
        }
        *stands = seq;
        member.delivered = member.delivered.max(member.read);
        let audience = thread.audience();
        let change = Change::MarkerAdvanced {
            thread_id,
            user_id: user_id.clone(),
            marker,
            seq,
        };
        let position = state.commit(at, Some(&user_id), audience, Fact::Fixed(change));
        Ok(Committed::at(position, seq))
    }
}
