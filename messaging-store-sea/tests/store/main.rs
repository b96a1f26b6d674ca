//! What this store promises beyond the ports' contracts.

mod migrations;
mod reconnect;
mod several;
mod support;
mod writer;
