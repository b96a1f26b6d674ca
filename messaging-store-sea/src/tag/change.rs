//! Making, changing and deleting tags.

use messaging_core::{
    id::{TagId, UserId},
    limits::MAX_TAGS,
    tag::{NewTag, Tag, TagError, TagUpdate},
};

use super::TagRow;
use crate::{
    unit::{Needs, Unit, check_new},
    writer::Command,
};

/// Makes a tag.
#[derive(Debug)]
pub(super) struct CreateTag(pub(super) NewTag);

impl Command for CreateTag {
    type Output = Tag;
    type Error = TagError;

    fn needs(&self, needs: &mut Needs) {
        needs.tag_owners.insert(self.0.owner.clone());
    }

    fn apply(&self, unit: &mut Unit) -> Result<Tag, TagError> {
        let Self(new) = self;
        check_new(unit.tags.get(&new.id))?;
        if is_taken(unit, &new.owner, &new.name, new.id) {
            return Err(TagError::NameTaken);
        }
        if tags_of(unit, &new.owner).count() >= MAX_TAGS {
            return Err(TagError::TooMany);
        }
        let tag = Tag {
            id: new.id,
            name: new.name.clone(),
            color: new.color.clone(),
            thread_count: 0,
            created_at: new.at,
        };
        let owner = new.owner.clone();
        let row = TagRow {
            owner,
            tag: tag.clone(),
        };
        unit.tags.insert(new.id, row);
        Ok(tag)
    }
}

/// Renames or recolours a tag.
#[derive(Debug)]
pub(super) struct UpdateTag {
    pub(super) owner: UserId,
    pub(super) tag_id: TagId,
    pub(super) update: TagUpdate,
}

impl Command for UpdateTag {
    type Output = Tag;
    type Error = TagError;

    fn needs(&self, needs: &mut Needs) {
        needs.tag_owners.insert(self.owner.clone());
    }

    fn apply(&self, unit: &mut Unit) -> Result<Tag, TagError> {
        check_own(unit, &self.owner, self.tag_id)?;
        let name = self.update.name.as_ref();
        if name.is_some_and(|name| is_taken(unit, &self.owner, name, self.tag_id)) {
            return Err(TagError::NameTaken);
        }
        let row = unit.tags.get_mut(&self.tag_id);
        let tag = &mut row.ok_or(TagError::NoSuchTag)?.tag;
        if let Some(name) = name {
            tag.name.clone_from(name);
        }
        if let Some(color) = &self.update.color {
            tag.color.clone_from(color);
        }
        Ok(tag.clone())
    }
}

/// Deletes a tag.
#[derive(Debug)]
pub(super) struct DeleteTag {
    pub(super) owner: UserId,
    pub(super) tag_id: TagId,
}

impl Command for DeleteTag {
    type Output = ();
    type Error = TagError;

    fn needs(&self, needs: &mut Needs) {
        needs.tag_owners.insert(self.owner.clone());
    }

    fn apply(&self, unit: &mut Unit) -> Result<(), TagError> {
        check_own(unit, &self.owner, self.tag_id)?;
        unit.remove_tag(self.tag_id);
        Ok(())
    }
}

/// Another user's tag does not exist.
pub(super) fn check_own(unit: &Unit, owner: &UserId, tag_id: TagId) -> Result<(), TagError> {
    let row = unit.tags.get(&tag_id);
    let own = row.is_some_and(|row| row.owner == *owner);
    own.then_some(()).ok_or(TagError::NoSuchTag)
}

fn tags_of<'a>(unit: &'a Unit, owner: &'a UserId) -> impl Iterator<Item = &'a Tag> {
    let rows = unit.tags.iter().map(|(_, row)| row);
    rows.filter(move |row| row.owner == *owner)
        .map(|row| &row.tag)
}

fn is_taken(unit: &Unit, owner: &UserId, name: &str, but: TagId) -> bool {
    tags_of(unit, owner).any(|tag| tag.id != but && tag.name == name)
}
