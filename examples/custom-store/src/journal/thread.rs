//! Threads.

use async_trait::async_trait;
use messaging_core::{
    caller::Role,
    clock::Timestamp,
    error::StoreError,
    id::{ThreadId, UserId},
    log::Committed,
    memory::MemoryStore,
    page::PageSize,
    thread::{
        CreateThreadError, Metadata, NewThread, Opened, ParticipantError, ParticipantStore, Thread,
        ThreadChange, ThreadFilter, ThreadKey, ThreadKind, ThreadSettings, ThreadStore,
        UpdateThreadError,
    },
};
use serde::{Deserialize, Serialize};

use super::JournalStore;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Call {
    Open {
        id: ThreadId,
        kind: ThreadKind,
        title: Option<String>,
        metadata: Metadata,
        created_by: UserId,
        participants: Vec<(UserId, Role)>,
        at: Timestamp,
    },
    /// A new title, new metadata. The title may also become none, which stands in a list of its own
    /// so that it is not taken for no new title.
    Update(
        ThreadId,
        UserId,
        Option<[Option<String>; 1]>,
        Option<Metadata>,
        Timestamp,
    ),
    /// Archived, muted, pinned.
    Set(ThreadId, UserId, [Option<bool>; 3], Timestamp),
    /// By whom, and who.
    Add(ThreadId, UserId, UserId, Role, Timestamp),
    /// By whom, and who.
    Remove(ThreadId, UserId, UserId, Timestamp),
}

impl From<NewThread> for Call {
    fn from(thread: NewThread) -> Self {
        Self::Open {
            id: thread.id,
            kind: thread.kind,
            title: thread.title,
            metadata: thread.metadata,
            created_by: thread.created_by,
            participants: thread.participants,
            at: thread.at,
        }
    }
}

impl Call {
    pub(super) async fn make(self, store: &MemoryStore) {
        match self {
            Self::Open {
                id,
                kind,
                title,
                metadata,
                created_by,
                participants,
                at,
            } => {
                let thread = NewThread {
                    id,
                    kind,
                    title,
                    metadata,
                    created_by,
                    participants,
                    at,
                };
                drop(store.open_thread(thread).await);
            }
            Self::Update(thread_id, user_id, title, metadata, at) => {
                let title = title.map(|[title]| title);
                let change = ThreadChange { title, metadata };
                drop(store.update_thread(thread_id, &user_id, change, at).await);
            }
            Self::Set(thread_id, user_id, [archived, muted, pinned], at) => {
                let settings = ThreadSettings {
                    archived,
                    muted,
                    pinned,
                };
                let set = store.set_thread_settings(thread_id, &user_id, settings, at);
                drop(set.await);
            }
            Self::Add(thread_id, by, user_id, role, at) => {
                let add = store.add_participant(thread_id, &by, &user_id, role, at);
                drop(add.await);
            }
            Self::Remove(thread_id, by, user_id, at) => {
                let remove = store.remove_participant(thread_id, &by, &user_id, at);
                drop(remove.await);
            }
        }
    }
}

#[async_trait]
impl ThreadStore for JournalStore {
    async fn open_thread(&self, thread: NewThread) -> Result<Committed<Opened>, CreateThreadError> {
        let call = super::Call::Thread(thread.clone().into());
        self.write(call, self.memory.open_thread(thread)).await
    }

    async fn lookup_thread(
        &self,
        thread_id: ThreadId,
        viewer: &UserId,
    ) -> Result<Option<Thread>, StoreError> {
        self.memory.lookup_thread(thread_id, viewer).await
    }

    async fn lookup_thread_for(
        &self,
        thread_id: ThreadId,
        viewers: &[UserId],
    ) -> Result<Vec<(UserId, Thread)>, StoreError> {
        self.memory.lookup_thread_for(thread_id, viewers).await
    }

    async fn list_threads(
        &self,
        viewer: &UserId,
        filter: ThreadFilter,
        after: Option<ThreadKey>,
        size: PageSize,
    ) -> Result<Vec<Thread>, StoreError> {
        self.memory.list_threads(viewer, filter, after, size).await
    }

    async fn update_thread(
        &self,
        thread_id: ThreadId,
        user_id: &UserId,
        change: ThreadChange,
        at: Timestamp,
    ) -> Result<Committed<()>, UpdateThreadError> {
        let ThreadChange { title, metadata } = change.clone();
        let title = title.map(|title| [title]);
        let call = Call::Update(thread_id, user_id.clone(), title, metadata, at);
        let made = self.memory.update_thread(thread_id, user_id, change, at);
        self.write(super::Call::Thread(call), made).await
    }

    async fn set_thread_settings(
        &self,
        thread_id: ThreadId,
        user_id: &UserId,
        settings: ThreadSettings,
        at: Timestamp,
    ) -> Result<Committed<()>, UpdateThreadError> {
        let flags = [settings.archived, settings.muted, settings.pinned];
        let call = Call::Set(thread_id, user_id.clone(), flags, at);
        let made = self
            .memory
            .set_thread_settings(thread_id, user_id, settings, at);
        self.write(super::Call::Thread(call), made).await
    }
}

#[async_trait]
impl ParticipantStore for JournalStore {
    async fn add_participant(
        &self,
        thread_id: ThreadId,
        by: &UserId,
        user_id: &UserId,
        role: Role,
        at: Timestamp,
    ) -> Result<Committed<()>, ParticipantError> {
        let call = Call::Add(thread_id, by.clone(), user_id.clone(), role, at);
        let made = self
            .memory
            .add_participant(thread_id, by, user_id, role, at);
        self.write(super::Call::Thread(call), made).await
    }

    async fn remove_participant(
        &self,
        thread_id: ThreadId,
        by: &UserId,
        user_id: &UserId,
        at: Timestamp,
    ) -> Result<Committed<()>, ParticipantError> {
        let call = Call::Remove(thread_id, by.clone(), user_id.clone(), at);
        let made = self.memory.remove_participant(thread_id, by, user_id, at);
        self.write(super::Call::Thread(call), made).await
    }
}
