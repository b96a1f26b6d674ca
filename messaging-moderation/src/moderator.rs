//! The engine as messaging-core's moderator.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use messaging_core::moderation as port;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use crate::context::{Audience, Context, Surface};
use crate::engine::Engine;
use crate::verdict::{Action, Severity, Verdict};

/// How many texts are judged at once, how many may wait, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// How many texts are judged at once, each on a thread of its own. As many as the model has
    /// sessions, and no more than the machine has processors.
    pub threads: NonZeroUsize,
    /// How many texts may wait for a thread; one more is not judged.
    pub waiting: usize,
    /// How long a text may take, its waiting included.
    pub deadline: Duration,
}

impl Default for PoolSettings {
    /// A thread a processor, 1,024 waiting texts, half a second.
    fn default() -> Self {
        Self {
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            waiting: 1024,
            deadline: Duration::from_millis(500),
        }
    }
}

/// Why a text was not judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotJudged {
    /// Too many texts wait.
    #[error("{waiting} texts wait to be judged already")]
    Full {
        /// How many.
        waiting: usize,
    },
    /// The deadline passed.
    #[error("the text was not judged within {} ms", deadline.as_millis())]
    Late {
        /// The deadline.
        deadline: Duration,
    },
    /// The engine failed.
    #[error("{0}")]
    Failed(String),
}

/// The engine as messaging-core's moderator: it judges on a bounded number of blocking threads.
#[derive(Debug)]
pub struct EngineModerator {
    engine: Arc<Engine>,
    audience: Audience,
    settings: PoolSettings,
    threads: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl EngineModerator {
    /// A moderator for a platform whose readers are `audience`.
    pub fn new(engine: Arc<Engine>, audience: Audience, settings: PoolSettings) -> Self {
        Self {
            engine,
            audience,
            settings,
            threads: Arc::new(Semaphore::new(settings.threads.get())),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Judges `text` on one of the pool's threads.
    ///
    /// # Errors
    ///
    /// [`NotJudged`].
    pub async fn moderate(&self, text: &str, surface: Surface) -> Result<Verdict, NotJudged> {
        let deadline = Instant::now() + self.settings.deadline;
        let late = || NotJudged::Late {
            deadline: self.settings.deadline,
        };
        let thread = {
            let place = Place::take(&self.waiting, self.settings.waiting)?;
            let thread = timeout_at(deadline, Arc::clone(&self.threads).acquire_owned()).await;
            drop(place);
            match thread {
                Ok(Ok(thread)) => thread,
                Ok(Err(closed)) => return Err(NotJudged::Failed(closed.to_string())),
                Err(_) => return Err(late()),
            }
        };
        let context = Context::new(self.audience, surface);
        let engine = Arc::clone(&self.engine);
        let text = text.to_owned();
        // The thread is given back when the work is done, not when nobody waits for it any more:
        // so there are never more at work than there should be.
        let work = tokio::task::spawn_blocking(move || {
            let _thread = thread;
            engine
                .moderate(&text, context)
                .map_err(|error| error.to_string())
        });
        match timeout_at(deadline, work).await {
            Ok(Ok(verdict)) => verdict.map_err(NotJudged::Failed),
            Ok(Err(panicked)) => Err(NotJudged::Failed(panicked.to_string())),
            Err(_) => Err(late()),
        }
    }
}

/// A place among the waiting, given back when it is dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, most: usize) -> Result<Self, NotJudged> {
        let before = waiting.fetch_add(1, Ordering::AcqRel);
        let place = Self(waiting);
        // One that finds a thread at once does not wait: it is counted, but for a moment.
        if before > most {
            Err(NotJudged::Full { waiting: before })
        } else {
            Ok(place)
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[async_trait]
impl port::Moderator for EngineModerator {
    async fn judge(
        &self,
        text: &str,
        surface: port::Surface,
    ) -> Result<port::Verdict, port::ModeratorError> {
        let surface = match surface {
            port::Surface::Clip => Surface::Clip,
            port::Surface::Profile => Surface::Profile,
            _ => Surface::Message,
        };
        self.moderate(text, surface)
            .await
            .map(Into::into)
            .map_err(port::ModeratorError::unavailable)
    }
}

impl From<Verdict> for port::Verdict {
    fn from(verdict: Verdict) -> Self {
        Self {
            action: match verdict.action {
                Action::Allow => port::Action::Allow,
                Action::Warn => port::Action::Warn,
                Action::Flag => port::Action::Flag,
                Action::Block => port::Action::Block,
            },
            flags: verdict
                .flags
                .into_iter()
                .map(|finding| port::Finding {
                    flag: finding.flag.name().to_owned(),
                    score: finding.score,
                    severity: match finding.severity {
                        Severity::Low => port::Severity::Low,
                        Severity::Medium => port::Severity::Medium,
                        Severity::High => port::Severity::High,
                        Severity::Critical => port::Severity::Critical,
                    },
                    span: finding.span.map(|span| port::Span {
                        start: span.start,
                        end: span.end,
                    }),
                })
                .collect(),
            model: verdict.model,
        }
    }
}

#[cfg(test)]
mod tests {
    use port::Moderator as _;

    use super::*;
    use crate::policy::Policy;

    fn moderator(settings: PoolSettings) -> EngineModerator {
        let engine = Arc::new(Engine::rules(Policy::builtin()));
        EngineModerator::new(engine, Audience::General, settings)
    }

    #[tokio::test]
    async fn a_text_is_judged_for_the_core() {
        let verdict = moderator(PoolSettings::default())
            .judge("mail joe@example.com", port::Surface::Profile)
            .await
            .unwrap();
        assert_eq!(verdict.action, port::Action::Flag);
        assert_eq!(verdict.flags[0].flag, "email_address");
        assert_eq!(
            verdict.flags[0].span,
            Some(port::Span { start: 5, end: 20 })
        );
    }

    #[tokio::test]
    async fn a_missed_deadline_is_told() {
        let settings = PoolSettings {
            deadline: Duration::ZERO,
            ..PoolSettings::default()
        };
        let moderator = moderator(settings);
        // The only threads are taken: the text waits until its deadline, which is now.
        let all = u32::try_from(settings.threads.get()).unwrap();
        let _taken = moderator.threads.acquire_many(all).await.unwrap();
        let error = moderator
            .moderate("hello", Surface::Message)
            .await
            .unwrap_err();
        assert!(matches!(error, NotJudged::Late { .. }), "{error}");
    }

    #[tokio::test]
    async fn who_comes_to_a_full_queue_is_told_at_once() {
        let settings = PoolSettings {
            waiting: 0,
            ..PoolSettings::default()
        };
        let moderator = moderator(settings);
        let waiting = Place::take(&moderator.waiting, 10).unwrap();
        let error = moderator
            .moderate("hello", Surface::Message)
            .await
            .unwrap_err();
        assert!(matches!(error, NotJudged::Full { waiting: 1 }), "{error}");
        drop(waiting);
        moderator.moderate("hello", Surface::Message).await.unwrap();
    }
}
