//! Accounts.

use std::time::Duration;

use crate::{
    account::{Account, AccountChange, AccountState, Ban},
    clock::Timestamp,
    log::Change,
    testkit::{Scene, user},
};

fn ban(reason: &str, until: Option<Timestamp>) -> AccountChange {
    AccountChange::Ban(Ban {
        reason: reason.to_owned(),
        until,
    })
}

async fn lookup(scene: &Scene, name: &str) -> Account {
    scene.store().lookup_account(&user(name)).await.unwrap()
}

/// A user that was never heard of is active.
pub async fn an_unknown_user_is_active(scene: Scene) {
    assert_eq!(lookup(&scene, "ann").await, Account::active(user("ann")));
}

/// A ban and a deactivation stand beside each other, and each is undone by itself.
pub async fn a_ban_and_a_deactivation_stand_beside_each_other(scene: Scene) {
    let until = Some(scene.now().after(Duration::from_hours(1)));
    let banned = scene.account("ann", ban("spam", until)).await.value;
    assert_eq!(banned.ban.as_ref().unwrap().reason, "spam");
    assert_eq!(banned.ban.as_ref().unwrap().until, until);
    let both = scene.account("ann", AccountChange::Deactivate).await.value;
    assert_eq!((both.ban.is_some(), both.deactivated), (true, true));
    assert_eq!(lookup(&scene, "ann").await, both);
    let unbanned = scene.account("ann", AccountChange::Unban).await.value;
    assert_eq!(unbanned.state(scene.now()), AccountState::Deactivated);
    let active = scene.account("ann", AccountChange::Reactivate).await.value;
    assert_eq!(active, Account::active(user("ann")));
    assert_eq!(lookup(&scene, "ann").await, active);
    assert_eq!(lookup(&scene, "ben").await, Account::active(user("ben")));
}

/// A ban that stands is replaced by the next, an endless one by one that ends too.
pub async fn a_ban_is_replaced_by_the_next(scene: Scene) {
    scene.account("ann", ban("first", None)).await;
    let until = Some(scene.now());
    let second = scene.account("ann", ban("second", until)).await;
    let expected = Ban {
        reason: "second".to_owned(),
        until,
    };
    assert!(second.position.is_some());
    assert_eq!(second.value.ban, Some(expected));
    assert_eq!(lookup(&scene, "ann").await, second.value);
    assert!(second.value.is_active(scene.now()), "its end has come");
}

/// A change is one entry that no session is told, made by the application, with the account as it
/// is when the entry is read.
pub async fn a_change_is_told_to_nobody(scene: Scene) {
    let head = scene.head().await;
    let at = scene.now();
    let changed = scene
        .store()
        .set_account(&user("ann"), ban("spam", None), at)
        .await
        .unwrap();
    assert_eq!(changed.position, Some(head.next()));
    let entry = scene.last_entry().await;
    assert_eq!(
        (entry.position, entry.at, &entry.actor),
        (head.next(), at, &None)
    );
    assert!(entry.audience.is_empty());
    let account = changed.value;
    assert_eq!(entry.change, Change::AccountChanged { account });
    let account = scene.account("ann", AccountChange::Unban).await.value;
    let first = scene.log_after(head).await.remove(0);
    assert_eq!(first.change, Change::AccountChanged { account });
}

/// What changes nothing appends nothing. Lifting a ban that has ended changes something: the row.
pub async fn a_change_that_changes_nothing_appends_nothing(scene: Scene) {
    for change in [AccountChange::Unban, AccountChange::Reactivate] {
        let same = scene.account("ann", change).await;
        assert_eq!(
            (same.position, same.value),
            (None, Account::active(user("ann")))
        );
    }
    let until = Some(scene.now());
    let first = scene.account("ann", ban("spam", until)).await;
    let same = scene.account("ann", ban("spam", until)).await;
    assert_eq!((same.position, same.value), (None, first.value));
    assert!(
        scene
            .account("ann", AccountChange::Unban)
            .await
            .position
            .is_some()
    );
    scene.account("ann", AccountChange::Deactivate).await;
    let head = scene.head().await;
    assert_eq!(
        scene
            .account("ann", AccountChange::Deactivate)
            .await
            .position,
        None
    );
    assert_eq!(scene.head().await, head);
}
