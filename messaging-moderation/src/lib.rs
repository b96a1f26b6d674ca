#![doc = include_str!("../README.md")]

mod context;
mod detect;
mod engine;
mod flag;
#[cfg(feature = "tokens")]
pub mod model;
#[cfg(feature = "messaging")]
mod moderator;
mod policy;
mod verdict;
mod view;

pub use context::{Audience, Context, Surface};
pub use engine::{Engine, RULES, Reading};
pub use flag::{Flag, Group, UnknownFlag};
#[cfg(feature = "model")]
pub use model::{Backend, Model, ModelError};
#[cfg(feature = "messaging")]
pub use moderator::{EngineModerator, NotJudged, PoolSettings};
pub use policy::{Policy, PolicyError};
pub use verdict::{Action, Finding, Severity, Span, Verdict};
pub use view::View;
