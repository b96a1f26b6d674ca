//! The tables as SeaORM entities: raw rows, as they are stored. What becomes of them is said at
//! their boundary, beside each noun.
//!
//! An entity's table name is fixed when it is compiled, ours are known when the store is opened, so
//! a query is aimed at the real table when it is built (see
//! [`Schema::query`](crate::schema::Schema::query)). Times are milliseconds since 1970.
#![expect(
    unreachable_pub,
    reason = "the derive makes public items, and the crate keeps them to itself"
)]

pub mod account;
pub mod block;
pub mod log;
pub mod message;
pub mod participant;
pub mod tag;
pub mod thread;
