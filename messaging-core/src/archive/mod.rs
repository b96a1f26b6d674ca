//! The threads of users who are deactivated: put away, and brought back.
//!
//! A user may have a hundred thousand threads, so a deactivation does not touch them itself. It leaves
//! a *sweep* behind, in the same transaction: a note that the user's threads are still to be gone
//! through. A task of every node goes through them in small steps, each a change of its own; what is
//! left to do stands in the store, so that no restart and no second node can lose or double any.

mod store;
mod sweep;

pub use store::ArchiveStore;
pub(crate) use sweep::Sweeper;
