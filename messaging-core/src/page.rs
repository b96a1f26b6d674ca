//! Lists in pages: bounded, by key and never by offset.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::error::{ErrorKind, Fault, Invalid};

/// How many items a page may hold: 1 to 200, 50 unless told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u32);

impl PageSize {
    /// The largest page.
    pub const MAX: Self = Self(200);

    /// Checks a client's wish.
    ///
    /// # Errors
    /// Names the field `limit` when it is not 1 to 200.
    pub fn new(limit: u32) -> Result<Self, Invalid> {
        if (1..=Self::MAX.0).contains(&limit) {
            Ok(Self(limit))
        } else {
            Err(Invalid::field("limit", "must be 1 to 200"))
        }
    }

    /// The number of items.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(50)
    }
}

/// One page of a list, and how to ask for the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next_cursor: Option<Cursor>,
}

impl<T> Page<T> {
    /// Cuts a page out of up to one item more than it holds, which is how a store tells that there
    /// is a next page. `key` names the last item that stays.
    pub fn cut(mut items: Vec<T>, size: PageSize, key: impl FnOnce(&T) -> Cursor) -> Self {
        let more = items.len() > size.get();
        items.truncate(size.get());
        let next_cursor = if more { items.last().map(key) } else { None };
        Self { items, next_cursor }
    }

    /// The same page of other items.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(each).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

/// An opaque place in a list or in the log.
///
/// Base64url of a JSON key and a checksum that also covers the `scope`: which list, with which
/// filters, for whom. So a cursor that was cut, changed, or taken to another list is refused. It
/// is no secret and no permission: every read is limited to what its caller may see anyway.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    const MAX_LEN: usize = 512;

    /// Takes a client's text; it is checked when it is read.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text for a client.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Writes a key down.
    pub fn encode<K: Serialize>(scope: &str, key: &K) -> Self {
        // Keys are tuples of numbers and strings: they always serialise.
        let mut bytes = serde_json::to_vec(key).unwrap_or_default();
        let sum = checksum(scope, &bytes);
        bytes.extend_from_slice(&sum);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads the key back.
    ///
    /// # Errors
    /// [`InvalidCursor`] unless [`Cursor::encode`] made it for the same scope.
    pub fn decode<K: DeserializeOwned>(&self, scope: &str) -> Result<K, InvalidCursor> {
        if self.0.len() > Self::MAX_LEN {
            return Err(InvalidCursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| InvalidCursor)?;
        let (key, sum) = bytes.split_last_chunk::<4>().ok_or(InvalidCursor)?;
        if checksum(scope, key) != *sum {
            return Err(InvalidCursor);
        }
        serde_json::from_slice(key).map_err(|_| InvalidCursor)
    }
}

fn checksum(scope: &str, key: &[u8]) -> [u8; 4] {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(scope.as_bytes());
    hasher.update(&[0]);
    hasher.update(key);
    hasher.finalize().to_le_bytes()
}

/// A cursor that was not given for this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that this list gave")]
pub struct InvalidCursor;

impl Fault for InvalidCursor {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidCursor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_in_its_own_scope_only() {
        let cursor = Cursor::encode("threads", &(true, 42_i64));
        assert_eq!(cursor.decode::<(bool, i64)>("threads"), Ok((true, 42)));
        assert_eq!(cursor.decode::<(bool, i64)>("tags"), Err(InvalidCursor));
    }

    #[test]
    fn every_changed_character_of_a_cursor_is_noticed() {
        let cursor = Cursor::encode("log", &123_456_789_i64);
        for index in 0..cursor.as_str().len() {
            let mut text = cursor.as_str().to_owned().into_bytes();
            text[index] = if text[index] == b'A' { b'B' } else { b'A' };
            let changed = Cursor::from_text(String::from_utf8(text).unwrap());
            assert_eq!(
                changed.decode::<i64>("log"),
                Err(InvalidCursor),
                "at {index}"
            );
        }
        let cut = Cursor::from_text(&cursor.as_str()[..cursor.as_str().len() - 2]);
        assert_eq!(cut.decode::<i64>("log"), Err(InvalidCursor));
    }
}
