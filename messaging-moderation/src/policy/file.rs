//! A policy's file.

use std::collections::BTreeMap;

use serde::de::{Deserializer, Error as _, Unexpected};
use serde::{Deserialize, de};

use super::Policy;
use crate::context::{Audience, Surface};
use crate::flag::Flag;
use crate::verdict::{Action, Severity};

/// What is wrong with a policy's file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", line.map(|line| format!("line {line}: ")).unwrap_or_default())]
pub struct PolicyError {
    line: Option<usize>,
    message: String,
}

impl PolicyError {
    /// The line that is wrong, from 1.
    pub const fn line(&self) -> Option<usize> {
        self.line
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PolicyFile {
    actions: BTreeMap<Severity, Action>,
    thresholds: BTreeMap<Flag, Threshold>,
    severity: BTreeMap<Flag, OfFlag>,
}

/// Reads a file; nothing is applied until all of it is right.
pub(super) fn read(toml: &str) -> Result<PolicyFile, PolicyError> {
    toml::from_str(toml).map_err(|error| PolicyError {
        line: error
            .span()
            .map(|span| 1 + toml[..span.start.min(toml.len())].matches('\n').count()),
        message: error.message().to_owned(),
    })
}

impl PolicyFile {
    pub(super) fn apply(self, policy: &mut Policy) {
        for (severity, action) in self.actions {
            policy.actions[severity as usize] = action;
        }
        for (flag, threshold) in self.thresholds {
            policy.thresholds[flag.index()] = Some(threshold.0);
        }
        for (flag, of_flag) in self.severity {
            let cells = &mut policy.cells[flag.index()];
            match of_flag {
                OfFlag::Everywhere(grave) => *cells = [[grave.into(); 3]; 2],
                OfFlag::ByAudience(audiences) => {
                    for (audience, of_audience) in audiences {
                        let row = &mut cells[audience as usize];
                        match of_audience {
                            OfAudience::Everywhere(grave) => *row = [grave.into(); 3],
                            OfAudience::BySurface(surfaces) => {
                                for (surface, grave) in surfaces {
                                    row[surface as usize] = grave.into();
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Threshold(f32);

impl<'de> Deserialize<'de> for Threshold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let threshold = f32::deserialize(deserializer)?;
        if (0.0..=1.0).contains(&threshold) {
            Ok(Self(threshold))
        } else {
            Err(D::Error::invalid_value(
                Unexpected::Float(threshold.into()),
                &"a number between 0 and 1",
            ))
        }
    }
}

/// A severity, or that the flag is not reported.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Grave {
    Off,
    Low,
    Medium,
    High,
    Critical,
}

impl From<Grave> for Option<Severity> {
    fn from(grave: Grave) -> Self {
        Some(match grave {
            Grave::Off => return None,
            Grave::Low => Severity::Low,
            Grave::Medium => Severity::Medium,
            Grave::High => Severity::High,
            Grave::Critical => Severity::Critical,
        })
    }
}

#[derive(Debug)]
enum OfFlag {
    Everywhere(Grave),
    ByAudience(BTreeMap<Audience, OfAudience>),
}

#[derive(Debug)]
enum OfAudience {
    Everywhere(Grave),
    BySurface(BTreeMap<Surface, Grave>),
}

/// Reads a word or a table. (An untagged enum would say of every mistake only that nothing fits.)
struct WordOrTable<K, V>(std::marker::PhantomData<(K, V)>);

enum Either<K, V> {
    Word(Grave),
    Table(BTreeMap<K, V>),
}

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> de::Visitor<'de> for WordOrTable<K, V> {
    type Value = Either<K, V>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a severity, \"off\", or a table of them")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Self::Value, E> {
        Grave::deserialize(de::value::StrDeserializer::new(word)).map(Either::Word)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, table: A) -> Result<Self::Value, A::Error> {
        BTreeMap::deserialize(de::value::MapAccessDeserializer::new(table)).map(Either::Table)
    }
}

impl<'de> Deserialize<'de> for OfFlag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(
            match deserializer.deserialize_any(WordOrTable(std::marker::PhantomData))? {
                Either::Word(grave) => Self::Everywhere(grave),
                Either::Table(audiences) => Self::ByAudience(audiences),
            },
        )
    }
}

impl<'de> Deserialize<'de> for OfAudience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(
            match deserializer.deserialize_any(WordOrTable(std::marker::PhantomData))? {
                Either::Word(grave) => Self::Everywhere(grave),
                Either::Table(surfaces) => Self::BySurface(surfaces),
            },
        )
    }
}
