//! What a text holds is judged before it is sent.
//!
//! A *moderator* judges; its *verdict* says what was found and what is to be done. What is delivered
//! in spite of a verdict keeps it, for its sender and for admins to see; what is *flagged* becomes a
//! domain event besides. What is *rejected* leaves no trace.

mod judge;
mod judgement;
mod moderator;
mod verdict;

pub(crate) use judge::Moderation;
pub use judge::{ModerationMode, WhenUnavailable};
pub use judgement::{Flagged, Judgement, Refused};
pub use moderator::{Audience, Moderator, ModeratorError, Surface};
pub(crate) use verdict::four_places;
pub use verdict::{Action, Finding, Severity, Span, Verdict};

/// The most findings that a verdict keeps.
pub const MAX_FINDINGS: usize = 64;
/// The longest name of a flag, in characters.
pub const MAX_FLAG: usize = 64;
/// The longest name of a model in a verdict, in characters.
pub const MAX_MODEL: usize = 128;
