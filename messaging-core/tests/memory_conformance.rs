//! The store in memory keeps the ports' contracts.

use messaging_core::{conformance_suite, memory::MemoryStore};

async fn open() -> (MemoryStore, ()) {
    (MemoryStore::new(), ())
}

conformance_suite!(open);
