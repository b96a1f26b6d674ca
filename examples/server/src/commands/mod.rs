//! What the program can do, a file a subcommand.

pub(crate) mod token;
