//! Measures messaging beside what limits it.
//!
//! Figures come as ratios of two things that ran in turn (A B A B), with the median and the spread
//! of the rounds: machines are shared and noisy, ratios less so. `scenario/` holds what is measured
//! and `ceiling/` what limits it.

mod ceiling;
mod client;
mod measure;
mod options;
mod report;
mod scenario;
mod seed;
mod target;

use clap::{Parser, Subcommand};

/// Measures messaging beside what limits it. Build it with `--release`.
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Scenario(scenario::Scenario),
    /// The bare broadcaster of `fanout`, as a process of its own.
    #[command(hide = true)]
    Coalesce,
    /// The bare relay of `relay`, as a process of its own.
    #[command(hide = true)]
    Relaying,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Scenario(scenario) => Box::pin(scenario.run()).await,
        Command::Coalesce => ceiling::coalesce::serve().await,
        Command::Relaying => ceiling::relay::serve().await,
    }
}
