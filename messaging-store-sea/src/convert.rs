//! From raw columns to the core's values. What does not fit names its table, column and row.

use std::fmt::Display;

use messaging_core::{caller::Role, clock::Timestamp, error::StoreError, id::UserId};
use serde::de::DeserializeOwned;

use crate::failure::corrupt;

/// Reads a user id of `column` in row `id`.
pub(crate) fn user_id(
    text: &str,
    column: &'static str,
    id: impl Display,
) -> Result<UserId, StoreError> {
    text.parse().map_err(|_| corrupt(column, id))
}

/// Reads a time of `column` in row `id`.
pub(crate) fn timestamp(
    millis: i64,
    column: &'static str,
    id: impl Display,
) -> Result<Timestamp, StoreError> {
    Timestamp::from_millis(millis).ok_or_else(|| corrupt(column, id))
}

/// Reads a time that may be missing.
pub(crate) fn maybe_timestamp(
    millis: Option<i64>,
    column: &'static str,
    id: impl Display,
) -> Result<Option<Timestamp>, StoreError> {
    millis.map(|at| timestamp(at, column, id)).transpose()
}

/// Reads a role of `column` in row `id`.
pub(crate) fn role(text: &str, column: &'static str, id: impl Display) -> Result<Role, StoreError> {
    text.parse().map_err(|_| corrupt(column, id))
}

/// Reads JSON of `column` in row `id`.
pub(crate) fn json<T: DeserializeOwned>(
    text: &str,
    column: &'static str,
    id: impl Display,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| corrupt(column, id))
}

/// Writes a value of the core as JSON. Values of the core always serialise.
pub(crate) fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// How many rows to read for a page: one more than it holds.
pub(crate) fn limit(size: messaging_core::page::PageSize) -> i64 {
    i64::try_from(size.get())
        .unwrap_or(i64::MAX)
        .saturating_add(1)
}
