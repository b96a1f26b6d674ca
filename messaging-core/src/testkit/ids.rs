//! Ids that come the same way every time.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use uuid::{Builder, Uuid};

use crate::id::IdGenerator;

/// The moment that the first id carries: 2026-11-23, ten o'clock.
const EPOCH_MILLIS: u64 = 1_795_428_000_000;

/// UUIDs of version 7 that count: each is greater than the one before it, and the same seed gives
/// the same ids. Cloning shares the count.
#[derive(Debug, Clone, Default)]
pub struct SeqIds {
    seed: u16,
    count: Arc<AtomicU64>,
}

impl SeqIds {
    /// Ids of one seed never equal those of another.
    pub fn seeded(seed: u16) -> Self {
        Self {
            seed,
            count: Arc::default(),
        }
    }
}

impl IdGenerator for SeqIds {
    fn next_uuid(&self) -> Uuid {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let mut rest = [0; 10];
        // The last bytes: version and variant take bits of earlier ones.
        rest[8..].copy_from_slice(&self.seed.to_be_bytes());
        Builder::from_unix_timestamp_millis(EPOCH_MILLIS + count, &rest).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_count_upwards_and_repeat_with_their_seed() {
        let take = |ids: &SeqIds| -> Vec<Uuid> { (0..1000).map(|_| ids.next_uuid()).collect() };
        let first = take(&SeqIds::seeded(7));
        assert!(first.is_sorted_by(|a, b| a < b));
        assert_eq!(first, take(&SeqIds::seeded(7)));
        assert!(
            take(&SeqIds::seeded(8))
                .iter()
                .all(|id| !first.contains(id))
        );
        assert!(first.iter().all(|id| id.get_version_num() == 7));
    }
}
