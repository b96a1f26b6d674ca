//! How other systems are told of events.

use clap::ArgAction;
use messaging_core::{event::DEFAULT_SOURCE, webhook::WebhookPolicy};
use messaging_webhooks::DispatcherSettings;

use super::value::parse_switch;

/// How other systems are told of events.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Events")]
pub(crate) struct Webhooks {
    #[command(flatten)]
    addresses: WebhookAddresses,
    #[command(flatten)]
    source: EventSource,
}

/// What names this system.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Events")]
pub(crate) struct EventSource {
    /// What names this system in its events: a URI reference.
    #[arg(
        long,
        env = "MESSAGING_EVENT_SOURCE",
        value_name = "MESSAGING_EVENT_SOURCE",
        default_value = DEFAULT_SOURCE,
        value_parser = parse_source
    )]
    event_source: String,
}

/// Which addresses webhooks may have.
#[derive(Debug, Clone, Copy, clap::Args)]
#[command(next_help_heading = "Events")]
pub(crate) struct WebhookAddresses {
    /// Whether webhooks may lead into private networks, and be of plain HTTP.
    #[arg(
        long,
        env = "MESSAGING_WEBHOOKS_ALLOW_PRIVATE",
        value_name = "MESSAGING_WEBHOOKS_ALLOW_PRIVATE",
        default_value_t = false,
        action = ArgAction::Set,
        value_parser = parse_switch
    )]
    webhooks_allow_private: bool,
}

impl WebhookAddresses {
    /// This as the core takes it.
    pub(crate) fn policy(self) -> WebhookPolicy {
        if self.webhooks_allow_private {
            WebhookPolicy::Private
        } else {
            WebhookPolicy::Public
        }
    }
}

impl EventSource {
    /// The name: a URI reference.
    pub(crate) fn name(&self) -> &str {
        &self.event_source
    }
}

impl Webhooks {
    /// Which addresses are told.
    pub(crate) fn policy(&self) -> WebhookPolicy {
        self.addresses.policy()
    }

    /// These as the dispatcher takes them.
    pub(crate) fn dispatcher(&self) -> DispatcherSettings {
        let mut settings = DispatcherSettings::default();
        self.source.name().clone_into(&mut settings.source);
        settings
    }
}

impl Default for Webhooks {
    fn default() -> Self {
        Self {
            addresses: WebhookAddresses {
                webhooks_allow_private: false,
            },
            source: EventSource {
                event_source: DEFAULT_SOURCE.to_owned(),
            },
        }
    }
}

fn parse_source(text: &str) -> Result<String, String> {
    let fits = (1..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| text.to_owned())
        .ok_or_else(|| "must be a URI reference of 1 to 256 characters, like /messaging".to_owned())
}
