//! Grants, prices and halts.

use super::super::{eur, page, user};
use crate::{
    id::Position,
    log::{Change, Committed},
    quota::{Allowance, ChangeQuotaError, Grant, MAX_OPEN_GRANTS, Quota, QuotaChange, Scope},
    testkit::Scene,
};

/// A user of whom nothing was told holds nothing.
pub async fn an_unknown_user_holds_nothing(scene: Scene) {
    let nothing = Quota {
        creator_id: Some(user("maya")),
        unlimited_until: None,
        remaining: 0,
        balance: None,
        balances: Vec::new(),
        price: None,
        halted: false,
    };
    assert_eq!(scene.quota("ann", "maya").await, nothing);
    let grants = scene
        .store()
        .list_grants(&user("ann"), None, page(10))
        .await;
    assert!(grants.unwrap().is_empty());
}

/// What is granted is good for its user and its scope, while it lasts.
pub async fn a_grant_is_good_for_its_scope_and_its_time(scene: Scene) {
    let to_maya = scene.new_grant("1", "ann", Some("maya"), Some(3));
    let to_all = scene.new_grant("2", "ann", None, Some(5));
    let over = Grant {
        ends_at: scene.minutes(0),
        ..scene.new_grant("3", "ann", None, Some(7))
    };
    let to_come = Grant {
        starts_at: scene.minutes(30),
        ..scene.new_grant("4", "ann", None, Some(11))
    };
    for grant in [&to_maya, &to_all, &over, &to_come] {
        scene.grant(grant.clone()).await;
    }
    assert_eq!(scene.quota("ann", "maya").await.remaining, 8);
    assert_eq!(scene.quota("ann", "lea").await.remaining, 5);
    assert_eq!(scene.quota("ben", "maya").await.remaining, 0);
    let open = scene.means("ann", Some("maya")).await.holdings;
    let open: Vec<Grant> = open.into_iter().map(|holding| holding.grant).collect();
    assert_eq!(open, [to_maya, to_all, to_come]);
}

/// Unlimited grants count by the last to end.
pub async fn unlimited_grants_last_until_the_last_ends(scene: Scene) {
    let first = scene.new_grant("1", "ann", Some("maya"), None);
    let last = Grant {
        ends_at: scene.minutes(90),
        ..scene.new_grant("2", "ann", None, None)
    };
    scene.grant(last.clone()).await;
    scene.grant(first).await;
    let quota = scene.quota("ann", "maya").await;
    assert_eq!(quota.unlimited_until, Some(last.ends_at));
}

/// A change is told to its user alone, with what they hold then; a price to nobody.
pub async fn a_change_of_quotas_is_told(scene: Scene) {
    let granted = scene
        .grant(scene.new_grant("1", "ann", Some("maya"), Some(3)))
        .await;
    let entry = scene.last_entry().await;
    assert_eq!(granted.position, Some(entry.position));
    assert_eq!(*entry.audience, [user("ann")]);
    assert_eq!((entry.actor, entry.change.thread_id()), (None, None));
    let Change::QuotaChanged { means } = entry.change else {
        panic!("{:?}", entry.change)
    };
    assert_eq!(means.scope, Scope::Creator(user("maya")));
    assert_eq!(means.quota(entry.at).remaining, 3);
    scene.buy("1", "ann", 500).await;
    let entry = scene.last_entry().await;
    let Change::QuotaChanged { means } = entry.change else {
        panic!("{:?}", entry.change)
    };
    assert_eq!(
        (&means.scope, &*means.balances),
        (&Scope::All, &[eur(500)][..])
    );
    scene.price("maya", 20).await;
    let entry = scene.last_entry().await;
    assert!(entry.audience.is_empty());
    let expected = Change::PriceSet {
        creator_id: user("maya"),
        price: eur(20),
    };
    assert_eq!(entry.change, expected);
}

/// The id of a grant or purchase is a key: the same again changes nothing, other values are refused.
pub async fn a_grant_and_a_purchase_count_once(scene: Scene) {
    let grant = scene.new_grant("1", "ann", Some("maya"), Some(1));
    scene.grant(grant.clone()).await;
    scene.buy("1", "ann", 500).await;
    let thread = scene.direct("ann", "maya").await;
    scene.pay(thread, "ann").await.unwrap();
    let head = scene.head().await;
    // Also when it is used up.
    assert_eq!(scene.grant(grant.clone()).await, Committed::unchanged(()));
    assert_eq!(scene.buy("1", "ann", 500).await, Committed::unchanged(()));
    let others = [
        Grant {
            user_id: user("ben"),
            ..grant.clone()
        },
        Grant {
            allowance: Allowance::Messages(2),
            ..grant.clone()
        },
        Grant {
            scope: Scope::All,
            ..grant
        },
    ];
    for other in others {
        let refused = scene.try_change(QuotaChange::Grant(other)).await;
        assert_refused!(refused, ChangeQuotaError::Conflict(_));
    }
    for (name, amount) in [("ann", 501), ("ben", 500)] {
        let refused = scene
            .try_change(scene.new_purchase("1", name, amount))
            .await;
        assert_refused!(refused, ChangeQuotaError::Conflict(_));
    }
    assert_eq!(scene.head().await, head);
    assert_eq!(scene.quota("ann", "maya").await.remaining, 0);
    assert_eq!(scene.credits("ann").await, 500);
    assert_eq!(scene.credits("ben").await, 0);
}

/// The same grants at once make one.
pub async fn the_same_grant_at_once_counts_once(scene: Scene) {
    let grant = scene.new_grant("1", "ann", None, Some(3));
    let at = scene.now();
    let changes = (0..8).map(|_| {
        let change = QuotaChange::Grant(grant.clone());
        scene.store().change_quota(change, at, at)
    });
    let made = futures_util::future::try_join_all(changes).await.unwrap();
    let appended = made.iter().filter(|made| made.position.is_some());
    assert_eq!(appended.count(), 1);
    assert_eq!(scene.quota("ann", "maya").await.remaining, 3);
}

/// A price is the last that was set; the one it has already changes nothing.
pub async fn a_price_is_replaced(scene: Scene) {
    scene.price("maya", 20).await;
    scene.price("maya", 30).await;
    assert_eq!(scene.price("maya", 30).await, Committed::unchanged(()));
    assert_eq!(scene.quota("ann", "maya").await.price, Some(eur(30)));
    assert_eq!(scene.quota("ann", "lea").await.price, None);
    let euros = scene.means("ann", Some("maya")).await.quota(scene.now());
    assert_eq!(euros.balance, Some(eur(0)));
}

/// A halt holds until something for the same creator, or for all, is granted or bought.
pub async fn a_halt_holds_until_something_new_is_granted(scene: Scene) {
    let halt = |scope: Scope| QuotaChange::Halt {
        user_id: user("ann"),
        scope,
    };
    scene
        .grant(scene.new_grant("1", "ann", None, Some(9)))
        .await;
    scene.change(halt(Scope::Creator(user("maya")))).await;
    let halted = scene.quota("ann", "maya").await;
    assert_eq!((halted.halted, halted.remaining), (true, 0));
    assert_eq!(scene.quota("ann", "lea").await.remaining, 9);
    scene
        .grant(scene.new_grant("2", "ann", Some("lea"), Some(1)))
        .await;
    assert!(scene.quota("ann", "maya").await.halted);
    scene
        .grant(scene.new_grant("3", "ann", Some("maya"), Some(1)))
        .await;
    assert_eq!(scene.quota("ann", "maya").await.remaining, 10);
    scene.change(halt(Scope::All)).await;
    assert!(scene.quota("ann", "maya").await.halted && scene.quota("ann", "lea").await.halted);
    scene
        .grant(scene.new_grant("4", "ann", Some("maya"), Some(1)))
        .await;
    assert!(!scene.quota("ann", "maya").await.halted && scene.quota("ann", "lea").await.halted);
    scene.buy("1", "ann", 5).await;
    assert!(!scene.quota("ann", "lea").await.halted);
}

/// Of a halt and a renewal the later one holds, in whatever order they come.
pub async fn halts_and_renewals_hold_by_when_they_happened(scene: Scene) {
    let (early, middle, late) = (scene.minutes(-9), scene.minutes(-5), scene.minutes(-1));
    let halt = || QuotaChange::Halt {
        user_id: user("ann"),
        scope: Scope::All,
    };
    let (store, now) = (scene.store(), scene.now());
    let grant = scene.new_grant("1", "ann", None, Some(1));
    let granted = store.change_quota(QuotaChange::Grant(grant), middle, now);
    granted.await.unwrap();
    store.change_quota(halt(), early, now).await.unwrap();
    assert!(!scene.quota("ann", "maya").await.halted);
    store.change_quota(halt(), late, now).await.unwrap();
    assert!(scene.quota("ann", "maya").await.halted);
    let again = store.change_quota(halt(), middle, now).await.unwrap();
    assert_eq!(again, Committed::unchanged(()));
    let bought = store.change_quota(scene.new_purchase("1", "ann", 1), early, now);
    bought.await.unwrap();
    assert!(scene.quota("ann", "maya").await.halted);
    let bought = store.change_quota(scene.new_purchase("2", "ann", 1), late, now);
    bought.await.unwrap();
    assert!(!scene.quota("ann", "maya").await.halted);
}

/// All grants are listed in pages, the last to end first.
pub async fn grants_are_listed_by_their_ends(scene: Scene) {
    let (early, late) = (scene.minutes(10), scene.minutes(20));
    let (starts_at, over) = (scene.minutes(-10), scene.minutes(-5));
    for (id, ends_at) in [("b", early), ("a", early), ("c", over), ("d", late)] {
        scene
            .grant(Grant {
                starts_at,
                ends_at,
                ..scene.new_grant(id, "ann", None, Some(1))
            })
            .await;
    }
    scene
        .grant(scene.new_grant("other", "ben", None, None))
        .await;
    let ann = user("ann");
    let mut after = None;
    let mut listed = Vec::new();
    loop {
        let key = after
            .as_ref()
            .map(|(at, id): &(_, String)| (*at, id.as_str()));
        let mut found = scene.store().list_grants(&ann, key, page(1)).await.unwrap();
        let more = found.len() > 1;
        found.truncate(1);
        after = found
            .first()
            .map(|last| (last.grant.ends_at, last.grant.id.clone()));
        listed.extend(found.into_iter().map(|holding| holding.grant.id));
        if !more {
            break;
        }
    }
    assert_eq!(listed, ["d", "b", "a", "c"]);
}

/// A user has so many open grants; one that is over or used up makes room.
pub async fn a_user_has_so_many_open_grants(scene: Scene) {
    for number in 0..MAX_OPEN_GRANTS {
        let grant = scene.new_grant(&number.to_string(), "ann", Some("maya"), Some(1));
        scene.grant(grant).await;
    }
    let one_more = || QuotaChange::Grant(scene.new_grant("more", "ann", None, Some(1)));
    assert_refused!(
        scene.try_change(one_more()).await,
        ChangeQuotaError::TooMany
    );
    scene
        .grant(scene.new_grant("other", "ben", None, Some(1)))
        .await;
    let thread = scene.direct("ann", "maya").await;
    scene.pay(thread, "ann").await.unwrap();
    scene.change(one_more()).await;
}

/// What is refused leaves no trace.
pub async fn a_refused_change_of_quotas_leaves_no_trace(scene: Scene) {
    scene.buy("1", "ann", 5).await;
    let before = scene.log_after(Position::ZERO).await;
    let refused = scene.try_change(scene.new_purchase("1", "ann", 6)).await;
    assert_refused!(refused, ChangeQuotaError::Conflict(_));
    assert_eq!(scene.log_after(Position::ZERO).await, before);
    assert_eq!(scene.credits("ann").await, 5);
}
