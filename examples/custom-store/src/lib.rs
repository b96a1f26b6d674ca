//! A store of one's own: everything in memory, and every change in a file.
//!
//! It shows what the author of a store has to do: implement the ports (`journal/ports`), and run
//! the conformance suite on it (`tests/conformance.rs`).

mod journal;

pub use journal::JournalStore;
