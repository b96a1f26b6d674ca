//! Real time: sessions, and the hub that tells them what happens.
//!
//! A [`Gateway`] turns connections into sessions: rules that are the same for every transport. The
//! [`Hub`] holds the sessions of this node and tells them each entry of the log, in order. Typing
//! and presence pass through it too; they are never stored, and are the first to be dropped.

mod frame;
mod gateway;
mod hub;
mod presence;
mod room;
mod roster;
mod session;
mod transport;
mod typing;

pub use frame::Frame;
pub(crate) use frame::Framer;
pub use gateway::{Gateway, Opening, SessionSettings};
pub use hub::Hub;
pub use session::MAX_FRAME;
pub use transport::{CloseReason, CommandIn, Failure, Incoming, Outgoing, Reply};
