//! The two commands of the README: `cargo xtask demo` and `cargo xtask test`.

mod demo;
mod postgres;
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
}

fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::Test(args) => test::run(&args),
        Command::Demo(args) => demo::run(&args),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
