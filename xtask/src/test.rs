//! `cargo xtask test`: every test of the workspace, with a PostgreSQL for those that need one.

use std::process::{Command, ExitCode, Stdio};

use anyhow::Result;

use crate::{postgres, workspace};

/// Where tests find a PostgreSQL in which they may create databases.
const POSTGRES_URL: &str = "MESSAGING_TEST_POSTGRES_URL";

/// What to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only tests whose names contain one of these; everything when there is none.
    filters: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    // Held to the end: a server that was started for the tests stops when this goes.
    let server = postgres::find(POSTGRES_URL)?;
    eprintln!("PostgreSQL: {}", server.describe());
    for mut command in [tests(&args.filters), doc_tests(&args.filters)] {
        let status = workspace::run(command.env(POSTGRES_URL, server.url()))?;
        if !status.success() {
            return Ok(workspace::exit_code(status));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tests(filters: &[String]) -> Command {
    let mut command = workspace::cargo();
    if has_nextest() {
        command.args(["nextest", "run", "--workspace", "--all-features"]);
        // A filter may well name a doc test alone, or nothing in one of the two runs.
        command.arg("--no-tests=pass").args(filters);
    } else {
        eprintln!("cargo-nextest is not installed: cargo test runs the tests, more slowly");
        command.args(["test", "--workspace", "--all-features"]);
        command.args(["--lib", "--bins", "--tests", "--examples", "--"]);
        command.args(filters);
    }
    command
}

/// Examples in the documentation, which nextest does not run.
fn doc_tests(filters: &[String]) -> Command {
    let mut command = workspace::cargo();
    command.args(["test", "--doc", "--workspace", "--all-features", "--"]);
    command.args(filters);
    command
}

fn has_nextest() -> bool {
    let mut command = workspace::cargo();
    command.args(["nextest", "--version"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
