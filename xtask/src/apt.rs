//! Installs Debian's packages where that is ours to do.

use std::{
    env, fs,
    os::unix::fs::MetadataExt,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// Installs `packages` with apt where we are root and there is an apt; else fails with `how`, which
/// says what somebody else is to do.
pub(crate) fn install(packages: &[&str], how: &str) -> Result<()> {
    if !is_root() || !is_on_path("apt-get") {
        bail!("{how}");
    }
    eprintln!("not installed: apt-get installs {}", packages.join(", "));
    apt(&["update", "-q"], how)?;
    let mut args = vec!["install", "-q", "-y", "--no-install-recommends"];
    args.extend(packages);
    apt(&args, how)
}

fn apt(args: &[&str], how: &str) -> Result<()> {
    let status = Command::new("apt-get")
        .args(args)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .status()
        .context("cannot run apt-get")?;
    if !status.success() {
        bail!("apt-get {} failed ({status})\n{how}", args[0]);
    }
    Ok(())
}

/// Whether this process is root's: who runs it owns its own entry in `/proc`. Elsewhere than on
/// Linux nobody is taken for root, and the program that minds says so itself if that is wrong.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|entry| entry.uid() == 0)
}

/// Whether a shell would find `program`.
pub(crate) fn is_on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|dir| dir.join(program).exists())
}
