//! Does one operation many times, for `cargo xtask instructions` to count what it costs.

use anyhow::Result;
use clap::{Parser, ValueEnum};
use messaging_workload::Workload;

/// Does one operation many times, and nothing else.
#[derive(Debug, Parser)]
enum Command {
    /// Prints the workloads, each with the number of operations that it is to be counted over.
    List,
    /// Does one.
    Run {
        /// Which.
        workload: Workload,
        /// How many times.
        operations: u64,
    },
}

// One thread, as far as it is up to us: then the turns are the same every time.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    match Command::parse() {
        Command::List => list(),
        Command::Run {
            workload,
            operations,
        } => {
            let mut operation = workload.open().await?;
            operation.run(operations).await?;
            operation.leave();
        }
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the list is read by xtask")]
fn list() {
    for workload in Workload::value_variants() {
        if let Some(value) = workload.to_possible_value() {
            println!("{} {}", value.get_name(), workload.operations());
        }
    }
}
