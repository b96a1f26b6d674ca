#![doc = include_str!("../README.md")]

mod account;
mod archive;
mod block;
mod connect;
mod convert;
mod dialect;
mod entity;
mod failure;
mod lease;
mod log;
mod message;
mod migration;
mod options;
#[cfg(test)]
mod plans;
mod platform;
mod prefix;
mod quota;
mod reader;
mod receipt;
mod rows;
mod schema;
mod store;
mod tag;
#[cfg(feature = "testkit")]
pub mod testkit;
mod thread;
mod unit;
mod webhook;
mod writer;

pub use migration::{MigrationState, Migrations};
pub use options::SeaOptions;
pub use prefix::{InvalidPrefix, TablePrefix};
pub use store::SeaStore;
