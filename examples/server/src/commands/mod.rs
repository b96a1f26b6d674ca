//! What the program can do, a file a subcommand.

pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod events;
pub(crate) mod migrate;
pub(crate) mod moderate;
pub(crate) mod quota;
pub(crate) mod serve;
pub(crate) mod token;
pub(crate) mod user;
pub(crate) mod webhooks;
