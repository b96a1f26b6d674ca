//! A server with its database, for as long as a test lives.

use std::{
    net::SocketAddr,
    path::Path,
    process::{ExitStatus, Output},
    time::Duration,
};

use tokio::process::Command;

use super::{
    Database, Person, SOON,
    process::{self, Process, log_path},
    within,
};

/// A running server. Dropping it kills the process and removes its database.
#[derive(Debug)]
pub(crate) struct Server {
    process: Process,
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
        let settings = owned(settings);
        Self {
            process: Process::spawn(&database, &settings).await,
            settings,
            database,
        }
    }

    /// Kills the process with SIGKILL and starts another on the same database.
    pub(crate) async fn crash_and_restart(&mut self) {
        self.process.kill().await;
        self.process = self.second_node().await;
    }

    /// Another process on the same database.
    pub(crate) async fn second_node(&self) -> Process {
        Process::spawn(&self.database, &self.settings).await
    }

    /// Asks the process to end, as an operator does.
    pub(crate) async fn terminate(&self) {
        let pid = self.process_id().to_string();
        let kill = Command::new("kill").args(["-TERM", &pid]).status().await;
        assert!(kill.unwrap().success());
    }

    /// Waits for the process to end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        within(SOON, "the server's end", self.process.child.wait())
            .await
            .unwrap()
    }

    /// Runs another command of the binary on the same database and gives what it says.
    pub(crate) async fn command(&self, arguments: &[&str]) -> String {
        let output = process::run(&self.database, arguments, &self.settings).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same of one that fails: gives what it complains of.
    pub(crate) async fn command_fails(&self, arguments: &[&str]) -> String {
        let output = process::run(&self.database, arguments, &self.settings).await;
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Runs the binary to its end, whichever that is.
    pub(crate) async fn output(
        database: &Database,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Output {
        process::run(database, arguments, &owned(settings)).await
    }

    /// The next line of standard output.
    pub(crate) async fn next_line(&mut self) -> String {
        self.process.lines.recv().await.unwrap()
    }

    /// The one number that a query of its tables gives.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        self.database.number(sql).await
    }

    /// Where its data is.
    pub(crate) fn folder(&self) -> &Path {
        self.database.folder()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.process.address
    }

    pub(crate) fn client(&self, id: &str) -> Person {
        Person::new(self.address(), id, "client")
    }

    pub(crate) fn creator(&self, id: &str) -> Person {
        Person::new(self.address(), id, "creator")
    }

    pub(crate) fn admin(&self, id: &str) -> Person {
        Person::new(self.address(), id, "admin")
    }

    pub(crate) fn service(&self, id: &str) -> Person {
        Person::new(self.address(), id, "service")
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
        self.process.child.id().unwrap()
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
        let _ = self.process.child.start_kill();
        for _ in 0..500 {
            if !matches!(self.process.child.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

fn owned(settings: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = settings
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()));
    owned.collect()
}
