//! A thread, as everyone in it has it.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "thread")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    /// Both users of a direct thread, in order: what makes it one a pair.
    #[sea_orm(unique)]
    pub pair_key: Option<String>,
    pub title: Option<String>,
    /// JSON.
    pub metadata: String,
    pub created_by: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub last_seq: i64,
}

impl ActiveModelBehavior for ActiveModel {}
