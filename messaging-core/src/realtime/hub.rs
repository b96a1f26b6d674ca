//! The hub: the sessions of this node.

use std::sync::Arc;

use crate::{
    Store,
    clock::Clock,
    id::Position,
    limits::{Features, Limits},
    log::LogEntry,
};

/// The sessions of this node. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Hub {}

impl Hub {
    pub(crate) fn new(
        _store: Arc<dyn Store>,
        _clock: Arc<dyn Clock>,
        _limits: &Limits,
        _features: Features,
    ) -> Self {
        Self {}
    }
    pub(crate) fn begin(&self, _position: Position) {}
    pub(crate) async fn apply(&self, _entry: LogEntry) {}
    pub(crate) fn end_all(&self) {}
    pub(crate) async fn drain(&self) {}
}
