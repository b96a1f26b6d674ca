//! A user's standing.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: String,
    /// Null when there is no ban.
    pub ban_reason: Option<String>,
    pub ban_until: Option<i64>,
    pub deactivated: bool,
}

impl ActiveModelBehavior for ActiveModel {}
