//! Tags between the tables and the core.

use messaging_core::{
    error::StoreError,
    id::{TagId, UserId},
    tag::Tag,
};
use sea_orm::FromQueryResult;

use crate::{
    convert, entity,
    rows::{Kind, SetStatement},
};

/// The columns of [`RawTag`], of a tag named `t`.
pub(crate) const COLUMNS: &str = "t.id, t.owner_id, t.name, t.color, t.created_at,
    (SELECT COUNT(*) FROM {thread_tag} x WHERE x.tag_id = t.id) AS thread_count";

/// A tag and how many threads bear it, as one query gives them.
#[derive(Debug, FromQueryResult)]
pub(crate) struct RawTag {
    #[sea_orm(nested)]
    tag: entity::tag::Model,
    thread_count: i64,
}

/// A tag and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TagRow {
    pub(crate) owner: UserId,
    pub(crate) tag: Tag,
}

impl TryFrom<RawTag> for TagRow {
    type Error = StoreError;

    fn try_from(raw: RawTag) -> Result<Self, StoreError> {
        let row = raw.tag;
        let id = TagId::from_uuid(row.id);
        Ok(Self {
            owner: convert::user_id(&row.owner_id, "tag.owner_id", id)?,
            tag: Tag {
                id,
                name: row.name,
                color: row.color,
                thread_count: raw.thread_count,
                created_at: convert::timestamp(row.created_at, "tag.created_at", id)?,
            },
        })
    }
}

/// All tags of these users.
pub(crate) const BY_OWNER: SetStatement = SetStatement {
    sql: "SELECT {tag_columns} FROM {rows} JOIN {tag} t ON t.owner_id = r.owner_id",
    columns: &[("owner_id", Kind::Text)],
};
