//! Who is asking.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::UserId;

/// What a user is to the application, and to a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Writes to creators.
    Client,
    /// Is written to.
    Creator,
    /// Runs the platform.
    Admin,
    /// Another service of the platform; never a participant.
    Service,
}

impl Role {
    /// The name on the wire and in stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Creator => "creator",
            Self::Admin => "admin",
            Self::Service => "service",
        }
    }

    /// The role that faces this one across a direct thread.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Client => Self::Creator,
            Self::Creator | Self::Admin | Self::Service => Self::Client,
        }
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "client" => Ok(Self::Client),
            "creator" => Ok(Self::Creator),
            "admin" => Ok(Self::Admin),
            "service" => Ok(Self::Service),
            _ => Err(UnknownRole),
        }
    }
}

/// A role that is none of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of client, creator, admin, service")]
pub struct UnknownRole;

/// The authenticated user on whose behalf an operation runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub user_id: UserId,
    /// As what.
    pub role: Role,
}

impl Caller {
    /// A caller with this id and role.
    pub fn new(user_id: UserId, role: Role) -> Self {
        Self { user_id, role }
    }

    /// Whether the caller runs the platform.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }
}
