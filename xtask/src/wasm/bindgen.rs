//! The JavaScript around the WebAssembly.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::step;
use crate::workspace;

/// Runs wasm-bindgen on `wasm` and answers the folder of what it wrote.
pub(super) fn run(wasm: &Path) -> Result<PathBuf> {
    let out = workspace::target_dir().join("wasm-bindgen");
    let mut command = Command::new(tool()?);
    command.args([
        "--target",
        "web",
        "--no-typescript",
        "--out-name",
        "moderation",
    ]);
    command.arg("--out-dir").arg(&out).arg(wasm);
    step(&mut command)?;
    Ok(out)
}

/// The tool, in exactly the version of the crate that the WebAssembly was built with.
fn tool() -> Result<PathBuf> {
    let version = locked_version()?;
    let folder = workspace::target_dir()
        .join("tools")
        .join(format!("wasm-bindgen-{version}"));
    let tool = folder.join("bin/wasm-bindgen");
    if !tool.exists() {
        eprintln!("wasm-bindgen {version} is not there yet: cargo installs it into target/tools");
        let mut command = workspace::cargo();
        command.args(["install", "wasm-bindgen-cli", "--version", &version]);
        command
            .arg("--no-default-features")
            .arg("--root")
            .arg(&folder);
        command
            .arg("--target-dir")
            .arg(workspace::target_dir().join("tools/build"));
        step(&mut command)?;
    }
    Ok(tool)
}

fn locked_version() -> Result<String> {
    let lock = fs::read_to_string(workspace::root().join("Cargo.lock"))?;
    let package = "name = \"wasm-bindgen\"\nversion = \"";
    lock.split_once(package)
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(version, _)| version.to_owned())
        .context("Cargo.lock has no wasm-bindgen")
}
