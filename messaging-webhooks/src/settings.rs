//! How deliveries are made.

use std::time::Duration;

use messaging_core::event::DEFAULT_SOURCE;

/// How deliveries are made. The defaults are those of the README.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DispatcherSettings {
    /// What names this system in its events: a URI reference.
    pub source: String,
    /// How many deliveries of one endpoint may be under way at once, each of another thread.
    pub concurrency: usize,
    /// How long a failed event is tried again: then it is given up, or, when nothing at all could be
    /// delivered meanwhile, its endpoint is paused.
    pub give_up_after: Duration,
    /// How often is looked for endpoints that were added or changed.
    pub look_every: Duration,
    /// How often is noted how far an endpoint has been told.
    pub note_every: Duration,
    /// How long a process that has died keeps others from taking over.
    pub lease: Duration,
}

impl Default for DispatcherSettings {
    fn default() -> Self {
        Self {
            source: DEFAULT_SOURCE.to_owned(),
            concurrency: 16,
            give_up_after: Duration::from_hours(72),
            look_every: Duration::from_secs(1),
            note_every: Duration::from_millis(500),
            lease: Duration::from_secs(15),
        }
    }
}
