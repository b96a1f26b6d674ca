//! What a message passes through, a piece at a time.
//!
//! Each [`Workload`] does one operation again and again, the same way every time: the clock stands
//! still and ids count. Criterion times them (`cargo bench`), and callgrind counts their
//! instructions (`cargo xtask instructions`).

mod frame;
mod line;
mod live;
mod log;
mod page;
mod send;
mod socket;
mod world;

use anyhow::Result;
use async_trait::async_trait;
use clap::ValueEnum;

/// An operation to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Workload {
    /// The values of one `message.send` are read from JSON.
    Decode,
    /// One `message.new` frame is written as JSON.
    Encode,
    /// One place in the log becomes a cursor and is read back.
    Cursor,
    /// A page of 50 messages of a thread's history is read from memory.
    PageMemory,
    /// The same from an SQLite file.
    PageSqlite,
    /// A message is appended to the memory store.
    Append,
    /// A message is appended to the memory store, and its log entry followed.
    Follow,
    /// A client comes back to a session and is told 100 events that it has missed. In memory.
    ResumeMemory,
    /// The same from an SQLite file.
    ResumeSqlite,
    /// A message is sent, through the core to the memory store and to the hub.
    SendMemory,
    /// The same to an SQLite file, 64 messages at once into as many threads.
    SendSqlite,
    /// A `message.send` passes through its sender's session to the acknowledgement and to the
    /// session of the other participant. In memory.
    SessionSend,
    /// The same through two `WebSocket`s, the clients' ends included.
    WsSend,
    /// A message is told to the sessions of 100 participants. In memory.
    Fanout,
}

impl Workload {
    /// Sets everything up for the operation.
    ///
    /// # Errors
    /// Whatever keeps it from being set up.
    pub async fn open(self) -> Result<Box<dyn Operation>> {
        Ok(match self {
            Self::Decode => Box::new(frame::Decode::open()),
            Self::Encode => Box::new(frame::Encode::open().await?),
            Self::Cursor => Box::new(page::Cursors),
            Self::PageMemory => Box::new(page::Pages::memory().await?),
            Self::PageSqlite => Box::new(page::Pages::sqlite().await?),
            Self::Append => Box::new(log::Append::open().await?),
            Self::Follow => Box::new(log::Follow::open().await?),
            Self::ResumeMemory => Box::new(live::Resume::memory().await?),
            Self::ResumeSqlite => Box::new(live::Resume::sqlite().await?),
            Self::SendMemory => Box::new(send::Send::memory().await?),
            Self::SendSqlite => Box::new(send::Send::sqlite().await?),
            Self::SessionSend => Box::new(live::SessionSend::open().await?),
            Self::WsSend => Box::new(socket::WsSend::open().await?),
            Self::Fanout => Box::new(live::Fanout::open().await?),
        })
    }

    /// How often an operation is done for its instructions to be counted: often enough that chance
    /// (the seeds of hash maps, the turns of threads) is far below one percent.
    pub fn operations(self) -> u64 {
        match self {
            Self::Decode | Self::Encode | Self::Cursor => 20_000,
            Self::Append | Self::Follow | Self::SendMemory => 10_000,
            Self::SessionSend => 5_000,
            Self::SendSqlite => 64 * 40,
            Self::WsSend => 2_000,
            Self::PageMemory => 1_000,
            Self::PageSqlite | Self::Fanout => 500,
            Self::ResumeMemory | Self::ResumeSqlite => 300,
        }
    }
}

/// An operation that has been set up.
#[async_trait(?Send)]
pub trait Operation {
    /// Does it so many times, one after the other.
    ///
    /// # Errors
    /// Whatever went wrong: then nothing was measured.
    async fn run(&mut self, times: u64) -> Result<()>;

    /// Lets go of it before the process ends. What is in memory stays as it is: freeing a whole store
    /// at the end is no part of an operation.
    fn leave(self: Box<Self>) {
        std::mem::forget(self);
    }
}
