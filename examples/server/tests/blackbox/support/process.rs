//! The server binary as a child process.

use std::{
    fs::{File, OpenOptions},
    net::SocketAddr,
    path::PathBuf,
    process::{Output, Stdio},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
    sync::mpsc,
};

use super::{Database, SOON, token, within};

const BINARY: &str = env!("CARGO_BIN_EXE_messaging-server");

/// A server process that listens.
#[derive(Debug)]
pub(crate) struct Process {
    pub(super) child: Child,
    pub(crate) address: SocketAddr,
    /// What it writes to standard output after the first line.
    pub(super) lines: mpsc::UnboundedReceiver<String>,
}

impl Process {
    /// Starts a server and waits until it says where it listens.
    pub(super) async fn spawn(database: &Database, settings: &[(String, String)]) -> Self {
        let log: File = OpenOptions::new()
            .create(true)
            .append(true)
            .open(log_path(database))
            .unwrap();
        let mut child = command(database, settings)
            .arg("serve")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = read_lines(child.stdout.take().unwrap());
        let first = within(SOON, "the server's first line", lines.recv()).await;
        let first = first.unwrap_or_else(|| {
            let log = std::fs::read_to_string(log_path(database)).unwrap_or_default();
            panic!("the server ended before it listened:\n{log}")
        });
        let address = first.strip_prefix("listening on http://");
        let address = address.unwrap_or_else(|| panic!("the server's first line is {first:?}"));
        Self {
            child,
            address: address.parse().unwrap(),
            lines,
        }
    }

    /// Ends it with SIGKILL.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }
}

/// Lines are read as they come, so that a full pipe never holds the server up.
fn read_lines(output: ChildStdout) -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    let mut lines = BufReader::new(output).lines();
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            // Whoever no longer listens need not be told.
            let _ = sender.send(line);
        }
    });
    receiver
}

/// Runs the binary to its end, whichever that is.
pub(super) async fn run(
    database: &Database,
    arguments: &[&str],
    settings: &[(String, String)],
) -> Output {
    let mut command = command(database, settings);
    let output = command.args(arguments).output();
    within(SOON, "the command's end", output).await.unwrap()
}

/// Where a database's servers log to.
pub(super) fn log_path(database: &Database) -> PathBuf {
    database.folder().join("server.log")
}

/// The binary with the tests' usual settings and those given.
fn command(database: &Database, settings: &[(String, String)]) -> Command {
    let mut command = Command::new(BINARY);
    command
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("DATABASE_URL", database.url())
        .env("JWT_SECRET", token::SECRET)
        .env("MESSAGING_API_PORT", "0")
        .env("MESSAGING_DATA_DIR", database.folder())
        .env("MESSAGING_THROTTLE_LIMIT", "0")
        .env("RUST_LOG", "info")
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}
