//! Receipts: how far each participant has received and read a thread.

mod mark;
mod store;

pub use mark::{MarkError, MarkUpTo, Marked, Receipts};
pub use store::{Advance, ReceiptStore};

/// The two markers of a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Marker {
    /// How far messages have reached one of the user's clients.
    Delivered,
    /// How far the user has read. Reading moves the delivered marker along.
    Read,
}
