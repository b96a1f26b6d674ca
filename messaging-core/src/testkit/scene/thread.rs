//! Threads and who takes part in them.

use super::Scene;
use crate::{
    caller::Role,
    id::ThreadId,
    log::Committed,
    page::PageSize,
    testkit::user,
    thread::{Metadata, NewThread, Thread, ThreadFilter, ThreadKind, ThreadSettings},
};

/// Threads.
impl Scene {
    /// A direct thread to be opened, with a client and a creator in it.
    pub fn new_direct(&self, opener: &str, other: &str) -> NewThread {
        NewThread {
            id: self.thread_id(),
            kind: ThreadKind::Direct,
            title: None,
            metadata: Metadata::new(),
            created_by: user(opener),
            participants: vec![(user(opener), Role::Client), (user(other), Role::Creator)],
            at: self.now(),
        }
    }

    /// A group to be opened, with clients in it.
    pub fn new_group(&self, opener: &str, others: &[&str]) -> NewThread {
        let everyone = std::iter::once(&opener).chain(others);
        NewThread {
            kind: ThreadKind::Group,
            participants: everyone.map(|name| (user(name), Role::Client)).collect(),
            ..self.new_direct(opener, opener)
        }
    }

    /// Opens a direct thread.
    pub async fn direct(&self, opener: &str, other: &str) -> ThreadId {
        self.open(self.new_direct(opener, other)).await.id
    }

    /// Opens a group.
    pub async fn group(&self, opener: &str, others: &[&str]) -> ThreadId {
        self.open(self.new_group(opener, others)).await.id
    }

    /// Opens a thread, or finds the pair's.
    pub async fn open(&self, thread: NewThread) -> Thread {
        let opened = self.store.open_thread(thread).await;
        opened.expect("the thread opens").value.thread
    }

    /// Lets a user take part in a group, as a client.
    pub async fn add(&self, thread_id: ThreadId, by: &str, name: &str) -> Committed<()> {
        let (by, user_id) = (user(by), user(name));
        let added = self
            .store
            .add_participant(thread_id, &by, &user_id, Role::Client, self.now())
            .await;
        added.expect("the user is added")
    }

    /// Ends a user's part in a group, by their own wish.
    pub async fn leave(&self, thread_id: ThreadId, name: &str) -> Committed<()> {
        let user_id = user(name);
        let left = self
            .store
            .remove_participant(thread_id, &user_id, &user_id, self.now())
            .await;
        left.expect("the user leaves")
    }

    /// Changes how a user keeps a thread.
    pub async fn keep(
        &self,
        thread_id: ThreadId,
        name: &str,
        settings: ThreadSettings,
    ) -> Committed<()> {
        let kept = self
            .store
            .set_thread_settings(thread_id, &user(name), settings, self.now())
            .await;
        kept.expect("the settings change")
    }

    /// The thread as a user who takes part in it sees it.
    pub async fn thread(&self, thread_id: ThreadId, viewer: &str) -> Thread {
        let thread = self.store.lookup_thread(thread_id, &user(viewer)).await;
        thread
            .expect("the thread is read")
            .expect("the viewer takes part")
    }

    /// All of a user's threads (up to a page of them), in order.
    pub async fn threads(&self, viewer: &str, filter: ThreadFilter) -> Vec<ThreadId> {
        let size = PageSize::MAX;
        let threads = self
            .store
            .list_threads(&user(viewer), filter, None, size)
            .await;
        let threads = threads.expect("the threads are listed");
        threads.into_iter().map(|thread| thread.id).collect()
    }
}
