//! The port for what judges texts.

use std::{error::Error, fmt::Debug};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::Verdict;

/// For whom a platform is. It decides how grave a flag is, and is a moderator's own setting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// For everyone.
    #[default]
    General,
    /// For adults, who are there for what is not for everyone.
    Adult,
}

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Surface {
    /// In a message.
    Message,
    /// In a clip's title or caption.
    Clip,
    /// In a profile.
    Profile,
}

/// Why a text was not judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModeratorError {
    /// The moderator cannot be reached, is saturated, takes too long or fails.
    #[error("the moderator is unavailable")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}

impl ModeratorError {
    /// Wraps whatever kept a moderator from judging.
    pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable(source.into())
    }
}

/// Judges texts.
///
/// It is asked for every text, before the transaction that stores it, and the sender waits for the
/// answer:
///
/// - It computes on threads of its own, a bounded number, and never on the runtime's workers: the
///   returned future only waits.
/// - It has a deadline of its own, well below a second for what people type. After ten seconds it is
///   taken for unavailable anyway.
/// - What waits for it is bounded: rather than let a queue grow, it is unavailable.
/// - It does not panic: what goes wrong inside is that it is unavailable.
/// - When the returned future is dropped, nobody wants to know any more.
/// - For whom the platform is (see [`Audience`]) is its own setting, as are thresholds and policy.
/// - The same text may be judged again, and need not be judged the same.
///
/// Of a verdict beyond the bounds only a part is kept: see [`Verdict::bounded`].
#[async_trait]
pub trait Moderator: Send + Sync + Debug + 'static {
    /// What there is to say of `text`, 1 to 10,000 characters, as it is sent. Places in it are counted
    /// in Unicode code points.
    ///
    /// # Errors
    /// [`ModeratorError::Unavailable`] when it cannot judge now.
    async fn judge(&self, text: &str, surface: Surface) -> Result<Verdict, ModeratorError>;
}
