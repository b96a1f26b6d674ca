//! Tags.

mod apply;
mod change;
mod row;

use async_trait::async_trait;
use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::{TagId, ThreadId, UserId},
    log::Committed,
    page::PageSize,
    tag::{NewTag, Tag, TagError, TagStore, TagUpdate},
};
use uuid::Uuid;

pub(crate) use row::{BY_OWNER, COLUMNS, RawTag, TagRow};

use crate::{SeaStore, convert};
use apply::ApplyTag;
use change::{CreateTag, DeleteTag, UpdateTag};

const LIST: &str = "SELECT {tag_columns} FROM {tag} t WHERE t.owner_id = $1 AND t.id > $2
    ORDER BY t.id LIMIT +$3";

const LIST_ALL: &str = "SELECT {tag_columns} FROM {tag} t WHERE t.owner_id = $1
    ORDER BY t.id LIMIT +$2";

#[async_trait]
impl TagStore for SeaStore {
    async fn create_tag(&self, tag: NewTag) -> Result<Tag, TagError> {
        self.writer.submit(CreateTag(tag)).await
    }

    async fn update_tag(
        &self,
        owner: &UserId,
        tag_id: TagId,
        update: TagUpdate,
    ) -> Result<Tag, TagError> {
        let owner = owner.clone();
        let command = UpdateTag {
            owner,
            tag_id,
            update,
        };
        self.writer.submit(command).await
    }

    async fn delete_tag(&self, owner: &UserId, tag_id: TagId) -> Result<(), TagError> {
        let owner = owner.clone();
        self.writer.submit(DeleteTag { owner, tag_id }).await
    }

    async fn apply_tag(
        &self,
        owner: &UserId,
        tag_id: TagId,
        thread_id: ThreadId,
        applied: bool,
        at: Timestamp,
    ) -> Result<Committed<Tag>, TagError> {
        let command = ApplyTag {
            owner: owner.clone(),
            tag_id,
            thread_id,
            applied,
            at,
        };
        self.writer.submit(command).await
    }

    async fn list_tags(
        &self,
        owner: &UserId,
        after: Option<TagId>,
        size: PageSize,
    ) -> Result<Vec<Tag>, StoreError> {
        let (owner, limit) = (owner.as_str(), convert::limit(size));
        let schema = &self.reader.schema;
        let statement = match after {
            Some(after) => {
                let after: Uuid = after.as_uuid();
                schema.statement(LIST, [owner.into(), after.into(), limit.into()])
            }
            None => schema.statement(LIST_ALL, [owner.into(), limit.into()]),
        };
        let raw: Vec<RawTag> = self.reader.all(statement).await?;
        let tags = raw.into_iter().map(|raw| Ok(TagRow::try_from(raw)?.tag));
        tags.collect()
    }
}
