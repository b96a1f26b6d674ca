//! Judging a message.

use std::{sync::Arc, time::Duration};

use super::{
    Action, Finding, Judgement, Moderator, ModeratorError, Refused, Severity, Surface, Verdict,
};
use crate::message::{Attestation, Content};

/// How long a moderator that forgets its own deadline may take.
const LONGEST: Duration = Duration::from_secs(10);

/// What moderation may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModerationMode {
    /// Nothing is judged.
    #[default]
    Off,
    /// Everything is delivered; what a verdict would block is flagged.
    Flag,
    /// What a verdict blocks is rejected.
    Enforce,
}

/// What becomes of a message while the moderator is unavailable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenUnavailable {
    /// It is delivered without a verdict.
    #[default]
    Deliver,
    /// It is refused; its sender may try again.
    Refuse,
}

/// Moderation that is on.
#[derive(Debug)]
pub(crate) struct Moderation {
    moderator: Arc<dyn Moderator>,
    mode: ModerationMode,
    when_unavailable: WhenUnavailable,
}

impl Moderation {
    /// Moderation of this mode; `None` when it is off.
    ///
    /// # Panics
    /// When it is on and there is no moderator.
    pub(crate) fn new(
        moderator: Option<Arc<dyn Moderator>>,
        mode: ModerationMode,
        when_unavailable: WhenUnavailable,
    ) -> Option<Self> {
        if mode == ModerationMode::Off {
            return None;
        }
        Some(Self {
            moderator: moderator.expect("moderation is on, so there must be a moderator"),
            mode,
            when_unavailable,
        })
    }

    pub(crate) fn mode(&self) -> ModerationMode {
        self.mode
    }

    /// Judges a message whose values have been checked.
    pub(crate) async fn judge(&self, content: &Content) -> Judgement {
        match content {
            Content::Text { text } => self.judge_text(text).await,
            Content::Encrypted { attestation, .. } => {
                Judgement::Deliver(attestation.as_ref().and_then(attested))
            }
            Content::System { .. } => Judgement::default(),
        }
    }

    async fn judge_text(&self, text: &str) -> Judgement {
        match self.ask(text).await {
            Ok(verdict) => self.rule(verdict.bounded()),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                match self.when_unavailable {
                    WhenUnavailable::Deliver => {
                        tracing::warn!(error, "a message is delivered without a verdict");
                        Judgement::default()
                    }
                    WhenUnavailable::Refuse => {
                        tracing::warn!(error, "a message is refused, since it cannot be judged");
                        Judgement::Refuse(Refused::Unavailable)
                    }
                }
            }
        }
    }

    async fn ask(&self, text: &str) -> Result<Verdict, ModeratorError> {
        let judging = self.moderator.judge(text, Surface::Message);
        let judged = tokio::time::timeout(LONGEST, judging).await;
        judged.unwrap_or_else(|late| Err(ModeratorError::unavailable(late)))
    }

    fn rule(&self, mut verdict: Verdict) -> Judgement {
        if verdict.action == Action::Block {
            if self.mode == ModerationMode::Enforce {
                let flags = verdict.flags;
                return Judgement::Refuse(Refused::Rejected { flags });
            }
            verdict.action = Action::Flag;
        }
        Judgement::Deliver((!verdict.is_clean()).then_some(verdict))
    }
}

/// The verdict that a sender's own moderation comes to: what it found is for people to look at.
fn attested(attestation: &Attestation) -> Option<Verdict> {
    let mut flags: Vec<Finding> = Vec::with_capacity(attestation.flags.len());
    for flag in &attestation.flags {
        if flags.iter().all(|finding| finding.flag != *flag) {
            flags.push(Finding {
                flag: flag.clone(),
                score: 1.0,
                severity: Severity::High,
                span: None,
            });
        }
    }
    let verdict = Verdict {
        action: Action::Flag,
        flags,
        model: format!("attested:{}", attestation.model),
    };
    (!verdict.flags.is_empty()).then(|| verdict.bounded())
}
