//! Making, changing, deleting, applying and listing tags.

use super::{MAX_TAG_NAME, NewTag, Tag};
use crate::{
    caller::Caller,
    error::{ErrorKind, Fault, FieldError, Invalid, StoreError},
    id::{TagId, ThreadId},
    limits::{MAX_TAGS, check_chars},
    messaging::Messaging,
    page::{Cursor, InvalidCursor, Page, PageSize},
};

/// What to change of a tag; `None` leaves it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagUpdate {
    /// A new name.
    pub name: Option<String>,
    /// A new colour, or `Some(None)` for none.
    pub color: Option<Option<String>>,
}

/// Why an operation on tags was not carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TagError {
    /// A name or colour that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The cursor is of another list.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// The caller has no such tag.
    #[error("no such tag")]
    NoSuchTag,
    /// The caller takes part in no such thread.
    #[error("no such thread")]
    NoSuchThread,
    /// The caller has a tag of that name.
    #[error("a tag of that name exists")]
    NameTaken,
    /// The caller has as many tags as one may have.
    #[error("a user may have {MAX_TAGS} tags at most")]
    TooMany,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for TagError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(error) => error.kind(),
            Self::Cursor(error) => error.kind(),
            Self::NoSuchTag | Self::NoSuchThread => ErrorKind::NotFound,
            Self::NameTaken => ErrorKind::Conflict,
            Self::TooMany => ErrorKind::Forbidden,
            Self::Store(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(error) => error.fields(),
            _ => &[],
        }
    }
}

/// Operations on a user's tags.
#[derive(Debug, Clone, Copy)]
pub struct Tags<'a> {
    messaging: &'a Messaging,
}

impl<'a> Tags<'a> {
    pub(crate) fn new(messaging: &'a Messaging) -> Self {
        Self { messaging }
    }

    /// Makes a tag.
    pub async fn create(
        &self,
        caller: &Caller,
        name: String,
        color: Option<String>,
    ) -> Result<Tag, TagError> {
        let mut faults = Vec::new();
        check_name(&name, &mut faults);
        let color = color.map(|color| check_color(&color, &mut faults));
        Invalid::check(faults)?;
        let tag = NewTag {
            id: TagId::from_uuid(self.messaging.ids().next_uuid()),
            owner: caller.user_id.clone(),
            name,
            color,
            at: self.messaging.clock().now(),
        };
        self.messaging.store().create_tag(tag).await
    }

    /// Renames or recolours a tag.
    pub async fn update(
        &self,
        caller: &Caller,
        tag_id: TagId,
        mut update: TagUpdate,
    ) -> Result<Tag, TagError> {
        let mut faults = Vec::new();
        if let Some(name) = &update.name {
            check_name(name, &mut faults);
        }
        update.color = update
            .color
            .map(|color| color.map(|color| check_color(&color, &mut faults)));
        Invalid::check(faults)?;
        let store = self.messaging.store();
        store.update_tag(&caller.user_id, tag_id, update).await
    }

    /// Deletes a tag; the threads that bear it lose it.
    pub async fn delete(&self, caller: &Caller, tag_id: TagId) -> Result<(), TagError> {
        let store = self.messaging.store();
        store.delete_tag(&caller.user_id, tag_id).await
    }

    /// Puts a tag on a thread, or takes it off.
    pub async fn apply(
        &self,
        caller: &Caller,
        tag_id: TagId,
        thread_id: ThreadId,
        applied: bool,
    ) -> Result<Tag, TagError> {
        let now = self.messaging.clock().now();
        let store = self.messaging.store();
        let committed = store
            .apply_tag(&caller.user_id, tag_id, thread_id, applied, now)
            .await?;
        Ok(committed.value)
    }

    /// The caller's tags, oldest first.
    pub async fn list(
        &self,
        caller: &Caller,
        cursor: Option<&Cursor>,
        size: PageSize,
    ) -> Result<Page<Tag>, TagError> {
        let scope = format!("tags {}", caller.user_id);
        let after = cursor.map(|cursor| cursor.decode(&scope)).transpose()?;
        let store = self.messaging.store();
        let tags = store.list_tags(&caller.user_id, after, size).await?;
        Ok(Page::cut(tags, size, |tag| Cursor::encode(&scope, &tag.id)))
    }
}

fn check_name(name: &str, faults: &mut Vec<FieldError>) {
    check_chars("name", name, 1, MAX_TAG_NAME, faults);
}

fn check_color(color: &str, faults: &mut Vec<FieldError>) -> String {
    let digits = color.strip_prefix('#').unwrap_or_default();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        faults.push(FieldError {
            field: "color".into(),
            message: "must be #rrggbb".into(),
        });
    }
    color.to_ascii_lowercase()
}
