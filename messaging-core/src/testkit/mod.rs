//! For authors of stores, and for anyone who tests against one.
//!
//! A store is right when it keeps the contracts that the ports' docs state. Two things hold it to
//! them:
//!
//! - **The conformance suite** says each sentence of those docs as a check of its own. Name it once
//!   in an integration test, and every sentence becomes a test:
//!
//!   ```
//!   use messaging_core::{conformance_suite, memory::MemoryStore};
//!
//!   /// A fresh, empty store, and a guard that keeps what it needs alive: a temporary folder, a
//!   /// database of its own. The guard is dropped after the store was closed.
//!   async fn open() -> (MemoryStore, ()) {
//!       (MemoryStore::new(), ())
//!   }
//!
//!   conformance_suite!(open);
//!   # fn main() {}
//!   ```
//!
//!   For two databases, put it in two modules: `mod sqlite { … }`, `mod postgres { … }`. Nothing but
//!   this crate is needed: each test runs on a tokio runtime of its own, with several threads.
//!
//! - **The [`histories`]** play random operations on the store and on
//!   [`MemoryStore`](crate::memory::MemoryStore), which is the model, and compare every outcome:
//!
//!   ```
//!   # use messaging_core::{memory::MemoryStore, testkit::histories};
//!   # async fn open() -> (MemoryStore, ()) { (MemoryStore::new(), ()) }
//!   // Each in a `#[test]` of its own; so many histories are played.
//!   histories::check(open, 64);
//!   histories::check_concurrent(open, 16);
//!   ```
//!
//! [`Scene`], [`Line`], [`ManualClock`], [`SeqIds`], [`MarkerModerator`] and the fixtures serve other tests as well.

mod clock;
pub mod conformance;
mod fixtures;
pub mod histories;
mod ids;
mod line;
mod moderator;
mod scene;

pub use clock::ManualClock;
pub use fixtures::{archived, eur, muted, page, pinned, seq, text, user, verdict};
pub use ids::SeqIds;
pub use line::Line;
pub use moderator::MarkerModerator;
pub use scene::Scene;

/// A runtime for one test, with threads enough for tasks to meet.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be had")
}
