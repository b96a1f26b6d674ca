//! What is in a database before anything is measured: the store's own tables, filled by SQL, since
//! a million sends would take minutes.

mod make;
mod statements;
#[cfg(test)]
mod tests;
mod words;

use uuid::Uuid;

/// Who writes in every thread.
pub(crate) const ANN: &str = "ann";

/// As long as a message between two people usually is.
pub(crate) const TEXT: &str = "Hello! I saw your class on Tuesday and would love to join the next \
                               one. Is there still a place, and what should I bring?";

/// Direct threads of [`ANN`] the client, number `k` with the creator `creator-k`, and how many
/// messages are in them. Both have read everything, and odd messages are Ann's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct World {
    pub(crate) threads: u64,
    /// In thread 0.
    pub(crate) first: u64,
    /// In each of the others.
    pub(crate) others: u64,
}

/// The id of thread number `thread`.
pub(crate) fn thread_id(thread: usize) -> Uuid {
    Uuid::from_u128(words::THREADS | thread as u128)
}

impl World {
    /// Threads without a message.
    pub(crate) fn empty(threads: usize) -> Self {
        Self {
            threads: threads as u64,
            ..Self::default()
        }
    }

    /// One thread.
    pub(crate) fn one(messages: u64) -> Self {
        Self {
            threads: 1,
            first: messages,
            others: 0,
        }
    }

    pub(crate) fn messages(self) -> u64 {
        self.first + self.threads.saturating_sub(1) * self.others
    }

    /// The newest position of the log: each thread and each message has one.
    pub(crate) fn head(self) -> u64 {
        self.threads + self.messages()
    }
}
