//! `cargo xtask demo`: the server in release mode, with people who talk.

use std::{
    fs, io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result};

use crate::workspace;

/// How the demo starts.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Goes on with the data of the last demo.
    #[arg(long)]
    keep: bool,
    /// Which port to listen on; any free one when it is taken.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where the data goes.
    #[arg(long, default_value = "data/demo")]
    data_dir: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut build = workspace::cargo();
    build.args(["build", "--release", "--package", "messaging-server"]);
    let status = workspace::run(&mut build)?;
    if !status.success() {
        return Ok(workspace::exit_code(status));
    }
    let data_dir = workspace::root().join(&args.data_dir);
    if !args.keep {
        remove_database(&data_dir)?;
    }
    let server = workspace::release_dir().join("messaging-server");
    let mut demo = Command::new(&server);
    demo.current_dir(workspace::root());
    demo.arg("demo").arg("--data-dir").arg(&data_dir);
    demo.arg("--port").arg(args.port.to_string());
    // The server takes this process's place: Ctrl-C and the exit code are its own.
    let error = demo.exec();
    Err(error).with_context(|| format!("cannot run {}", server.display()))
}

/// Removes the last demo's files, and nothing else that may be in the folder.
fn remove_database(data_dir: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let file = data_dir.join(format!("messaging.db{suffix}"));
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", file.display()));
            }
            _ => {}
        }
    }
    Ok(())
}
