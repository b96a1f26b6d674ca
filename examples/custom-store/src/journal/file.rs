//! The file: a call a line, as JSON.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Seek, Write},
    path::Path,
};

use messaging_core::error::StoreError;

use super::Call;

/// A file whose every line is a call, the last one complete.
#[derive(Debug)]
pub(super) struct JournalFile {
    file: File,
    length: u64,
}

impl JournalFile {
    /// Opens the file and reads the calls in it. A last line without an end was never
    /// acknowledged: it is cut off.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<Call>), StoreError> {
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(path);
        let file = file.map_err(unavailable)?;
        let mut reader = BufReader::new(file);
        let mut calls = Vec::new();
        let mut length = 0;
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).map_err(unavailable)? > 0 {
            if line.last() != Some(&b'\n') {
                break;
            }
            let call = serde_json::from_slice(&line).map_err(|_| StoreError::Corrupt {
                entity: "journal line",
                id: (calls.len() + 1).to_string(),
            })?;
            calls.push(call);
            length += line.len() as u64;
            line.clear();
        }
        let mut journal = Self {
            file: reader.into_inner(),
            length,
        };
        journal.cut().map_err(unavailable)?;
        Ok((journal, calls))
    }

    /// Adds a call. When this returns, it is on the disk. A call that fails leaves nothing behind.
    pub(super) fn append(&mut self, call: &Call) -> Result<(), StoreError> {
        let mut line = serde_json::to_vec(call).map_err(StoreError::backend)?;
        line.push(b'\n');
        let written = self
            .file
            .write_all(&line)
            .and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => {
                self.length += line.len() as u64;
                Ok(())
            }
            Err(error) => {
                self.cut().map_err(unavailable)?;
                Err(unavailable(error))
            }
        }
    }

    /// Takes off whatever follows the last complete line.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.length)?;
        self.file.seek(io::SeekFrom::End(0)).map(drop)
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is an argument of map_err"
)]
fn unavailable(error: io::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}
