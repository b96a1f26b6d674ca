#![doc = include_str!("../README.md")]

pub mod account;
pub mod archive;
pub mod auth;
pub mod block;
pub mod caller;
pub mod clock;
pub mod error;
pub mod event;
pub mod id;
pub mod json;
pub mod lease;
pub mod limits;
pub mod log;
#[cfg(feature = "memory")]
pub mod memory;
pub mod message;
mod messaging;
pub mod moderation;
pub mod page;
pub mod platform;
pub mod quota;
pub mod rate_limit;
pub mod realtime;
pub mod receipt;
mod store;
pub mod tag;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod thread;
pub mod webhook;

pub use messaging::{Messaging, MessagingBuilder};
pub use store::Store;
