//! Measures messaging beside what limits it.
//!
//! Figures come as ratios of two things that ran in turn in one process (A B A B), with the median
//! and the spread of the rounds: machines are shared and noisy, ratios less so.

mod ceiling;
mod figure;
mod process;
mod scenario;

use clap::{Parser, Subcommand};

/// Measures messaging beside what limits it. Build it with `--release`.
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Debug, Subcommand)]
enum Scenario {
    /// Durable sends a second through the library, against one transaction a message.
    Sends(scenario::sends::Args),
    /// Memory of idle sessions, and the server's own.
    Idle(scenario::idle::Args),
    /// How long the server takes to be ready, and its memory then.
    Start(scenario::start::Args),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().scenario {
        Scenario::Sends(args) => scenario::sends::run(args).await,
        Scenario::Idle(args) => scenario::idle::run(args).await,
        Scenario::Start(args) => scenario::start::run(&args).await,
    }
}
