//! Settings: environment variables, each also a flag; a group a file. README.md lists them.
//!
//! A value name is the variable's own name, so that clap's complaint about a value names both.

mod conversation;
mod database;
mod later;
mod listen;
mod logging;
mod moderation;
mod throttle;
mod token;
mod value;
mod webhooks;

pub(crate) use conversation::Conversation;
pub(crate) use database::{Database, shown};
pub(crate) use later::check_later;
pub(crate) use listen::Listen;
pub(crate) use logging::Logging;
pub(crate) use moderation::{EngineSettings, Moderation};
pub(crate) use throttle::Throttle;
pub(crate) use token::Tokens;
pub(crate) use value::{Secret, parse_duration};
pub(crate) use webhooks::{EventSource, WebhookAddresses, Webhooks};

/// Everything that `serve` can be told.
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    #[command(flatten)]
    pub(crate) listen: Listen,
    #[command(flatten)]
    pub(crate) database: Database,
    #[command(flatten)]
    pub(crate) tokens: Tokens,
    #[command(flatten)]
    pub(crate) throttle: Throttle,
    #[command(flatten)]
    pub(crate) conversation: Conversation,
    #[command(flatten)]
    pub(crate) moderation: Moderation,
    #[command(flatten)]
    pub(crate) webhooks: Webhooks,
}
