//! What users may do, and for how long.

use std::time::Duration;

use clap::ArgAction;
use messaging_core::{
    limits::{Features, Limits},
    quota::QuotaMode,
};

use super::value::{parse_duration, parse_switch};

/// What users may do, and for how long.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Conversations")]
pub(crate) struct Conversation {
    /// How long an author may edit a message.
    #[arg(
        long,
        env = "MESSAGING_EDIT_WINDOW",
        value_name = "MESSAGING_EDIT_WINDOW",
        default_value = "15m",
        value_parser = parse_duration
    )]
    edit_window: Duration,
    /// Whether typing is told to others.
    #[arg(
        long,
        env = "MESSAGING_ENABLE_TYPING_INDICATORS",
        value_name = "MESSAGING_ENABLE_TYPING_INDICATORS",
        default_value_t = true,
        action = ArgAction::Set,
        value_parser = parse_switch
    )]
    enable_typing_indicators: bool,
    /// Whether reading is told to others.
    #[arg(
        long,
        env = "MESSAGING_ENABLE_READ_RECEIPTS",
        value_name = "MESSAGING_ENABLE_READ_RECEIPTS",
        default_value_t = true,
        action = ArgAction::Set,
        value_parser = parse_switch
    )]
    enable_read_receipts: bool,
    /// Whether clients pay for their messages: by grants, or by credits at the creator's price.
    #[arg(
        long,
        env = "MESSAGING_QUOTA",
        value_name = "MESSAGING_QUOTA",
        default_value = "off"
    )]
    quota: Quota,
}

/// Whether messages are paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Quota {
    /// Everyone writes freely.
    Off,
    /// A client's message must be covered by what they have bought.
    Enforce,
}

impl Conversation {
    /// These as the core takes them.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.edit_window = self.edit_window;
        limits
    }

    /// These as the core takes them.
    pub(crate) fn features(&self) -> Features {
        let mut features = Features::default();
        features.typing_indicators = self.enable_typing_indicators;
        features.read_receipts = self.enable_read_receipts;
        features
    }
}

impl Conversation {
    /// These with messages that are to be paid for.
    pub(crate) fn paid() -> Self {
        Self {
            quota: Quota::Enforce,
            ..Self::default()
        }
    }

    /// This as the core takes it.
    pub(crate) fn quota(&self) -> QuotaMode {
        match self.quota {
            Quota::Off => QuotaMode::Off,
            Quota::Enforce => QuotaMode::Enforce,
        }
    }
}

impl Default for Conversation {
    fn default() -> Self {
        Self {
            quota: Quota::Off,
            edit_window: Limits::default().edit_window,
            enable_typing_indicators: true,
            enable_read_receipts: true,
        }
    }
}
