//! The commands of the README, `cargo xtask demo` and `cargo xtask test`; `cargo xtask schemas`, which
//! follows a change of an event; `cargo xtask wasm` and `cargo xtask web-test`, the moderation engine
//! in a browser; and `cargo xtask instructions`, which stands before a release.

mod apt;
mod demo;
mod instructions;
mod postgres;
mod schemas;
mod test;
mod wasm;
mod web_test;
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
    /// Builds the moderation engine for browsers into target/web.
    Wasm(wasm::Args),
    /// Judges texts in headless Chromium with target/web, and holds the verdicts to the server's.
    WebTest(web_test::Args),
}

fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::Test(args) => test::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Instructions(args) => instructions::run(&args),
        Command::Schemas => schemas::run(),
        Command::Wasm(args) => wasm::run(&args),
        Command::WebTest(args) => web_test::run(&args),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
