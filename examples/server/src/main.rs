//! The messaging server: one binary over SQLite or PostgreSQL.

mod chat;
mod commands;
mod node;
mod settings;
mod signals;
mod table;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::{demo, doctor, events, migrate, moderate, quota, serve, token, user, webhooks};

/// The system's own allocator took a fifth of the server's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Real-time conversations over REST and WebSocket, stored in SQLite or PostgreSQL.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves REST and WebSocket.
    Serve(Box<serve::Args>),
    /// Applies, takes back or lists the migrations of the database.
    Migrate(migrate::Args),
    /// Prints a token for a user.
    Token(token::Args),
    /// Talks with another user, in the terminal.
    Chat(Box<chat::Args>),
    /// Says what is wrong with the settings, the database or the machine.
    Doctor(Box<doctor::Args>),
    /// Bans a user, lifts the ban, or shows how a user stands.
    User(user::Args),
    /// Shows what users may write, grants, sells credits, and sets prices.
    Quota(quota::Args),
    /// Lists what other systems are told, and tells it again.
    Events(events::Args),
    /// Adds, lists, pauses and looks after endpoints that are told of events.
    Webhooks(webhooks::Args),
    /// Judges texts from standard input, a JSON object a line.
    Moderate(Box<moderate::Args>),
    /// Serves sample people who talk, from a database of its own.
    Demo(demo::Args),
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(args) => serve::run(*args).await,
        Command::Migrate(args) => migrate::run(args).await,
        Command::Token(args) => token::run(&args),
        Command::Chat(args) => chat::run(*args).await,
        Command::Doctor(args) => doctor::run(&args).await,
        Command::User(args) => user::run(args).await,
        Command::Quota(args) => quota::run(args).await,
        Command::Events(args) => events::run(args).await,
        Command::Webhooks(args) => webhooks::run(args).await,
        Command::Moderate(args) => moderate::run(&args),
        Command::Demo(args) => demo::run(&args).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", words::in_words(&error));
            ExitCode::FAILURE
        }
    }
}
