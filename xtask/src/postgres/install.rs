//! Installs PostgreSQL where that is ours to do, and says how where it is not.

use std::{
    env, fs,
    os::unix::fs::MetadataExt,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

const HOW: &str = "the tests need PostgreSQL 15 or later, and none was found.
Install it, or name a running one (its user must be allowed to create databases):
  Debian, Ubuntu   sudo apt-get install postgresql
  Fedora           sudo dnf install postgresql-server
  macOS            brew install postgresql@17
  anywhere         MESSAGING_TEST_POSTGRES_URL=postgres://user:password@host:5432/postgres";

/// Installs the server with apt where we are root and there is an apt.
pub(super) fn install() -> Result<()> {
    if !is_root() || !is_on_path("apt-get") {
        bail!("{HOW}");
    }
    eprintln!("PostgreSQL is not installed: apt-get installs it");
    apt(&["update", "-q"])?;
    apt(&[
        "install",
        "-q",
        "-y",
        "--no-install-recommends",
        "postgresql",
    ])
}

fn apt(args: &[&str]) -> Result<()> {
    let status = Command::new("apt-get")
        .args(args)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()
        .context("cannot run apt-get")?;
    if !status.success() {
        bail!("apt-get {} failed ({status})\n{HOW}", args[0]);
    }
    Ok(())
}

/// Whether this process is root's: who runs it owns its own entry in `/proc`. Elsewhere than on
/// Linux nobody is taken for root, and PostgreSQL itself says so if that is wrong.
pub(super) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|entry| entry.uid() == 0)
}

fn is_on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|dir| dir.join(program).exists())
}
