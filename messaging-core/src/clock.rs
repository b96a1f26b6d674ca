//! Time, as it is told to everything else.

use std::{borrow::Cow, fmt, ops::Range, str::FromStr};

use chrono::{DateTime, Datelike, SecondsFormat, SubsecRound, TimeDelta, Timelike, Utc};
use serde::{Deserialize, Serialize};

/// A moment, UTC, to the millisecond. On the wire RFC 3339: `2026-11-23T10:00:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

impl Timestamp {
    /// Cuts a time to the millisecond.
    pub fn new(time: DateTime<Utc>) -> Self {
        Self(time.trunc_subsecs(3))
    }

    /// From milliseconds since 1970; `None` when no calendar reaches that far.
    pub fn from_millis(millis: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(millis).map(Self)
    }

    /// Milliseconds since 1970, as stores keep it.
    pub fn as_millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// The same moment for calendar arithmetic.
    pub fn as_datetime(self) -> DateTime<Utc> {
        self.0
    }

    /// How long ago `earlier` was; zero when it is still to come.
    pub fn since(self, earlier: Self) -> std::time::Duration {
        (self.0 - earlier.0).to_std().unwrap_or_default()
    }

    /// This moment moved on by `duration`, at the far end of the calendar at most.
    #[must_use]
    pub fn after(self, duration: std::time::Duration) -> Self {
        let moved = TimeDelta::from_std(duration)
            .ok()
            .and_then(|delta| self.0.checked_add_signed(delta));
        Self(moved.unwrap_or(DateTime::<Utc>::MAX_UTC))
    }

    /// `2026-11-23T10:00:00.000Z`, for a year of four digits. Every message bears one or more, and
    /// chrono's own way of writing it takes six times as long.
    fn text(self) -> Option<[u8; 24]> {
        let (date, time) = (self.0.date_naive(), self.0.time());
        let year = u32::try_from(date.year())
            .ok()
            .filter(|year| *year <= 9999)?;
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let mut put = |place: Range<usize>, mut number: u32| {
            for digit in text[place].iter_mut().rev() {
                *digit = b"0123456789"[(number % 10) as usize];
                number /= 10;
            }
        };
        put(0..4, year);
        put(5..7, date.month());
        put(8..10, date.day());
        put(11..13, time.hour());
        put(14..16, time.minute());
        put(17..19, time.second());
        put(20..23, self.0.timestamp_subsec_millis().min(999));
        Some(text)
    }

    /// Hands the text to whoever writes it.
    fn write<T>(self, write: impl FnOnce(&str) -> T) -> T {
        let text = self.text();
        match text.as_ref().map(|text| std::str::from_utf8(text)) {
            Some(Ok(text)) => write(text),
            _ => write(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true)),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(|text| f.write_str(text))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.write(|text| serializer.serialize_str(text))
    }
}

/// A text that is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a time of RFC 3339")]
pub struct ParseTimestampError;

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = text.parse::<DateTime<Utc>>();
        time.map(Self::new).map_err(|_| ParseTimestampError)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Tells the time. Injected, so that a test can hold it still.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one injected source of time"
        )]
        Timestamp::new(Utc::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_reads_and_writes_milliseconds() {
        let time = Timestamp::from_millis(1_795_428_000_007).unwrap();
        let text = serde_json::to_string(&time).unwrap();
        assert_eq!(text, "\"2026-11-23T10:00:00.007Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&text).unwrap(), time);
    }

    #[test]
    fn a_timestamp_is_written_as_chrono_would() {
        let times = [
            0,
            -1,
            951_782_399_999,
            1_795_428_000_070,
            253_402_300_799_999,
            253_402_300_800_000,
            -62_135_596_800_000,
            -62_167_219_200_001,
        ];
        for millis in times {
            let time = Timestamp::from_millis(millis).unwrap();
            let expected = time.0.to_rfc3339_opts(SecondsFormat::Millis, true);
            assert_eq!(time.to_string(), expected);
        }
    }
}
