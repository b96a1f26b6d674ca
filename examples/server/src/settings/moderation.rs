//! Whether and how texts are judged.

use std::{num::NonZeroUsize, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use messaging_core::moderation::{ModerationMode, WhenUnavailable};
use messaging_moderation::{Audience, Engine, EngineModerator, Policy, PoolSettings};

use super::value::parse_duration;

/// Whether and how texts are judged.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Moderation")]
pub(crate) struct Moderation {
    /// Whether texts are judged, and whether what a verdict blocks is refused or only flagged.
    #[arg(
        id = "moderation",
        long = "moderation",
        env = "MESSAGING_MODERATION",
        value_name = "MESSAGING_MODERATION",
        default_value = "off"
    )]
    mode: Mode,
    /// For whom the platform is.
    #[arg(
        id = "moderation_audience",
        long = "moderation-audience",
        env = "MESSAGING_MODERATION_AUDIENCE",
        value_name = "MESSAGING_MODERATION_AUDIENCE",
        default_value = "general"
    )]
    audience: Readers,
    /// What becomes of a message that cannot be judged in time.
    #[arg(
        id = "moderation_on_failure",
        long = "moderation-on-failure",
        env = "MESSAGING_MODERATION_ON_FAILURE",
        value_name = "MESSAGING_MODERATION_ON_FAILURE",
        default_value = "deliver"
    )]
    on_failure: OnFailure,
    /// How long judging a message may take.
    #[arg(
        id = "moderation_deadline",
        long = "moderation-deadline",
        env = "MESSAGING_MODERATION_DEADLINE",
        value_name = "MESSAGING_MODERATION_DEADLINE",
        default_value = "500ms",
        value_parser = parse_duration
    )]
    deadline: Duration,
    /// How many texts are judged at once; as many as there are processors unless set.
    #[arg(
        id = "moderation_threads",
        long = "moderation-threads",
        env = "MESSAGING_MODERATION_THREADS",
        value_name = "MESSAGING_MODERATION_THREADS"
    )]
    threads: Option<NonZeroUsize>,
    #[command(flatten)]
    engine: EngineSettings,
}

/// What judges.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Moderation")]
pub(crate) struct EngineSettings {
    /// `shipped` for the model in the program, `rules` for none, or a folder with a model's files.
    #[arg(
        long,
        env = "MESSAGING_MODERATION_MODEL",
        value_name = "MESSAGING_MODERATION_MODEL",
        default_value = "shipped"
    )]
    moderation_model: String,
    /// A TOML file that overrides parts of the built-in policy.
    #[arg(
        long,
        env = "MESSAGING_MODERATION_POLICY",
        value_name = "MESSAGING_MODERATION_POLICY"
    )]
    moderation_policy: Option<PathBuf>,
    /// An ONNX Runtime library, 1.24 or newer, that runs the model in place of the embedded backend.
    #[arg(long, env = "ORT_DYLIB_PATH", value_name = "ORT_DYLIB_PATH")]
    onnx_runtime: Option<PathBuf>,
}

/// Whether texts are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Mode {
    /// Nothing is judged.
    Off,
    /// Everything is delivered; what a verdict would block is flagged.
    Flag,
    /// What a verdict blocks is refused.
    Enforce,
}

/// Who reads, as a flag's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Readers {
    /// Anybody.
    General,
    /// Adults who chose adult content.
    Adult,
}

/// What becomes of a message that cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum OnFailure {
    /// It is delivered without a verdict.
    Deliver,
    /// It is refused, and may be sent again.
    Refuse,
}

impl Moderation {
    /// Everything judged and flagged by the shipped model, nothing refused but what is critical.
    pub(crate) fn demo() -> Self {
        Self {
            mode: Mode::Enforce,
            audience: Readers::General,
            on_failure: OnFailure::Deliver,
            deadline: Duration::from_secs(2),
            threads: None,
            engine: EngineSettings {
                moderation_model: if cfg!(feature = "model") {
                    "shipped"
                } else {
                    "rules"
                }
                .to_owned(),
                moderation_policy: None,
                onnx_runtime: None,
            },
        }
    }

    /// What the core is to do with verdicts.
    pub(crate) fn mode(&self) -> ModerationMode {
        match self.mode {
            Mode::Off => ModerationMode::Off,
            Mode::Flag => ModerationMode::Flag,
            Mode::Enforce => ModerationMode::Enforce,
        }
    }

    /// What becomes of a message that cannot be judged.
    pub(crate) fn when_unavailable(&self) -> WhenUnavailable {
        match self.on_failure {
            OnFailure::Deliver => WhenUnavailable::Deliver,
            OnFailure::Refuse => WhenUnavailable::Refuse,
        }
    }

    /// What judges, with its model loaded and warm; nothing when moderation is off.
    pub(crate) fn moderator(&self) -> Result<Option<EngineModerator>> {
        if self.mode == Mode::Off {
            return Ok(None);
        }
        let mut pool = PoolSettings::default();
        pool.threads = self.threads.unwrap_or(pool.threads);
        pool.deadline = self.deadline;
        let engine = Arc::new(self.engine.open(pool.threads.get())?);
        let audience = match self.audience {
            Readers::General => Audience::General,
            Readers::Adult => Audience::Adult,
        };
        tracing::info!(
            model = engine.model_id(),
            backend = engine.backend(),
            "texts are judged"
        );
        Ok(Some(EngineModerator::new(engine, audience, pool)))
    }
}

impl EngineSettings {
    /// The engine, for `threads` texts at once.
    pub(crate) fn open(&self, threads: usize) -> Result<Engine> {
        let policy = match &self.moderation_policy {
            None => Policy::builtin(),
            Some(path) => {
                let file = || format!("MESSAGING_MODERATION_POLICY {}", path.display());
                let toml = std::fs::read_to_string(path).with_context(file)?;
                Policy::builtin().overridden(&toml).with_context(file)?
            }
        };
        if self.moderation_model == "rules" {
            return Ok(Engine::rules(policy));
        }
        self.with_model(policy, threads)
    }

    #[cfg(feature = "model")]
    fn with_model(&self, policy: Policy, threads: usize) -> Result<Engine> {
        use messaging_moderation::{Backend, Model};
        let backend = match self
            .onnx_runtime
            .as_ref()
            .filter(|path| !path.as_os_str().is_empty())
        {
            Some(library) => Backend::Native(library.clone()),
            None => Backend::Embedded,
        };
        let model = if self.moderation_model == "shipped" {
            Model::shipped(&backend, threads)
        } else {
            Model::load(self.moderation_model.as_ref(), &backend, threads)
        };
        Ok(Engine::new(
            policy,
            model.context("MESSAGING_MODERATION_MODEL")?,
        ))
    }

    #[cfg(not(feature = "model"))]
    #[expect(clippy::unused_self, reason = "the other build needs it")]
    fn with_model(&self, _: Policy, _: usize) -> Result<Engine> {
        anyhow::bail!(
            "this program was built without a model: set MESSAGING_MODERATION_MODEL to `rules`"
        )
    }
}
