//! Quotas.

use super::Scene;
use crate::{
    clock::{Clock, Timestamp},
    id::ThreadId,
    log::Committed,
    message::{Appended, NewMessage, SendError},
    quota::{
        Allowance, ChangeQuotaError, Grant, Means, Money, Purchase, Quota, QuotaChange, QuotaMode,
        Scope,
    },
    testkit::{eur, user},
};

/// Quotas.
impl Scene {
    /// The moment so many minutes from the scene's time; negative for one that is over.
    pub fn minutes(&self, minutes: i64) -> Timestamp {
        let millis = self.clock.now().as_millis() + minutes * 60_000;
        Timestamp::from_millis(millis).expect("a scene stays within the calendar")
    }

    /// A grant that has begun and goes on for an hour: to one creator or to all, so many messages or
    /// as many as they like.
    pub fn new_grant(
        &self,
        id: &str,
        name: &str,
        creator: Option<&str>,
        messages: Option<i64>,
    ) -> Grant {
        Grant {
            id: id.to_owned(),
            user_id: user(name),
            scope: Scope::of(creator.map(user)),
            allowance: messages.map_or(Allowance::Unlimited, Allowance::Messages),
            starts_at: self.minutes(-1),
            ends_at: self.minutes(60),
        }
    }

    /// A purchase of euros.
    pub fn new_purchase(&self, id: &str, name: &str, amount: i64) -> QuotaChange {
        QuotaChange::Purchase(Purchase {
            id: id.to_owned(),
            user_id: user(name),
            amount: eur(amount),
        })
    }

    /// Makes a change now, or is refused.
    pub async fn try_change(&self, change: QuotaChange) -> Result<Committed<()>, ChangeQuotaError> {
        let now = self.now();
        self.store.change_quota(change, now, now).await
    }

    /// Makes a change now.
    pub async fn change(&self, change: QuotaChange) -> Committed<()> {
        let changed = self.try_change(change).await;
        changed.expect("the quota is changed")
    }

    /// Gives a grant.
    pub async fn grant(&self, grant: Grant) -> Committed<()> {
        self.change(QuotaChange::Grant(grant)).await
    }

    /// Sells euros.
    pub async fn buy(&self, id: &str, name: &str, amount: i64) -> Committed<()> {
        self.change(self.new_purchase(id, name, amount)).await
    }

    /// Sets a price in euros.
    pub async fn price(&self, creator: &str, amount: i64) -> Committed<()> {
        let creator_id = user(creator);
        let price = eur(amount);
        self.change(QuotaChange::Price { creator_id, price }).await
    }

    /// What a user holds for messages to a creator, or to all.
    pub async fn means(&self, name: &str, creator: Option<&str>) -> Means {
        let (user_id, scope) = (user(name), Scope::of(creator.map(user)));
        let now = self.clock.now();
        let means = self.store.lookup_means(&user_id, &scope, now).await;
        means.expect("the means are read")
    }

    /// A user's standing towards a creator.
    pub async fn quota(&self, name: &str, creator: &str) -> Quota {
        self.means(name, Some(creator))
            .await
            .quota(self.clock.now())
    }

    /// The credits of a user in euros.
    pub async fn credits(&self, name: &str) -> i64 {
        let balances: Vec<Money> = self.means(name, None).await.balances;
        balances.first().map_or(0, |balance| balance.amount)
    }

    /// A client's message that is to be paid for.
    pub fn new_paid(&self, thread_id: ThreadId, sender: &str) -> NewMessage {
        NewMessage {
            quota: QuotaMode::Enforce,
            ..self.new_message(thread_id, sender, "hello")
        }
    }

    /// Sends one, or is refused.
    pub async fn pay(
        &self,
        thread_id: ThreadId,
        sender: &str,
    ) -> Result<Committed<Appended>, SendError> {
        self.store.append(self.new_paid(thread_id, sender)).await
    }
}
