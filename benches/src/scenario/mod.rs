//! What is measured, a file each.

pub(crate) mod idle;
pub(crate) mod sends;
pub(crate) mod start;
