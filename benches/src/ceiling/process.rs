//! A ceiling as a process of its own, so that its processor time is accounted as the server's is.

use std::{io::Write, process::Stdio};

use anyhow::Context;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// Such a process; killed when dropped. It says where it listens, and answers each order with a line;
/// it ends when its standard input does.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    /// `127.0.0.1:port`.
    pub(crate) address: String,
}

impl Process {
    /// Starts this program with a hidden subcommand.
    pub(super) async fn start(subcommand: &str) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(subcommand)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let orders = child.stdin.take().context("the process has no input")?;
        let output = child.stdout.take().context("the process has no output")?;
        let mut answers = BufReader::new(output).lines();
        let address = answers.next_line().await?;
        Ok(Self {
            child,
            orders,
            answers,
            address: address.context("the process ended at once")?,
        })
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Gives an order and waits for the answer.
    pub(super) async fn order(&mut self, line: &str) -> anyhow::Result<String> {
        self.orders.write_all(line.as_bytes()).await?;
        self.orders.write_all(b"\n").await?;
        let answer = self.answers.next_line().await?;
        answer.context("the process has ended")
    }
}

/// In such a process: a port of its own, which is said first.
pub(super) async fn listen() -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    say(&listener.local_addr()?.to_string())?;
    Ok(listener)
}

/// In such a process: the orders.
pub(super) fn orders() -> Lines<BufReader<tokio::io::Stdin>> {
    BufReader::new(tokio::io::stdin()).lines()
}

/// In such a process: says where it listens, or answers.
#[expect(
    clippy::print_stdout,
    reason = "standard output is this process's protocol"
)]
pub(super) fn say(line: &str) -> std::io::Result<()> {
    println!("{line}");
    std::io::stdout().flush()
}
