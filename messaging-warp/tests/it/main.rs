//! The routes over the memory store, asked as a client would.

mod blocks;
mod browsers;
mod input;
mod jwt;
mod limits;
mod messages;
mod requests;
mod serve;
mod sockets;
mod support;
mod sync;
mod tags;
mod threads;
