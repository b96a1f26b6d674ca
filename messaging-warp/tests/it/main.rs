//! The routes over the memory store, asked as a client would.

#![expect(clippy::unwrap_used, reason = "what is not there fails the test")]

mod blocks;
mod browsers;
mod input;
mod jwt;
mod limits;
mod messages;
mod moderation;
mod requests;
mod serve;
mod sockets;
mod support;
mod sync;
mod tags;
mod threads;
