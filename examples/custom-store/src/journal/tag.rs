//! Tags.

use async_trait::async_trait;
use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::{TagId, ThreadId, UserId},
    log::Committed,
    memory::MemoryStore,
    page::PageSize,
    tag::{NewTag, Tag, TagError, TagStore, TagUpdate},
};
use serde::{Deserialize, Serialize};

use super::JournalStore;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Call {
    /// Id, owner, name, colour.
    Create(TagId, UserId, String, Option<String>, Timestamp),
    /// A new name, a new colour. The colour may also become none, which stands in a list of its
    /// own so that it is not taken for no new colour.
    Update(UserId, TagId, Option<String>, Option<[Option<String>; 1]>),
    Delete(UserId, TagId),
    Apply(UserId, TagId, ThreadId, bool, Timestamp),
}

impl Call {
    pub(super) async fn make(self, store: &MemoryStore) {
        match self {
            Self::Create(id, owner, name, color, at) => {
                let tag = NewTag {
                    id,
                    owner,
                    name,
                    color,
                    at,
                };
                drop(store.create_tag(tag).await);
            }
            Self::Update(owner, tag_id, name, color) => {
                let color = color.map(|[color]| color);
                let update = TagUpdate { name, color };
                drop(store.update_tag(&owner, tag_id, update).await);
            }
            Self::Delete(owner, tag_id) => drop(store.delete_tag(&owner, tag_id).await),
            Self::Apply(owner, tag_id, thread_id, applied, at) => {
                let apply = store.apply_tag(&owner, tag_id, thread_id, applied, at);
                drop(apply.await);
            }
        }
    }
}

#[async_trait]
impl TagStore for JournalStore {
    async fn create_tag(&self, tag: NewTag) -> Result<Tag, TagError> {
        let new = tag.clone();
        let call = Call::Create(new.id, new.owner, new.name, new.color, new.at);
        let call = super::Call::Tag(call);
        self.write(call, self.memory.create_tag(tag)).await
    }

    async fn update_tag(
        &self,
        owner: &UserId,
        tag_id: TagId,
        update: TagUpdate,
    ) -> Result<Tag, TagError> {
        let TagUpdate { name, color } = update.clone();
        let color = color.map(|color| [color]);
        let call = super::Call::Tag(Call::Update(owner.clone(), tag_id, name, color));
        self.write(call, self.memory.update_tag(owner, tag_id, update))
            .await
    }

    async fn delete_tag(&self, owner: &UserId, tag_id: TagId) -> Result<(), TagError> {
        let call = super::Call::Tag(Call::Delete(owner.clone(), tag_id));
        self.write(call, self.memory.delete_tag(owner, tag_id))
            .await
    }

    async fn apply_tag(
        &self,
        owner: &UserId,
        tag_id: TagId,
        thread_id: ThreadId,
        applied: bool,
        at: Timestamp,
    ) -> Result<Committed<Tag>, TagError> {
        let call = Call::Apply(owner.clone(), tag_id, thread_id, applied, at);
        let made = self.memory.apply_tag(owner, tag_id, thread_id, applied, at);
        self.write(super::Call::Tag(call), made).await
    }

    async fn list_tags(
        &self,
        owner: &UserId,
        after: Option<TagId>,
        size: PageSize,
    ) -> Result<Vec<Tag>, StoreError> {
        self.memory.list_tags(owner, after, size).await
    }
}
