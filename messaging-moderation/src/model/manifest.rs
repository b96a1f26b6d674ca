//! A model's `model.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::flag::Flag;

/// What is wrong with a model's files.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// `model.toml` does not say what it must.
    #[error("the model's model.toml: {0}")]
    Malformed(String),
    /// A file is not the one that `model.toml` speaks of.
    #[error("the model's {file} is damaged: its SHA-256 is {found}, not {expected}")]
    Damaged {
        /// The file's name.
        file: &'static str,
        /// The checksum that `model.toml` gives.
        expected: String,
        /// The checksum of the file that is there.
        found: String,
    },
}

/// A model's name, the checksums of its files, and how sure it has to be of each flag.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    name: String,
    version: String,
    sha256: Checksums,
    window: Window,
    thresholds: BTreeMap<Flag, f32>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checksums {
    network: String,
    tokenizer: String,
}

/// How a long text is cut.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Window {
    /// The most tokens that the network takes, its own three included.
    pub(super) tokens: usize,
    /// How many tokens a window shares with the one before.
    pub(super) overlap: usize,
}

impl Manifest {
    /// Reads `model.toml`.
    ///
    /// # Errors
    ///
    /// [`ManifestError::Malformed`], with the line.
    pub fn parse(toml: &str) -> Result<Self, ManifestError> {
        let manifest: Self =
            toml::from_str(toml).map_err(|error| ManifestError::Malformed(error.to_string()))?;
        let Window { tokens, overlap } = manifest.window;
        if tokens < 8 || overlap + 4 > tokens {
            return Err(ManifestError::Malformed(
                "window: too small for its overlap".to_owned(),
            ));
        }
        if let Some(flag) = Flag::ALL
            .into_iter()
            .find(|flag| !manifest.thresholds.contains_key(flag))
        {
            return Err(ManifestError::Malformed(format!(
                "thresholds: {flag} is missing"
            )));
        }
        Ok(manifest)
    }

    /// Checks the network's file.
    ///
    /// # Errors
    ///
    /// [`ManifestError::Damaged`].
    pub fn check_network(&self, bytes: &[u8]) -> Result<(), ManifestError> {
        check("model.onnx", &self.sha256.network, bytes)
    }

    /// Checks the tokenizer's file.
    ///
    /// # Errors
    ///
    /// [`ManifestError::Damaged`].
    pub fn check_tokenizer(&self, bytes: &[u8]) -> Result<(), ManifestError> {
        check("tokenizer.json", &self.sha256.tokenizer, bytes)
    }

    /// `<name>@<version>`, as verdicts bear it.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// How sure the model has to be of `flag`, from 0 to 1; above 1 where it is not asked.
    pub fn threshold(&self, flag: Flag) -> f32 {
        self.thresholds.get(&flag).copied().unwrap_or(f32::INFINITY)
    }

    pub(super) const fn window(&self) -> Window {
        self.window
    }
}

fn check(file: &'static str, expected: &str, bytes: &[u8]) -> Result<(), ManifestError> {
    use std::fmt::Write as _;
    let mut found = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(found, "{byte:02x}");
    }
    if found == expected {
        Ok(())
    } else {
        Err(ManifestError::Damaged {
            file,
            expected: expected.to_owned(),
            found,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::shipped;
    use super::*;

    #[test]
    fn the_shipped_files_are_the_ones_that_the_manifest_names() {
        let manifest = Manifest::parse(shipped::MANIFEST).unwrap();
        manifest.check_tokenizer(shipped::TOKENIZER).unwrap();
        #[cfg(feature = "model")]
        manifest.check_network(shipped::NETWORK).unwrap();
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let manifest = Manifest::parse(shipped::MANIFEST).unwrap();
        let mut damaged = shipped::TOKENIZER.to_vec();
        damaged[100] ^= 1;
        let error = manifest.check_tokenizer(&damaged).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the model's tokenizer.json is damaged"),
            "{error}"
        );
    }

    #[test]
    fn a_manifest_without_a_threshold_is_refused() {
        let without: String = shipped::MANIFEST
            .lines()
            .filter(|line| !line.starts_with("spam"))
            .fold(String::new(), |text, line| text + line + "\n");
        let error = Manifest::parse(&without).unwrap_err();
        assert!(error.to_string().contains("spam is missing"), "{error}");
    }
}
