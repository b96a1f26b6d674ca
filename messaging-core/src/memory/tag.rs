//! Tags.

use async_trait::async_trait;

use super::{MemoryStore, log::Fact, rows::TagRow, state::State};
use crate::{
    clock::Timestamp,
    error::StoreError,
    id::{TagId, ThreadId, UserId},
    limits::MAX_TAGS,
    log::{Change, Committed},
    page::PageSize,
    tag::{NewTag, Tag, TagError, TagStore, TagUpdate},
};

impl State {
    /// The owner's tags, by id.
    fn tags_of(&self, owner: &UserId) -> impl Iterator<Item = (TagId, &TagRow)> {
        let tags = self.tags.iter().map(|(id, tag)| (*id, tag));
        tags.filter(move |(_, tag)| tag.owner == *owner)
    }

    /// A tag as its owner sees it; `None` when it is another's.
    fn tag(&self, owner: &UserId, tag_id: TagId) -> Option<Tag> {
        let row = self.tags.get(&tag_id).filter(|tag| tag.owner == *owner)?;
        let threads = self.threads.values();
        let bearing = threads.filter(|thread| {
            let member = thread.participant(owner);
            member.is_some_and(|member| member.tags.contains(&tag_id))
        });
        Some(Tag {
            id: tag_id,
            name: row.name.clone(),
            color: row.color.clone(),
            thread_count: i64::try_from(bearing.count()).unwrap_or(i64::MAX),
            created_at: row.created_at,
        })
    }

    fn is_taken(&self, owner: &UserId, name: &str, but: TagId) -> bool {
        self.tags_of(owner)
            .any(|(id, tag)| id != but && tag.name == name)
    }
}

#[async_trait]
impl TagStore for MemoryStore {
    async fn create_tag(&self, tag: NewTag) -> Result<Tag, TagError> {
        let mut state = self.state()?;
        if state.is_taken(&tag.owner, &tag.name, tag.id) {
            return Err(TagError::NameTaken);
        }
        if state.tags_of(&tag.owner).count() >= MAX_TAGS {
            return Err(TagError::TooMany);
        }
        let row = TagRow {
            owner: tag.owner.clone(),
            name: tag.name,
            color: tag.color,
            created_at: tag.at,
        };
        state.tags.insert(tag.id, row);
        state.tag(&tag.owner, tag.id).ok_or(TagError::NoSuchTag)
    }

    async fn update_tag(
        &self,
        owner: &UserId,
        tag_id: TagId,
        update: TagUpdate,
    ) -> Result<Tag, TagError> {
        let mut state = self.state()?;
        state.tag(owner, tag_id).ok_or(TagError::NoSuchTag)?;
        let name = update.name.as_deref();
        if name.is_some_and(|name| state.is_taken(owner, name, tag_id)) {
            return Err(TagError::NameTaken);
        }
        let row = state.tags.get_mut(&tag_id).ok_or(TagError::NoSuchTag)?;
        if let Some(name) = update.name {
            row.name = name;
        }
        if let Some(color) = update.color {
            row.color = color;
        }
        state.tag(owner, tag_id).ok_or(TagError::NoSuchTag)
    }

    async fn delete_tag(&self, owner: &UserId, tag_id: TagId) -> Result<(), TagError> {
        let mut state = self.state()?;
        state.tag(owner, tag_id).ok_or(TagError::NoSuchTag)?;
        state.tags.remove(&tag_id);
        for thread in state.threads.values_mut() {
            if let Some(member) = thread.members.get_mut(owner) {
                member.tags.remove(&tag_id);
            }
        }
        Ok(())
    }

    async fn apply_tag(
        &self,
        owner: &UserId,
        tag_id: TagId,
        thread_id: ThreadId,
        applied: bool,
        at: Timestamp,
    ) -> Result<Committed<Tag>, TagError> {
        let mut state = self.state()?;
        state.tag(owner, tag_id).ok_or(TagError::NoSuchTag)?;
        let thread = state.threads.get_mut(&thread_id);
        let member = thread.and_then(|thread| thread.participant_mut(owner));
        let member = member.ok_or(TagError::NoSuchThread)?;
        let changed = if applied {
            member.tags.insert(tag_id)
        } else {
            member.tags.remove(&tag_id)
        };
        let tag = state.tag(owner, tag_id).ok_or(TagError::NoSuchTag)?;
        if !changed {
            return Ok(Committed::unchanged(tag));
        }
        let fact = Fact::Fixed(Change::ThreadSettings { thread_id });
        let position = state.commit(at, Some(owner), [owner.clone()].into(), fact);
        Ok(Committed::at(position, tag))
    }

    async fn list_tags(
        &self,
        owner: &UserId,
        after: Option<TagId>,
        size: PageSize,
    ) -> Result<Vec<Tag>, StoreError> {
        let state = self.state()?;
        let ids = state.tags_of(owner).map(|(id, _)| id);
        Ok(ids
            .filter(|id| after.is_none_or(|after| *id > after))
            .take(size.get() + 1)
            .filter_map(|id| state.tag(owner, id))
            .collect())
    }
}
