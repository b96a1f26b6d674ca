//! `cargo xtask wasm`: the moderation engine for browsers, as a folder of static files.

mod bindgen;
mod package;
mod toolchain;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::{web_test, workspace};

/// The crate that becomes WebAssembly.
const CRATE: &str = "messaging-moderation-web";

/// The compiler's name for browsers.
const TARGET: &str = "wasm32-unknown-unknown";

/// The profile in Cargo.toml that it is built with.
const PROFILE: &str = "wasm";

/// How it is built.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Then does what `cargo xtask web-test` does.
    #[arg(long)]
    test: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let built = toolchain::find()?.build()?;
    let bindings = bindgen::run(&built)?;
    let package = package::assemble(&bindings)?;
    eprintln!("{}", package.describe());
    if args.test {
        return web_test::run(&web_test::Args::default());
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs a step that must succeed.
fn step(command: &mut std::process::Command) -> Result<()> {
    let status = workspace::run(command)?;
    if !status.success() {
        bail!("{} failed ({status})", command.get_program().display());
    }
    Ok(())
}
