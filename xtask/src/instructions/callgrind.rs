//! Counting with callgrind, one of valgrind's tools.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};

use super::{PROGRAM, read};
use crate::workspace;

/// A callgrind that is there, and where its reports go.
pub(super) struct Callgrind {
    folder: PathBuf,
}

impl Callgrind {
    /// Makes sure that there is one.
    pub(super) fn find() -> Result<Self> {
        let mut version = Command::new("valgrind");
        version.arg("--version");
        version.stdout(Stdio::null()).stderr(Stdio::null());
        if !version.status().is_ok_and(|status| status.success()) {
            bail!(
                "valgrind counts the instructions, and it is not installed. On Linux it is in the \
                 package `valgrind`: apt-get install valgrind, dnf install valgrind, \
                 pacman -S valgrind"
            );
        }
        let folder = workspace::release_dir().with_file_name("instructions");
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    /// Where the reports are, one a workload.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The instructions of one operation. The workload runs with so many operations and with twice
    /// as many: the difference has nothing of starting, setting up and ending.
    pub(super) fn count(&self, workload: &str, operations: u64) -> Result<u64> {
        let once = self.folder.join(format!("{workload}.once"));
        let twice = self.folder.join(format!("{workload}.twice"));
        let runs = [(&once, operations), (&twice, 2 * operations)];
        let runs = runs.map(|(report, operations)| start(workload, operations, report));
        // Both are under way by now.
        for run in runs {
            let output = run?.wait_with_output()?;
            let words = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success(), "{workload} failed:\n{words}");
        }
        let difference = total(&twice)?.checked_sub(total(&once)?);
        let difference = difference.context("twice as many operations took fewer instructions")?;
        Ok((difference + operations / 2) / operations)
    }
}

fn start(workload: &str, operations: u64, report: &Path) -> Result<std::process::Child> {
    let mut command = Command::new("valgrind");
    command.arg("--tool=callgrind");
    command.arg(format!("--callgrind-out-file={}", report.display()));
    command.arg(workspace::release_dir().join(PROGRAM));
    command.args(["run", workload, &operations.to_string()]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().context("cannot run valgrind")
}

/// All instructions of a report, over all threads.
fn total(report: &Path) -> Result<u64> {
    let text = read(report)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    let total = total.with_context(|| format!("{} has no total", report.display()))?;
    Ok(total.trim().parse()?)
}
