//! The server binary as a child process.

use std::{
    fs::{File, OpenOptions},
    net::SocketAddr,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use super::{Database, Person, SOON, token, within};

const BINARY: &str = env!("CARGO_BIN_EXE_messaging-server");

/// A running server. Dropping it kills the process and removes its database.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    address: SocketAddr,
    settings: Vec<(String, String)>,
    // After the process, so that a database is not removed under a living server.
    database: Database,
}

impl Server {
    /// A server with the tests' usual settings.
    pub(crate) async fn start(database: Database) -> Self {
        Self::start_with(database, &[]).await
    }

    /// A server with some settings of its own.
    pub(crate) async fn start_with(database: Database, settings: &[(&str, &str)]) -> Self {
        let own = settings
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        let settings: Vec<_> = own.collect();
        let (process, address) = spawn(&database, &settings).await;
        Self {
            process,
            address,
            settings,
            database,
        }
    }

    /// Kills the process with SIGKILL and starts another on the same database.
    pub(crate) async fn crash_and_restart(&mut self) {
        self.process.kill().await.unwrap();
        let (process, address) = spawn(&self.database, &self.settings).await;
        self.process = process;
        self.address = address;
    }

    /// Another node on the same database.
    pub(crate) async fn second_node(&self) -> (Child, SocketAddr) {
        spawn(&self.database, &self.settings).await
    }

    /// Asks the process to end, as an operator does.
    pub(crate) async fn terminate(&self) {
        let pid = self.process_id().to_string();
        let kill = Command::new("kill").args(["-TERM", &pid]).status().await;
        assert!(kill.unwrap().success());
    }

    /// Waits for the process to end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        within(SOON, "the server's end", self.process.wait())
            .await
            .unwrap()
    }

    /// Runs another command of the binary on the same database.
    pub(crate) async fn command(&self, arguments: &[&str]) {
        let mut command = command(&self.database, &self.settings);
        let output = command.args(arguments).output();
        let output = within(SOON, "the command's end", output).await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn client(&self, id: &str) -> Person {
        Person::new(self.address, id, "client")
    }

    pub(crate) fn creator(&self, id: &str) -> Person {
        Person::new(self.address, id, "creator")
    }

    pub(crate) fn admin(&self, id: &str) -> Person {
        Person::new(self.address, id, "admin")
    }

    /// How much memory the process holds, in KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process_id());
        let status = std::fs::read_to_string(path).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    fn process_id(&self) -> u32 {
        self.process.id().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(log_path(&self.database)).unwrap_or_default();
            let lines: Vec<_> = log.lines().collect();
            let tail = &lines[lines.len().saturating_sub(60)..];
            eprintln!("the server's last words:\n{}", tail.join("\n"));
        }
        // Not waited for here: the runtime reaps it. But its death must come before the database's.
        let _ = self.process.start_kill();
        for _ in 0..500 {
            if !matches!(self.process.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

fn log_path(database: &Database) -> PathBuf {
    database.folder().join("server.log")
}

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

async fn spawn(database: &Database, settings: &[(String, String)]) -> (Child, SocketAddr) {
    let log: File = OpenOptions::new()
        .create(true)
        .append(true)
        .open(log_path(database))
        .unwrap();
    let mut process = command(database, settings)
        .arg("serve")
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let first = within(SOON, "the server's first line", lines.next_line()).await;
    let first = first.unwrap().unwrap_or_else(|| {
        let log = std::fs::read_to_string(log_path(database)).unwrap_or_default();
        panic!("the server ended before it listened:\n{log}")
    });
    let address = first.strip_prefix("listening on http://");
    let address = address.unwrap_or_else(|| panic!("the server's first line is {first:?}"));
    // Whatever it says later is read, so that a full pipe never holds it up.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (process, address.trim().parse().unwrap())
}
