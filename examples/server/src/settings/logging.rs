//! How the server logs.

use std::{env, io::IsTerminal};

use anyhow::{Context, Result};
use tracing_subscriber::EnvFilter;

/// How the server logs. What it logs is for `RUST_LOG` to say.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Logging")]
pub(crate) struct Logging {
    /// Lines for people or for machines; by default as suits where they go.
    #[arg(
        long,
        env = "MESSAGING_LOG_FORMAT",
        value_name = "MESSAGING_LOG_FORMAT",
        value_enum,
        default_value_t = LogFormat::Auto
    )]
    log_format: LogFormat,
}

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Logging {
    /// Begins to log, to standard error: standard output is for what programs read.
    pub(crate) fn start(&self, default: &str) -> Result<()> {
        let directives = env::var("RUST_LOG").unwrap_or_default();
        let directives = if directives.is_empty() {
            default
        } else {
            &directives
        };
        let filter = EnvFilter::try_new(directives).context("RUST_LOG does not parse")?;
        let terminal = std::io::stderr().is_terminal();
        let lines = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(terminal);
        match self.log_format {
            LogFormat::Json => lines.json().flatten_event(true).init(),
            LogFormat::Auto if !terminal => lines.json().flatten_event(true).init(),
            LogFormat::Text | LogFormat::Auto => lines.init(),
        }
        Ok(())
    }
}
