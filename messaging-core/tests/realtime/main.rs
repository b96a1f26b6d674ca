//! Sessions over a transport of channels, on the memory store.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod delivery;
mod ending;
mod fleeting;
mod line;
mod resuming;
