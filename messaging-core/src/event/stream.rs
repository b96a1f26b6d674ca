//! Domain events as they happen.

use super::DomainEvent;
use crate::{
    id::Position,
    log::{EventStream, FollowError},
    messaging::Events,
};

/// Every domain event, those of a thread in order, also of what other processes on the same
/// database do. While storage is away the stream waits for it.
#[derive(Debug)]
pub struct DomainEventStream {
    entries: EventStream,
}

impl DomainEventStream {
    /// The next event. Waits for it as long as it takes; dropping the future loses nothing.
    ///
    /// # Errors
    /// [`FollowError::Pruned`] when the log no longer holds what comes next.
    pub async fn next(&mut self) -> Result<DomainEvent, FollowError> {
        loop {
            let entry = self.entries.next().await?;
            if let Some(event) = DomainEvent::of(&entry) {
                return Ok(event);
            }
        }
    }

    /// How far the stream has come, also past entries that no event tells: a stream after this
    /// position goes on without a gap. `None` before the first call of [`next`](Self::next) of a
    /// stream that begins with what is to come.
    pub fn position(&self) -> Option<Position> {
        self.entries.position()
    }
}

impl Events<'_> {
    /// Domain events after a position, then those to come, without a gap in between; without a
    /// position, those to come. Keep [`DomainEventStream::position`] when you have dealt with an
    /// event, and nothing is missed over a restart.
    pub fn domain_events(self, after: Option<Position>) -> DomainEventStream {
        let entries = match after {
            Some(after) => self.subscribe_after(after),
            None => self.subscribe(),
        };
        DomainEventStream { entries }
    }
}
