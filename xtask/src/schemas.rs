//! `cargo xtask schemas`: the JSON Schemas of all events, from the types.

use std::{fs, process::ExitCode};

use anyhow::{Context, Result};

use crate::workspace;

pub(crate) fn run() -> Result<ExitCode> {
    let folder = workspace::root().join("docs/schemas");
    // A type that is no more must not leave its schema behind.
    for side in ["sent", "received"] {
        let side = folder.join(side);
        if side.exists() {
            fs::remove_dir_all(&side)
                .with_context(|| format!("cannot empty {}", side.display()))?;
        }
    }
    let mut command = workspace::cargo();
    command.args(["run", "--quiet", "--package", "messaging-core"]);
    command.args(["--features", "schema", "--example", "schemas", "--"]);
    let status = workspace::run(command.arg(folder))?;
    Ok(workspace::exit_code(status))
}
