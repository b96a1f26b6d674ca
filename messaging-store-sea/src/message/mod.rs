//! Messages.

mod append;
mod delete;
mod edit;
mod fingerprint;
mod react;
mod read;
mod row;

use async_trait::async_trait;
use messaging_core::{
    error::StoreError,
    id::{MessageId, ThreadId, UserId},
    log::Committed,
    message::{
        Appended, DeleteError, Edit, EditError, Message, MessageStore, NewMessage, ReactError,
        Removal, SendError, SeqRange, SetReaction,
    },
    page::PageSize,
};

pub(crate) use read::{BY_CLIENT_ID, BY_ID};
pub(crate) use row::{COLUMNS, MessageRow, RawMessage};

use crate::SeaStore;
use append::Append;
use delete::DeleteMessage;
use edit::EditMessage;
use react::React;

#[async_trait]
impl MessageStore for SeaStore {
    async fn append(&self, message: NewMessage) -> Result<Committed<Appended>, SendError> {
        self.writer.submit(Append(message)).await
    }

    async fn edit_message(&self, edit: Edit) -> Result<Committed<Message>, EditError> {
        self.writer.submit(EditMessage(edit)).await
    }

    async fn delete_message(&self, removal: Removal) -> Result<Committed<Message>, DeleteError> {
        self.writer.submit(DeleteMessage(removal)).await
    }

    async fn set_reaction(&self, reaction: SetReaction) -> Result<Committed<Message>, ReactError> {
        self.writer.submit(React(reaction)).await
    }

    async fn lookup_message(&self, message_id: MessageId) -> Result<Option<Message>, StoreError> {
        self.reader.message(message_id).await
    }

    async fn lookup_message_for(
        &self,
        message_id: MessageId,
        viewer: &UserId,
    ) -> Result<Option<Message>, StoreError> {
        self.reader.message_for(message_id, viewer).await
    }

    async fn list_messages(
        &self,
        thread_id: ThreadId,
        viewer: &UserId,
        range: SeqRange,
        size: PageSize,
    ) -> Result<Option<Vec<Message>>, StoreError> {
        self.reader.messages(thread_id, viewer, range, size).await
    }
}
