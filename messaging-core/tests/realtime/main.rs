//! Sessions over a transport of channels, on the memory store.

mod delivery;
mod ending;
mod fleeting;
mod line;
mod resuming;
