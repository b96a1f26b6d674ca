//! The messaging server: one binary over SQLite or PostgreSQL.

mod chat;
mod commands;
mod settings;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::token;

/// Real-time conversations over REST and WebSocket, stored in SQLite or PostgreSQL.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints a token for a user.
    Token(token::Args),
    /// Talks with another user, in the terminal.
    Chat(chat::Args),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Token(args) => token::run(&args),
        Command::Chat(args) => chat::run(args).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
