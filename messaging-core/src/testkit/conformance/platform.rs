//! Events of the platform.

use std::time::Duration;

use futures_util::future::try_join_all;

use crate::{
    account::{Account, AccountChange, AccountState, Ban},
    id::Position,
    log::{Change, Committed},
    platform::{EventKey, PlatformChange, PlatformEvent, Reception},
    testkit::{Scene, user},
};

/// An event of that id which happened so many seconds after the scene began.
fn event(
    scene: &Scene,
    id: &str,
    seconds: u64,
    name: &str,
    change: AccountChange,
) -> PlatformEvent {
    PlatformEvent {
        key: EventKey {
            source: "/safety".to_owned(),
            id: id.to_owned(),
        },
        happened_at: scene.now().after(Duration::from_secs(seconds)),
        change: PlatformChange::Account {
            user_id: user(name),
            change,
        },
    }
}

fn ban() -> AccountChange {
    AccountChange::Ban(Ban {
        reason: "fraud".to_owned(),
        until: None,
    })
}

async fn receive(scene: &Scene, event: PlatformEvent) -> Committed<Reception> {
    scene.store().receive(event, scene.now()).await.unwrap()
}

async fn state(scene: &Scene, name: &str) -> AccountState {
    let account: Account = scene.store().lookup_account(&user(name)).await.unwrap();
    account.state(scene.now())
}

/// An event is applied once, whatever came in between; another source's of the same id is another.
pub async fn an_event_counts_once(scene: Scene) {
    let first = event(&scene, "1", 0, "ann", ban());
    let applied = receive(&scene, first.clone()).await;
    assert_eq!(applied.value, Reception::Applied);
    assert_eq!(state(&scene, "ann").await, AccountState::Banned);
    let entries = scene.log_after(Position::ZERO).await;
    assert_eq!(applied.position, Some(entries[0].position));
    assert!(
        matches!(&entries[0].change, Change::AccountChanged { account } if account.ban.is_some())
    );
    scene.account("ann", AccountChange::Unban).await;
    let again = receive(&scene, first.clone()).await;
    assert_eq!(again, Committed::unchanged(Reception::Repeated));
    assert_eq!(state(&scene, "ann").await, AccountState::Active);
    let mut other = first;
    "/other".clone_into(&mut other.key.source);
    assert_eq!(receive(&scene, other).await.value, Reception::Applied);
    assert_eq!(state(&scene, "ann").await, AccountState::Banned);
}

/// Of the same event on many connections at the same time one counts.
pub async fn an_event_counts_once_when_it_comes_many_times_at_once(scene: Scene) {
    let at = scene.now();
    let receptions = (0..8).map(|_| {
        let event = event(&scene, "1", 0, "ann", ban());
        scene.store().receive(event, at)
    });
    let receptions = try_join_all(receptions).await.unwrap();
    let applied = receptions
        .iter()
        .filter(|one| one.value == Reception::Applied);
    assert_eq!(applied.count(), 1);
    let repeated = receptions
        .iter()
        .filter(|one| one.value == Reception::Repeated);
    assert_eq!(repeated.count(), 7);
    assert_eq!(scene.head().await.get(), 1);
}

/// What happened later holds, in whatever order it comes; another topic, and another user, is not
/// held up by it.
pub async fn what_happened_later_holds(scene: Scene) {
    let unban = event(&scene, "later", 20, "ann", AccountChange::Unban);
    assert_eq!(receive(&scene, unban).await.value, Reception::Applied);
    let late = event(&scene, "earlier", 10, "ann", ban());
    let outdated = receive(&scene, late.clone()).await;
    assert_eq!(outdated, Committed::unchanged(Reception::Outdated));
    assert_eq!(state(&scene, "ann").await, AccountState::Active);
    assert_eq!(receive(&scene, late).await.value, Reception::Repeated);
    let left = event(&scene, "left", 5, "ann", AccountChange::Deactivate);
    assert_eq!(receive(&scene, left).await.value, Reception::Applied);
    assert_eq!(state(&scene, "ann").await, AccountState::Deactivated);
    let other = event(&scene, "ben", 5, "ben", ban());
    assert_eq!(receive(&scene, other).await.value, Reception::Applied);
    let same_moment = event(&scene, "same", 20, "ann", ban());
    assert_eq!(receive(&scene, same_moment).await.value, Reception::Applied);
    assert_eq!(state(&scene, "ann").await, AccountState::Banned);
}

/// An event that finds nothing to change is noted all the same, and holds its place in time.
pub async fn an_event_that_changes_nothing_is_noted(scene: Scene) {
    let unban = event(&scene, "1", 10, "ann", AccountChange::Unban);
    let applied = receive(&scene, unban.clone()).await;
    assert_eq!(applied, Committed::unchanged(Reception::Applied));
    assert_eq!(receive(&scene, unban).await.value, Reception::Repeated);
    let earlier = event(&scene, "2", 9, "ann", ban());
    assert_eq!(receive(&scene, earlier).await.value, Reception::Outdated);
    assert_eq!(scene.head().await.get(), 0);
}
