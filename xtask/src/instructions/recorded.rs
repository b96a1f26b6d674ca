//! The counts to compare with, in `benches/instructions.json`.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::read;
use crate::workspace;

/// What was recorded.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Recorded {
    /// The compiler that the counts were taken with.
    pub(super) compiler: String,
    /// Instructions an operation, by workload.
    pub(super) instructions: BTreeMap<String, u64>,
}

impl Recorded {
    /// What there is; nothing when nothing was ever recorded.
    pub(super) fn load() -> Result<Self> {
        let path = path();
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = read(&path)?;
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))
    }

    pub(super) fn save(&self) -> Result<()> {
        let path = path();
        fs::write(&path, format!("{}\n", serde_json::to_string_pretty(self)?))?;
        eprintln!("recorded in {}", path.display());
        Ok(())
    }
}

fn path() -> PathBuf {
    workspace::root().join("benches").join("instructions.json")
}
