//! A client of the server. It shares the machine with what it measures, so it does little.

pub(crate) mod audience;
pub(crate) mod exchange;
pub(crate) mod files;
pub(crate) mod frame;
pub(crate) mod note;
pub(crate) mod pairs;
pub(crate) mod people;
mod poster;
pub(crate) mod rest;
pub(crate) mod socket;

pub(crate) use frame::Frame;
pub(crate) use pairs::{Pace, Pairs};
pub(crate) use people::People;
pub(crate) use rest::Rest;
pub(crate) use socket::Socket;
