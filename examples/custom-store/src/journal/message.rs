//! Messages.

use async_trait::async_trait;
use messaging_core::{
    caller::Role,
    clock::Timestamp,
    error::StoreError,
    id::{MessageId, ThreadId, UserId},
    log::Committed,
    memory::MemoryStore,
    message::{
        Appended, Content, DeleteError, Edit, EditError, Message, MessageStore, NewMessage,
        ReactError, Removal, SendError, SeqRange, SetReaction,
    },
    moderation::{Judgement, Verdict},
    page::PageSize,
    quota::QuotaMode,
};
use serde::{Deserialize, Serialize};

use super::JournalStore;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Call {
    Append {
        id: MessageId,
        thread_id: ThreadId,
        sender_id: UserId,
        sender_role: Role,
        client_id: String,
        content: Content,
        reply_to: Option<MessageId>,
        is_paid: bool,
        #[serde(default)]
        verdict: Option<Verdict>,
        at: Timestamp,
    },
    Edit(MessageId, UserId, Content, Timestamp, Option<Verdict>),
    Delete(MessageId, UserId, Timestamp),
    /// An emoji, on or off.
    React(MessageId, UserId, String, bool, Timestamp),
}

impl Call {
    fn append(message: NewMessage) -> Result<Self, SendError> {
        let verdict = message.judgement.verdict()?.cloned();
        Ok(Self::Append {
            id: message.id,
            thread_id: message.thread_id,
            sender_id: message.sender_id,
            sender_role: message.sender_role,
            client_id: message.client_id,
            content: message.content,
            reply_to: message.reply_to,
            is_paid: match message.quota {
                QuotaMode::Off => false,
                QuotaMode::Enforce => true,
                // What the application's own policy says cannot be written down.
                other => {
                    return Err(StoreError::backend(format!("{other:?} cannot be kept")).into());
                }
            },
            verdict,
            at: message.at,
        })
    }

    pub(super) async fn make(self, store: &MemoryStore) {
        match self {
            Self::Append {
                id,
                thread_id,
                sender_id,
                sender_role,
                client_id,
                content,
                reply_to,
                is_paid,
                verdict,
                at,
            } => {
                let quota = if is_paid {
                    QuotaMode::Enforce
                } else {
                    QuotaMode::Off
                };
                let message = NewMessage {
                    id,
                    thread_id,
                    sender_id,
                    sender_role,
                    client_id,
                    content,
                    reply_to,
                    quota,
                    judgement: Judgement::Deliver(verdict),
                    at,
                };
                drop(store.append(message).await);
            }
            Self::Edit(message_id, user_id, content, at, verdict) => {
                let edit = Edit {
                    message_id,
                    user_id,
                    content,
                    judgement: Judgement::Deliver(verdict),
                    at,
                };
                drop(store.edit_message(edit).await);
            }
            Self::Delete(message_id, user_id, at) => {
                let removal = Removal {
                    message_id,
                    user_id,
                    at,
                };
                drop(store.delete_message(removal).await);
            }
            Self::React(message_id, user_id, emoji, on, at) => {
                let reaction = SetReaction {
                    message_id,
                    user_id,
                    emoji,
                    on,
                    at,
                };
                drop(store.set_reaction(reaction).await);
            }
        }
    }
}

#[async_trait]
impl MessageStore for JournalStore {
    async fn append(&self, message: NewMessage) -> Result<Committed<Appended>, SendError> {
        if let Judgement::Refuse(_) = message.judgement {
            // Whatever comes of it, nothing changes, and its words are not to be kept.
            return self.memory.append(message).await;
        }
        let call = super::Call::Message(Call::append(message.clone())?);
        self.write(call, self.memory.append(message)).await
    }

    async fn edit_message(&self, edit: Edit) -> Result<Committed<Message>, EditError> {
        let Judgement::Deliver(verdict) = edit.judgement.clone() else {
            return self.memory.edit_message(edit).await;
        };
        let new = edit.clone();
        let call = Call::Edit(new.message_id, new.user_id, new.content, new.at, verdict);
        let call = super::Call::Message(call);
        self.write(call, self.memory.edit_message(edit)).await
    }

    async fn delete_message(&self, removal: Removal) -> Result<Committed<Message>, DeleteError> {
        let user_id = removal.user_id.clone();
        let call = Call::Delete(removal.message_id, user_id, removal.at);
        let call = super::Call::Message(call);
        self.write(call, self.memory.delete_message(removal)).await
    }

    async fn set_reaction(&self, reaction: SetReaction) -> Result<Committed<Message>, ReactError> {
        let new = reaction.clone();
        let call = Call::React(new.message_id, new.user_id, new.emoji, new.on, new.at);
        let call = super::Call::Message(call);
        self.write(call, self.memory.set_reaction(reaction)).await
    }

    async fn lookup_message(&self, message_id: MessageId) -> Result<Option<Message>, StoreError> {
        self.memory.lookup_message(message_id).await
    }

    async fn lookup_message_for(
        &self,
        message_id: MessageId,
        viewer: &UserId,
    ) -> Result<Option<Message>, StoreError> {
        self.memory.lookup_message_for(message_id, viewer).await
    }

    async fn list_messages(
        &self,
        thread_id: ThreadId,
        viewer: &UserId,
        range: SeqRange,
        size: PageSize,
    ) -> Result<Option<Vec<Message>>, StoreError> {
        self.memory
            .list_messages(thread_id, viewer, range, size)
            .await
    }
}
