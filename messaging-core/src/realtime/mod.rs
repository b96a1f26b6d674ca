//! Real time: sessions, and the hub that tells them what happens.

mod frame;
mod gateway;
mod hub;
mod transport;

pub use frame::{Frame, Framer};
pub use gateway::{Gateway, Opening, SessionSettings};
pub use hub::Hub;
pub use transport::{CloseReason, CommandIn, Failure, Incoming, Outgoing, Reply};
