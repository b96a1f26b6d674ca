//! A message.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub thread_id: Uuid,
    pub seq: i64,
    pub sender_id: String,
    pub client_id: String,
    /// What it was first sent with, as a salted hash; null once it is deleted.
    pub fingerprint: Option<Vec<u8>>,
    /// JSON; null once it is deleted.
    pub content: Option<String>,
    pub reply_to: Option<Uuid>,
    pub created_at: i64,
    pub edited_at: Option<i64>,
    pub deleted_at: Option<i64>,
    /// JSON: what moderation says of the content, if that is worth keeping.
    pub moderation: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
