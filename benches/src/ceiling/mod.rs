//! What limits the library, or what people would write without it.

pub(crate) mod transaction;
