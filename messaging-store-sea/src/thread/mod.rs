//! Threads and who takes part in them.

mod add_participant;
mod open;
mod read;
mod remove_participant;
mod row;
mod set_settings;
mod update;

use async_trait::async_trait;
use messaging_core::{
    caller::Role,
    clock::Timestamp,
    error::StoreError,
    id::{ThreadId, UserId},
    log::Committed,
    page::PageSize,
    thread::{
        CreateThreadError, NewThread, Opened, ParticipantError, ParticipantStore, Thread,
        ThreadChange, ThreadFilter, ThreadKey, ThreadSettings, ThreadStore, UpdateThreadError,
    },
};

pub(crate) use read::COLUMNS;
pub(crate) use row::{ParticipantRow, ThreadRow, kind};

use crate::{SeaStore, failure::corrupt};
use add_participant::AddParticipant;
use open::{OpenThread, Outcome};
use remove_participant::RemoveParticipant;
use set_settings::SetSettings;
use update::UpdateThread;

#[async_trait]
impl ThreadStore for SeaStore {
    async fn open_thread(&self, thread: NewThread) -> Result<Committed<Opened>, CreateThreadError> {
        let opener = thread.created_by.clone();
        let Committed { value, position } = self.writer.submit(OpenThread(thread)).await?;
        let value = match value {
            Outcome::Created(thread) => Opened {
                thread: *thread,
                created: true,
            },
            Outcome::Found(id) => {
                let thread = self.reader.thread(id, &opener).await?;
                Opened {
                    // The pair of a direct thread never leaves it.
                    thread: thread.ok_or_else(|| corrupt("thread.pair_key", id))?,
                    created: false,
                }
            }
        };
        Ok(Committed { value, position })
    }

    async fn lookup_thread(
        &self,
        thread_id: ThreadId,
        viewer: &UserId,
    ) -> Result<Option<Thread>, StoreError> {
        self.reader.thread(thread_id, viewer).await
    }

    async fn lookup_thread_for(
        &self,
        thread_id: ThreadId,
        viewers: &[UserId],
    ) -> Result<Vec<(UserId, Thread)>, StoreError> {
        self.reader.thread_for(thread_id, viewers).await
    }

    async fn list_threads(
        &self,
        viewer: &UserId,
        filter: ThreadFilter,
        after: Option<ThreadKey>,
        size: PageSize,
    ) -> Result<Vec<Thread>, StoreError> {
        self.reader.threads(viewer, filter, after, size).await
    }

    async fn update_thread(
        &self,
        thread_id: ThreadId,
        user_id: &UserId,
        change: ThreadChange,
        at: Timestamp,
    ) -> Result<Committed<()>, UpdateThreadError> {
        let user_id = user_id.clone();
        let command = UpdateThread {
            thread_id,
            user_id,
            change,
            at,
        };
        self.writer.submit(command).await
    }

    async fn set_thread_settings(
        &self,
        thread_id: ThreadId,
        user_id: &UserId,
        settings: ThreadSettings,
        at: Timestamp,
    ) -> Result<Committed<()>, UpdateThreadError> {
        let user_id = user_id.clone();
        let command = SetSettings {
            thread_id,
            user_id,
            settings,
            at,
        };
        self.writer.submit(command).await
    }
}

#[async_trait]
impl ParticipantStore for SeaStore {
    async fn add_participant(
        &self,
        thread_id: ThreadId,
        by: &UserId,
        user_id: &UserId,
        role: Role,
        at: Timestamp,
    ) -> Result<Committed<()>, ParticipantError> {
        let command = AddParticipant {
            thread_id,
            by: by.clone(),
            user_id: user_id.clone(),
            role,
            at,
        };
        self.writer.submit(command).await
    }

    async fn remove_participant(
        &self,
        thread_id: ThreadId,
        by: &UserId,
        user_id: &UserId,
        at: Timestamp,
    ) -> Result<Committed<()>, ParticipantError> {
        let command = RemoveParticipant {
            thread_id,
            by: by.clone(),
            user_id: user_id.clone(),
            at,
        };
        self.writer.submit(command).await
    }
}
