//! Threads: who talks with whom, and how each of them keeps the conversation.

mod archive;
mod create;
mod get;
mod list;
mod participants;
mod store;
mod update;

pub use archive::ArchiveReason;
pub use create::{CreateThread, CreateThreadError, CreatedThread, FirstMessage, Invitee};
pub use get::GetThreadError;
pub use list::{ListThreads, ListThreadsError};
pub use participants::ParticipantError;
pub use store::{
    NewThread, Opened, ParticipantStore, ThreadChange, ThreadFilter, ThreadKey, ThreadSettings,
    ThreadStore,
};
pub use update::{UpdateThread, UpdateThreadError};

use serde::{Deserialize, Serialize};

use crate::{
    caller::Role,
    clock::Timestamp,
    id::{MessageId, Position, Seq, TagId, ThreadId, UserId},
    limits::Features,
    message::Content,
    messaging::Messaging,
};

/// A JSON object that the application hangs on a thread: up to 8 KiB.
pub type Metadata = serde_json::Map<String, serde_json::Value>;

/// The two kinds of thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreadKind {
    /// Between two users: one thread a pair, for ever.
    Direct,
    /// Between any number.
    Group,
}

impl ThreadKind {
    /// The name on the wire and in stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Group => "group",
        }
    }
}

/// One who takes part in a thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Participant {
    /// Who.
    pub user_id: UserId,
    /// As what, in this thread.
    pub role: Role,
    /// Since when.
    pub joined_at: Timestamp,
    /// All up to this has reached one of the user's clients.
    pub delivered_seq: Seq,
    /// All up to this has been read.
    pub read_seq: Seq,
}

/// The newest message of a thread, cut short for a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MessagePreview {
    /// Its id.
    pub id: MessageId,
    /// Its place.
    pub seq: Seq,
    /// Who wrote it.
    pub sender_id: UserId,
    /// The content's `type`; `deleted` for a tombstone.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Up to 140 characters of what there is to read; `None` when there is nothing.
    pub text: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
}

impl MessagePreview {
    /// The most characters of a preview.
    pub const MAX_CHARS: usize = 140;

    /// Cuts a message down; `content` is `None` for a tombstone.
    pub fn new(
        id: MessageId,
        seq: Seq,
        sender_id: UserId,
        content: Option<&Content>,
        created_at: Timestamp,
    ) -> Self {
        let text = content.and_then(Content::text);
        Self {
            id,
            seq,
            sender_id,
            kind: content.map_or("deleted", Content::kind),
            text: text.map(|text| text.chars().take(Self::MAX_CHARS).collect()),
            created_at,
        }
    }
}

/// A thread as one of its participants sees it. This is its form on the wire too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Thread {
    /// Names it.
    pub id: ThreadId,
    /// Direct or group.
    pub kind: ThreadKind,
    /// What it is called.
    pub title: Option<String>,
    /// The application's own facts about it.
    pub metadata: Metadata,
    /// Who opened it; may add and remove participants of a group.
    pub created_by: UserId,
    /// Who takes part now, ordered by user id.
    pub participants: Vec<Participant>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed for everyone: a message, a title, a participant.
    pub updated_at: Timestamp,
    /// The newest message's place; zero when there is none.
    pub last_seq: Seq,
    /// The newest message, a tombstone included.
    pub last_message: Option<MessagePreview>,
    /// Messages of others after this user's read marker that are not deleted.
    pub unread_count: i64,
    /// Whether this user has put it away.
    pub archived: bool,
    /// Whether this user wants no notifications of it.
    pub muted: bool,
    /// Whether this user keeps it above the others.
    pub pinned: bool,
    /// This user's tags on it, ordered by id.
    pub tags: Vec<TagId>,
    /// The log position of what last moved it up the list: its place among the user's threads.
    #[serde(skip)]
    pub activity: Position,
}

impl Thread {
    /// The thread as `viewer` may see it, by what is turned on: without receipts, the others'
    /// markers stand at zero.
    #[must_use]
    pub(crate) fn shown_by(mut self, features: Features, viewer: &UserId) -> Self {
        if !features.read_receipts {
            for participant in &mut self.participants {
                if participant.user_id != *viewer {
                    participant.delivered_seq = Seq::ZERO;
                    participant.read_seq = Seq::ZERO;
                }
            }
        }
        self
    }
}

/// Operations on threads.
#[derive(Debug, Clone, Copy)]
pub struct Threads<'a> {
    messaging: &'a Messaging,
}

impl<'a> Threads<'a> {
    pub(crate) fn new(messaging: &'a Messaging) -> Self {
        Self { messaging }
    }

    fn shown(self, thread: Thread, viewer: &UserId) -> Thread {
        thread.shown_by(self.messaging.features(), viewer)
    }
}
