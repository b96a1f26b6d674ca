//! Where a text is to be read.

use serde::{Deserialize, Serialize};

/// Who reads.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anybody.
    #[default]
    General,
    /// Adults who chose adult content.
    Adult,
}

impl Audience {
    /// Both.
    pub const ALL: [Self; 2] = [Self::General, Self::Adult];

    /// Its token in the model's vocabulary.
    pub const fn token(self) -> &'static str {
        match self {
            Self::General => "[GENERAL]",
            Self::Adult => "[ADULT]",
        }
    }
}

/// What the text is part of.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// A message of a conversation.
    #[default]
    Message,
    /// A clip's title or caption.
    Clip,
    /// A profile's text.
    Profile,
}

impl Surface {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Message, Self::Clip, Self::Profile];

    /// Its token in the model's vocabulary.
    pub const fn token(self) -> &'static str {
        match self {
            Self::Message => "[MESSAGE]",
            Self::Clip => "[CLIP]",
            Self::Profile => "[PROFILE]",
        }
    }
}

/// Where a text is to be read: it decides how grave a flag is, not whether the text has it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// Who reads.
    #[serde(default)]
    pub audience: Audience,
    /// What the text is part of.
    #[serde(default)]
    pub surface: Surface,
}

impl Context {
    /// A text of `surface` for `audience`.
    pub const fn new(audience: Audience, surface: Surface) -> Self {
        Self { audience, surface }
    }
}
