//! What this store promises beyond the ports' contracts.
//!
//! The modules say that they are tests, so that their helpers may unwrap as tests do.

#[cfg(test)]
mod migrations;
#[cfg(test)]
mod quota_race;
#[cfg(test)]
mod reconnect;
#[cfg(test)]
mod several;
#[cfg(test)]
mod support;
#[cfg(test)]
mod writer;
