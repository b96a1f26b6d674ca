//! What a failure of the database means.

use messaging_core::error::StoreError;
use sea_orm::{DbErr, RuntimeErr, SqlxError, SqlxSqliteError};

/// How a failed statement leaves things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The connection is no good any more; another may be.
    ConnectionLost,
    /// The database is there and cannot do it now.
    Busy,
    /// The statement itself was refused.
    Refused,
}

/// Tells what kind of failure it is.
pub(crate) fn trouble(error: &DbErr) -> Trouble {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Trouble::ConnectionLost,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            trouble_of(error)
        }
        _ => Trouble::Refused,
    }
}

fn trouble_of(error: &SqlxError) -> Trouble {
    match error {
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => Trouble::ConnectionLost,
        SqlxError::Database(error) => {
            let code = error.code().unwrap_or_default();
            match error.try_downcast_ref::<SqlxSqliteError>() {
                Some(_) => sqlite_trouble(&code),
                None => postgres_trouble(&code),
            }
        }
        _ => Trouble::Refused,
    }
}

/// By SQLSTATE: <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
fn postgres_trouble(code: &str) -> Trouble {
    match code {
        // Shut down, crashed, starting up, terminated, read-only after a failover, idle too long.
        "57P01" | "57P02" | "57P03" | "57P05" | "25006" | "25P03" => Trouble::ConnectionLost,
        _ if code.starts_with("08") => Trouble::ConnectionLost,
        // Cancelled by a timeout, no lock, deadlock, serialization, out of resources.
        "57014" | "55P03" | "40P01" | "40001" => Trouble::Busy,
        _ if code.starts_with("53") => Trouble::Busy,
        _ => Trouble::Refused,
    }
}

/// By result code, whose low byte is the kind: <https://www.sqlite.org/rescode.html>.
fn sqlite_trouble(code: &str) -> Trouble {
    const BUSY: u32 = 5;
    const LOCKED: u32 = 6;
    const READONLY: u32 = 8;
    const IOERR: u32 = 10;
    const FULL: u32 = 13;
    const CANTOPEN: u32 = 14;
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(BUSY | LOCKED | READONLY | FULL) => Trouble::Busy,
        Ok(IOERR | CANTOPEN) => Trouble::ConnectionLost,
        _ => Trouble::Refused,
    }
}

/// Whether a connection was refused by a database that is there and may take it in a moment.
pub(crate) fn is_busy(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error)) => trouble_of(error) == Trouble::Busy,
        _ => false,
    }
}

/// The failure in the ports' terms.
pub(crate) fn store_error(error: DbErr) -> StoreError {
    match trouble(&error) {
        Trouble::ConnectionLost | Trouble::Busy => StoreError::Unavailable(error.to_string()),
        Trouble::Refused => StoreError::backend(error),
    }
}

/// A row that contradicts the schema or another row: `entity` is its table and column.
pub(crate) fn corrupt(entity: &'static str, id: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt {
        entity,
        id: id.to_string(),
    }
}
