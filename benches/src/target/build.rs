//! The server's binary: in the folder of this program's own.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use tokio::process::Command;

const NAME: &str = "messaging-server";

/// Where the server's binary is. Under `cargo run` it is built first, which takes a moment when
/// nothing has changed and saves measuring an old one; else only when it is not there.
pub(crate) async fn server_binary() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let mut folder = own.parent().context("this program is in no folder")?;
    // Tests lie one deeper.
    if folder.ends_with("deps") {
        folder = folder.parent().context("no target folder")?;
    }
    let binary = folder.join(NAME);
    let cargo = std::env::var_os("CARGO");
    if cargo.is_none() && binary.exists() {
        return Ok(binary);
    }
    let mut build = Command::new(cargo.unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--package", NAME]);
    build.args([
        "--manifest-path",
        concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"),
    ]);
    if folder.ends_with("release") {
        build.arg("--release");
    }
    let target = folder.parent().context("no target folder")?;
    let status = build.arg("--target-dir").arg(target).status().await;
    let status = status.context("cannot run cargo to build the server")?;
    ensure!(status.success(), "the server does not build: {status}");
    Ok(binary)
}
