//! Short names for what every test needs.

use crate::{
    id::{Seq, UserId},
    message::Content,
    moderation::{Action, Finding, Severity, Verdict},
    page::PageSize,
    quota::Money,
    thread::ThreadSettings,
};

/// A user of this name.
pub fn user(name: &str) -> UserId {
    name.parse().expect("a fixture's name is a user id")
}

/// A message's words.
pub fn text(words: &str) -> Content {
    Content::Text {
        text: words.to_owned(),
    }
}

/// A verdict with these flags, each sure and grave.
pub fn verdict(action: Action, flags: &[&str]) -> Verdict {
    let flags = flags.iter().map(|flag| Finding {
        flag: (*flag).to_owned(),
        score: 1.0,
        severity: Severity::High,
        span: None,
    });
    Verdict {
        action,
        flags: flags.collect(),
        model: "testkit@1".to_owned(),
    }
}

/// A page of this size.
pub fn page(size: u32) -> PageSize {
    PageSize::new(size).expect("a fixture's page is 1 to 200")
}

/// So many cents of a euro.
pub fn eur(amount: i64) -> Money {
    let currency = "EUR".parse().expect("a fixture's currency is one");
    Money::new(amount, currency)
}

/// A place in a thread.
pub fn seq(value: i64) -> Seq {
    Seq::new(value)
}

/// Put away, or not.
pub fn archived(archived: bool) -> ThreadSettings {
    ThreadSettings {
        archived: Some(archived),
        ..ThreadSettings::default()
    }
}

/// Muted, or not.
pub fn muted(muted: bool) -> ThreadSettings {
    ThreadSettings {
        muted: Some(muted),
        ..ThreadSettings::default()
    }
}

/// Above the others, or not.
pub fn pinned(pinned: bool) -> ThreadSettings {
    ThreadSettings {
        pinned: Some(pinned),
        ..ThreadSettings::default()
    }
}
