//! How much of everything is taken, and how long it lasts.

use std::time::Duration;

use crate::error::FieldError;

/// The longest text of a message, in characters.
pub const MAX_TEXT: usize = 10_000;
/// The largest ciphertext of a message, in base64 characters.
pub const MAX_CIPHERTEXT: usize = 32 * 1024;
/// The longest idempotency key, in characters.
pub const MAX_CLIENT_ID: usize = 64;
/// The longest thread title, in characters.
pub const MAX_TITLE: usize = 200;
/// The largest thread metadata, in bytes of JSON.
pub const MAX_METADATA: usize = 8 * 1024;
/// The most participants of a thread that take part at one time.
pub const MAX_PARTICIPANTS: usize = 256;
/// The most tags of one user.
pub const MAX_TAGS: usize = 500;
/// The longest reaction, in bytes: room for an emoji of many parts.
pub const MAX_EMOJI: usize = 64;
/// The most different emoji on one message.
pub const MAX_EMOJI_PER_MESSAGE: usize = 50;

/// What an operator may set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How long an author may edit a message.
    pub edit_window: Duration,
    /// How long the log is kept, and so how long a client may be away and still resume.
    pub log_retention: Duration,
    /// The most subscriptions (`thread.subscribe`) of one session.
    pub subscriptions: usize,
    /// The most sessions of one user on one node.
    pub sessions_per_user: usize,
    /// How many events may wait for a session before it is closed as too slow.
    pub session_queue: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            edit_window: Duration::from_mins(15),
            log_retention: Duration::from_hours(30 * 24),
            subscriptions: 500,
            sessions_per_user: 100,
            session_queue: 1024,
        }
    }
}

/// Parts of the system that an operator may turn off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Features {
    /// Whether typing is told to others.
    pub typing_indicators: bool,
    /// Whether read and delivered markers are told to others. A user's own unread counts go on.
    pub read_receipts: bool,
    /// Whether users are told of their quotas. Follows the quota mode, whatever is set here.
    pub quotas: bool,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            typing_indicators: true,
            read_receipts: true,
            quotas: false,
        }
    }
}

/// Complains when `text` has fewer than `min` or more than `max` characters, or holds U+0000,
/// which PostgreSQL does not store.
pub(crate) fn check_chars(
    field: &'static str,
    text: &str,
    min: usize,
    max: usize,
    faults: &mut Vec<FieldError>,
) {
    // Counting stops at the limit: a text may be as long as a body.
    let count = text.chars().take(max + 1).count();
    if count < min || count > max {
        faults.push(FieldError {
            field: field.into(),
            message: format!("must be {min} to {max} characters").into(),
        });
    } else if text.contains('\0') {
        faults.push(FieldError {
            field: field.into(),
            message: "must not hold the character U+0000".into(),
        });
    }
}
