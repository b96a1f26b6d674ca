//! A request's query string, read field by field.

use std::{borrow::Cow, fmt::Display, str::FromStr};

use messaging_core::{
    error::{FieldError, Invalid},
    id::Seq,
    page::{Cursor, PageSize},
};

/// The decoded pairs of a query string, and what is wrong with those read so far.
#[derive(Debug)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
    faults: Vec<FieldError>,
}

impl Query {
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Self {
        Self {
            pairs,
            faults: Vec::new(),
        }
    }

    /// The first value of that name.
    fn value(&self, name: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|(key, _)| key == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// A value that some type reads by itself, such as an id.
    pub(crate) fn read<T>(&mut self, name: &'static str) -> Option<T>
    where
        T: FromStr<Err: Display>,
    {
        self.read_with(name, |text| {
            text.parse().map_err(|error: T::Err| error.to_string())
        })
    }

    /// A value read by a function that says what it must be.
    pub(crate) fn read_with<T, M>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, M>,
    ) -> Option<T>
    where
        M: Into<Cow<'static, str>>,
    {
        match read(self.value(name)?) {
            Ok(value) => Some(value),
            Err(message) => {
                self.faults.push(FieldError {
                    field: name.into(),
                    message: message.into(),
                });
                None
            }
        }
    }

    /// `?limit=`.
    pub(crate) fn page_size(&mut self) -> PageSize {
        let size = self.read_with("limit", |text| {
            let limit = text.parse().map_err(|_| "must be 1 to 200")?;
            PageSize::new(limit).map_err(|_| "must be 1 to 200")
        });
        size.unwrap_or_default()
    }

    /// `?cursor=`; an empty one begins at the start, as for clients that always send the field.
    pub(crate) fn cursor(&self) -> Option<Cursor> {
        let text = self.value("cursor").filter(|text| !text.is_empty());
        text.map(Cursor::from_text)
    }

    /// A flag.
    pub(crate) fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.read_with(name, |text| {
            text.parse().map_err(|_| "must be true or false")
        })
    }

    /// A place in a thread.
    pub(crate) fn seq(&mut self, name: &'static str) -> Option<Seq> {
        self.read_with(name, |text| match text.parse() {
            Ok(seq) if seq >= 0 => Ok(Seq::new(seq)),
            _ => Err("must be a whole number from 0"),
        })
    }

    /// A value that must be there, read last: complains of everything that was wrong.
    pub(crate) fn require<T>(mut self, name: &'static str) -> Result<T, Invalid>
    where
        T: FromStr<Err: Display>,
    {
        let absent = || Invalid::field(name, "is required");
        if self.value(name).is_none() {
            self.faults.extend(absent().fields().iter().cloned());
        }
        let value = self.read(name);
        self.check()?;
        value.ok_or_else(absent)
    }

    /// Complains of everything that was wrong.
    pub(crate) fn check(self) -> Result<(), Invalid> {
        Invalid::check(self.faults)
    }
}
