//! What limits the library, or what people would write without it.

mod load;
pub(crate) mod transaction;

pub(crate) use load::{Load, Stored};

/// Something that stores message number `number` in thread number `thread`, durably.
pub(crate) trait Sender: Clone + Send + Sync + 'static {
    /// Comes back when the message is stored for good.
    fn send(&self, thread: usize, number: u64) -> impl Future<Output = anyhow::Result<()>> + Send;
}
