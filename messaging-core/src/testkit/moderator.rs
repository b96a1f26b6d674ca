//! A moderator that does as the text says.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use async_trait::async_trait;

use crate::moderation::{
    Action, Finding, Moderator, ModeratorError, Severity, Span, Surface, Verdict,
};

/// What it knows: a marker, the flag it raises, how grave that is, and what is to be done.
const MARKERS: [(&str, &str, Severity, Action); 3] = [
    ("[warn]", "profanity", Severity::Medium, Action::Warn),
    ("[flag]", "scam", Severity::High, Action::Flag),
    ("[block]", "doxxing", Severity::Critical, Action::Block),
];

/// Finds markers: `[warn]` is profanity, `[flag]` a scam, `[block]` doxxing, each where it stands and
/// as often as it stands there. A text with `[slow]` takes it a while.
#[derive(Debug, Default)]
pub struct MarkerModerator {
    unavailable: AtomicBool,
    asked: AtomicUsize,
}

impl MarkerModerator {
    /// One that is available.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on it is available, or not.
    pub fn set_available(&self, available: bool) {
        self.unavailable.store(!available, Ordering::SeqCst);
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Moderator for MarkerModerator {
    async fn judge(&self, text: &str, _: Surface) -> Result<Verdict, ModeratorError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.unavailable.load(Ordering::SeqCst) {
            return Err(ModeratorError::unavailable("it was told to be"));
        }
        if text.contains("[slow]") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mut verdict = Verdict {
            action: Action::Allow,
            flags: Vec::new(),
            model: "markers@1".to_owned(),
        };
        for (marker, flag, severity, action) in MARKERS {
            for (at, _) in text.match_indices(marker) {
                verdict.action = verdict.action.max(action);
                verdict.flags.push(Finding {
                    flag: flag.to_owned(),
                    score: 0.9,
                    severity,
                    span: Some(span(text, at, marker)),
                });
            }
        }
        Ok(verdict)
    }
}

/// A marker's place in code points.
fn span(text: &str, at: usize, marker: &str) -> Span {
    let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let start = count(&text[..at]);
    Span {
        start,
        end: start + count(marker),
    }
}
