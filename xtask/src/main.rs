//! The commands of the README, `cargo xtask demo` and `cargo xtask test`; `cargo xtask schemas`, which
//! follows a change of an event; and `cargo xtask instructions`, which stands before a release.

mod apt;
mod demo;
mod instructions;
mod postgres;
mod schemas;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

/// Chores of the messaging workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Runs every test, with PostgreSQL.
    Test(test::Args),
    /// Builds the server in release mode and starts it with sample people, threads and messages.
    Demo(demo::Args),
    /// Counts the instructions of each workload of the benches, and fails when one needs over 5 per
    /// cent more than recorded.
    Instructions(instructions::Args),
    /// Writes the JSON Schemas of all events into docs/schemas.
    Schemas,
}

fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::Test(args) => test::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Instructions(args) => instructions::run(&args),
        Command::Schemas => schemas::run(),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
