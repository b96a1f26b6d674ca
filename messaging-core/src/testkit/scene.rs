//! A store under test, with the handful of sentences that tests are written in.

use std::{sync::Arc, time::Duration};

use super::{ManualClock, SeqIds, text, user};
use crate::{
    Store,
    account::{Account, AccountChange, Ban},
    caller::Role,
    clock::{Clock, Timestamp},
    id::{IdGenerator, MessageId, Position, Seq, TagId, ThreadId, UserId},
    log::{Committed, LogEntry},
    message::{Edit, Message, NewMessage, Removal, SetReaction},
    receipt::{Advance, Marker},
    tag::{NewTag, Tag},
    thread::{Metadata, NewThread, Thread, ThreadFilter, ThreadKind, ThreadSettings},
};

/// A store, a clock that stands still, ids that count.
///
/// Every change that a scene makes takes a millisecond. Methods that make a change expect it to
/// succeed and panic when it does not; to see a refusal, call the store.
#[derive(Debug, Clone)]
pub struct Scene {
    store: Arc<dyn Store>,
    clock: ManualClock,
    ids: SeqIds,
}

impl Scene {
    /// A scene on this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            clock: ManualClock::default(),
            ids: SeqIds::default(),
        }
    }

    /// The store.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The store, for a task of its own.
    pub fn shared_store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    /// The clock.
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// A millisecond later than the last time.
    pub fn now(&self) -> Timestamp {
        self.clock.advance(Duration::from_millis(1));
        self.clock.now()
    }

    /// An id for a thread to come.
    pub fn thread_id(&self) -> ThreadId {
        ThreadId::from_uuid(self.ids.next_uuid())
    }

    /// An id for a message to come.
    pub fn message_id(&self) -> MessageId {
        MessageId::from_uuid(self.ids.next_uuid())
    }

    /// An id for a tag to come.
    pub fn tag_id(&self) -> TagId {
        TagId::from_uuid(self.ids.next_uuid())
    }
}

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
        let size = crate::page::PageSize::MAX;
        let threads = self
            .store
            .list_threads(&user(viewer), filter, None, size)
            .await;
        let threads = threads.expect("the threads are listed");
        threads.into_iter().map(|thread| thread.id).collect()
    }
}

/// Messages.
impl Scene {
    /// A message to be appended. Its `client_id` is as new as its id.
    pub fn new_message(&self, thread_id: ThreadId, sender: &str, words: &str) -> NewMessage {
        let id = self.message_id();
        NewMessage {
            id,
            thread_id,
            sender_id: user(sender),
            client_id: format!("client-{id}"),
            content: text(words),
            reply_to: None,
            at: self.now(),
        }
    }

    /// Sends a message.
    pub async fn send(&self, thread_id: ThreadId, sender: &str, words: &str) -> Message {
        let message = self.new_message(thread_id, sender, words);
        let sent = self.store.append(message).await;
        sent.expect("the message is sent").value.message
    }

    /// Edits a message as this user.
    pub fn new_edit(&self, message: &Message, editor: &str, words: &str) -> Edit {
        Edit {
            message_id: message.id,
            user_id: user(editor),
            content: text(words),
            at: self.now(),
        }
    }

    /// Edits a message as its author.
    pub async fn edit(&self, message: &Message, words: &str) -> Committed<Message> {
        let edit = self.new_edit(message, message.sender_id.as_str(), words);
        let edited = self.store.edit_message(edit).await;
        edited.expect("the message is edited")
    }

    /// Deletes a message as its author.
    pub async fn delete(&self, message: &Message) -> Committed<Message> {
        let removal = Removal {
            message_id: message.id,
            user_id: message.sender_id.clone(),
            at: self.now(),
        };
        let deleted = self.store.delete_message(removal).await;
        deleted.expect("the message is deleted")
    }

    /// A reaction to be put on, or taken off.
    pub fn new_reaction(
        &self,
        message: &Message,
        name: &str,
        emoji: &str,
        on: bool,
    ) -> SetReaction {
        SetReaction {
            message_id: message.id,
            user_id: user(name),
            emoji: emoji.to_owned(),
            on,
            at: self.now(),
        }
    }

    /// Puts a reaction on a message, or takes it off.
    pub async fn react(
        &self,
        message: &Message,
        name: &str,
        emoji: &str,
        on: bool,
    ) -> Committed<Message> {
        let reaction = self.new_reaction(message, name, emoji, on);
        let reacted = self.store.set_reaction(reaction).await;
        reacted.expect("the reaction is set")
    }

    /// The message as it is now.
    pub async fn message(&self, message_id: MessageId) -> Message {
        let message = self.store.lookup_message(message_id).await;
        message
            .expect("the message is read")
            .expect("the message exists")
    }

    /// A marker to be moved.
    pub fn new_advance(
        &self,
        thread_id: ThreadId,
        name: &str,
        marker: Marker,
        seq: i64,
    ) -> Advance {
        Advance {
            thread_id,
            user_id: user(name),
            marker,
            seq: Seq::new(seq),
            at: self.now(),
        }
    }

    /// Moves a user's marker.
    pub async fn mark(
        &self,
        thread_id: ThreadId,
        name: &str,
        marker: Marker,
        seq: i64,
    ) -> Committed<Seq> {
        let advance = self.new_advance(thread_id, name, marker, seq);
        let moved = self.store.advance_marker(advance).await;
        moved.expect("the marker is moved")
    }
}

/// Users and their own things.
impl Scene {
    /// Changes a user's standing.
    pub async fn account(&self, name: &str, change: AccountChange) -> Committed<Account> {
        let account = self
            .store
            .set_account(&user(name), change, self.now())
            .await;
        account.expect("the account is changed")
    }

    /// Bans a user for good.
    pub async fn ban(&self, name: &str) -> Committed<Account> {
        let ban = Ban {
            reason: "spam".to_owned(),
            until: None,
        };
        self.account(name, AccountChange::Ban(ban)).await
    }

    /// Blocks one user for another.
    pub async fn block(&self, name: &str, blocked: &str) {
        let added = self
            .store
            .add_block(&user(name), &user(blocked), self.now())
            .await;
        added.expect("the block is set");
    }

    /// A tag to be made.
    pub fn new_tag(&self, owner: &str, name: &str) -> NewTag {
        NewTag {
            id: self.tag_id(),
            owner: user(owner),
            name: name.to_owned(),
            color: None,
            at: self.now(),
        }
    }

    /// Makes a tag.
    pub async fn tag(&self, owner: &str, name: &str) -> Tag {
        let tag = self.store.create_tag(self.new_tag(owner, name)).await;
        tag.expect("the tag is made")
    }

    /// Puts a tag on a thread, or takes it off.
    pub async fn apply(
        &self,
        owner: &str,
        tag_id: TagId,
        thread_id: ThreadId,
        applied: bool,
    ) -> Committed<Tag> {
        let tag = self
            .store
            .apply_tag(&user(owner), tag_id, thread_id, applied, self.now())
            .await;
        tag.expect("the tag is applied")
    }
}

/// The log.
impl Scene {
    /// Where the log ends.
    pub async fn head(&self) -> Position {
        self.store.log_bounds().await.expect("the log is read").head
    }

    /// The log after a position, to its end.
    pub async fn log_after(&self, after: Position) -> Vec<LogEntry> {
        let entries = self.store.read_log(after, 100_000).await;
        entries.expect("the log is read")
    }

    /// The newest entry.
    pub async fn last_entry(&self) -> LogEntry {
        let before = Position::new(self.head().await.get() - 1);
        let mut entries = self.log_after(before).await;
        entries.pop().expect("the log has an entry")
    }

    /// Whom the newest entry goes to.
    pub async fn last_audience(&self) -> Vec<UserId> {
        self.last_entry().await.audience.to_vec()
    }
}
