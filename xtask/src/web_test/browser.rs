//! Headless Chromium.

use std::{
    env, fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{apt, workspace};

const HOW: &str = "the test in a browser needs Chromium, and none was found.
Install it, or name one:
  Debian, Ubuntu   sudo apt-get install chromium
  anywhere         CHROMIUM=/path/to/chromium (Chrome and Edge will do)";

/// What it is called, here and there.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A browser that ends with this value.
#[derive(Debug)]
pub(super) struct Browser {
    process: Child,
    profile: PathBuf,
}

/// Opens `url` in a browser of its own.
pub(super) fn open(url: &str) -> Result<Browser> {
    let profile = workspace::target_dir().join(format!("chromium-{}", std::process::id()));
    fs::create_dir_all(&profile)?;
    let mut command = Command::new(find()?);
    command.args([
        "--headless",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        // It asks the network for nothing of its own accord.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]);
    if apt::is_root() {
        // Chromium's sandbox refuses to run as root.
        command.arg("--no-sandbox");
    }
    command.arg(format!("--user-data-dir={}", profile.display()));
    command.arg(url).stdout(Stdio::null()).stderr(Stdio::null());
    let process = command.spawn().context("cannot run Chromium")?;
    Ok(Browser { process, profile })
}

fn find() -> Result<PathBuf> {
    if let Some(path) = env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    if let Some(name) = NAMES.into_iter().find(|name| apt::is_on_path(name)) {
        return Ok(name.into());
    }
    apt::install(&["chromium"], HOW)?;
    if !apt::is_on_path("chromium") {
        bail!("{HOW}");
    }
    Ok("chromium".into())
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its other processes end with this one; what they still write is nobody's.
        self.process.kill().ok();
        self.process.wait().ok();
        fs::remove_dir_all(&self.profile).ok();
    }
}
