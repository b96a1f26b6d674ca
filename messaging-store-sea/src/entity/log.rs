//! One change. It holds references and small facts, never a message's words.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub at: i64,
    pub kind: String,
    pub actor_id: Option<String>,
    pub thread_id: Option<Uuid>,
    pub message_id: Option<Uuid>,
    /// The user whom the change is about.
    pub user_id: Option<String>,
    /// The one user it is told to; null when it goes to the participants of the thread.
    pub audience_id: Option<String>,
    pub seq: Option<i64>,
    /// JSON: what was said of a message that was flagged.
    pub verdict: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
