//! Threads as their participants see them.

use super::{rows::ThreadRow, state::State};
use crate::{
    id::{Seq, ThreadId, UserId},
    message::Message,
    thread::{MessagePreview, Participant, Thread},
};

impl State {
    /// The thread as one who takes part sees it.
    pub(super) fn view(&self, thread_id: ThreadId, viewer: &UserId) -> Option<Thread> {
        let thread = self.threads.get(&thread_id)?;
        let own = thread.participant(viewer)?;
        let participants = thread.participants().map(|(user_id, member)| Participant {
            user_id: user_id.clone(),
            role: member.role,
            joined_at: member.joined_at,
            delivered_seq: member.delivered,
            read_seq: member.read,
        });
        Some(Thread {
            id: thread_id,
            kind: thread.kind,
            title: thread.title.clone(),
            metadata: thread.metadata.clone(),
            created_by: thread.created_by.clone(),
            participants: participants.collect(),
            created_at: thread.created_at,
            updated_at: thread.updated_at,
            last_seq: thread.last_seq(),
            last_message: self.messages_of(thread).next_back().map(preview),
            unread_count: self.unread_count(thread, viewer, own.read),
            archived: own.archived,
            muted: own.muted,
            pinned: own.pinned,
            tags: own.tags.iter().copied().collect(),
            activity: own.activity,
        })
    }

    fn messages_of(&self, thread: &ThreadRow) -> impl DoubleEndedIterator<Item = &Message> {
        thread.messages.iter().map(|id| &self.messages[id].message)
    }

    fn unread_count(&self, thread: &ThreadRow, viewer: &UserId, read: Seq) -> i64 {
        let after = self
            .messages_of(thread)
            .rev()
            .take_while(|message| message.seq > read);
        let unread =
            after.filter(|message| message.sender_id != *viewer && message.deleted_at.is_none());
        i64::try_from(unread.count()).unwrap_or(i64::MAX)
    }
}

fn preview(message: &Message) -> MessagePreview {
    MessagePreview::new(
        message.id,
        message.seq,
        message.sender_id.clone(),
        message.content.as_ref(),
        message.created_at,
    )
}
