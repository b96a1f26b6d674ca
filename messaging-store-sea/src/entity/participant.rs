//! One user's part in a thread, and how they keep it.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub thread_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: String,
    pub role: String,
    pub joined_at: i64,
    /// The log position since which the user takes part.
    pub joined_position: i64,
    /// The log position at which the user left; null while they take part.
    pub left_position: Option<i64>,
    /// The newest message at that moment.
    pub left_seq: Option<i64>,
    pub delivered_seq: i64,
    pub read_seq: i64,
    /// How many messages after `read_seq` are deleted.
    pub deleted_unread: i64,
    pub archived: bool,
    /// Whose deactivation archived it; null when none did, or the user is through with that.
    pub archived_for: Option<String>,
    pub muted: bool,
    pub pinned: bool,
    pub activity: i64,
}

impl ActiveModelBehavior for ActiveModel {}
