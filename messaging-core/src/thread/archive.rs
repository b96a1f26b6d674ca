//! Why a thread was put away.

use serde::{Deserialize, Serialize};

/// Why a thread left a participant's inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ArchiveReason {
    /// The participant put it away.
    User,
    /// Nothing was said in it for long.
    Inactive,
    /// The participant was deactivated, or the other side of a direct thread was.
    Deactivated,
}
