//! Users: accounts, blocks, tags.

use super::Scene;
use crate::{
    account::{Account, AccountChange, Ban},
    id::{TagId, ThreadId},
    log::Committed,
    tag::{NewTag, Tag},
    testkit::user,
};

/// Users and their own things.
impl Scene {
    /// Changes a user's standing.
    pub async fn account(&self, name: &str, change: AccountChange) -> Committed<Account> {
        let account = self
            .store
            .set_account(&user(name), change, self.now())
            .await;
        account.expect("the account is changed")
    }

    /// Bans a user for good.
    pub async fn ban(&self, name: &str) -> Committed<Account> {
        let ban = Ban {
            reason: "spam".to_owned(),
            until: None,
        };
        self.account(name, AccountChange::Ban(ban)).await
    }

    /// Blocks one user for another.
    pub async fn block(&self, name: &str, blocked: &str) {
        let added = self
            .store
            .add_block(&user(name), &user(blocked), self.now())
            .await;
        added.expect("the block is set");
    }

    /// A tag to be made.
    pub fn new_tag(&self, owner: &str, name: &str) -> NewTag {
        NewTag {
            id: self.tag_id(),
            owner: user(owner),
            name: name.to_owned(),
            color: None,
            at: self.now(),
        }
    }

    /// Makes a tag.
    pub async fn tag(&self, owner: &str, name: &str) -> Tag {
        let tag = self.store.create_tag(self.new_tag(owner, name)).await;
        tag.expect("the tag is made")
    }

    /// Puts a tag on a thread, or takes it off.
    pub async fn apply(
        &self,
        owner: &str,
        tag_id: TagId,
        thread_id: ThreadId,
        applied: bool,
    ) -> Committed<Tag> {
        let tag = self
            .store
            .apply_tag(&user(owner), tag_id, thread_id, applied, self.now())
            .await;
        tag.expect("the tag is applied")
    }
}
