//! Messages that are paid for, and the ledger.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::super::{eur, page, user};
use crate::{
    caller::Role,
    id::{Position, ThreadId},
    log::{Change, Committed},
    message::{NewMessage, SendError},
    quota::{
        Charge, Grant, LedgerAccount, Payment, QuotaChange, QuotaExhausted, QuotaMode, Scope,
        Transfer,
    },
    testkit::Scene,
};

/// Ann and Maya, and their thread.
async fn thread(scene: &Scene) -> ThreadId {
    scene.direct("ann", "maya").await
}

async fn exhausted(scene: &Scene, thread: ThreadId) -> QuotaExhausted {
    match scene.pay(thread, "ann").await {
        Err(SendError::QuotaExhausted(exhausted)) => exhausted,
        other => panic!("expected an exhausted quota, got {other:?}"),
    }
}

async fn last_charge(scene: &Scene) -> Charge {
    match scene.last_entry().await.change {
        Change::QuotaCharged { charge, .. } => (*charge).clone(),
        other => panic!("expected a charge, got {other:?}"),
    }
}

/// Without anything that covers it a message is not sent: nothing is written, and the refusal says
/// what there is.
pub async fn an_uncovered_message_is_refused(scene: Scene) {
    let thread = thread(&scene).await;
    scene.price("maya", 20).await;
    scene.buy("1", "ann", 19).await;
    let before = scene.head().await;
    let QuotaExhausted(quota) = exhausted(&scene, thread).await;
    assert_eq!(quota.creator_id, Some(user("maya")));
    assert_eq!((quota.remaining, quota.price), (0, Some(eur(20))));
    assert_eq!(quota.balance, Some(eur(19)));
    assert_eq!(scene.head().await, before);
    scene.buy("2", "ann", 1).await;
    let sent = scene.pay(thread, "ann").await.unwrap();
    assert_eq!(sent.value.message.seq.get(), 1);
}

/// An unlimited grant goes before all else, and nothing is taken.
pub async fn an_unlimited_grant_takes_nothing(scene: Scene) {
    let thread = thread(&scene).await;
    scene.price("maya", 20).await;
    scene.buy("1", "ann", 100).await;
    scene
        .grant(scene.new_grant("1", "ann", Some("maya"), Some(3)))
        .await;
    scene.grant(scene.new_grant("2", "ann", None, None)).await;
    let sent = scene.pay(thread, "ann").await.unwrap();
    assert_eq!(sent.position, Some(scene.head().await));
    let quota = scene.quota("ann", "maya").await;
    assert_eq!((quota.remaining, quota.balance), (3, Some(eur(100))));
}

/// Counted grants are used the soonest to end first, then one to the creator alone, then the smaller
/// id; when they are used up, credits pay.
pub async fn counted_grants_go_before_credits_the_soonest_to_end_first(scene: Scene) {
    let thread = thread(&scene).await;
    scene.price("maya", 20).await;
    scene.buy("1", "ann", 100).await;
    let ends_at = scene.minutes(60);
    let late = scene.new_grant("late", "ann", Some("maya"), Some(1));
    let grants = [
        Grant {
            ends_at: scene.minutes(61),
            ..late.clone()
        },
        Grant {
            id: "a: to all".to_owned(),
            scope: Scope::All,
            ends_at,
            ..late.clone()
        },
        Grant {
            id: "c: to her".to_owned(),
            ends_at,
            ..late.clone()
        },
        Grant {
            id: "b: to her".to_owned(),
            ends_at,
            ..late.clone()
        },
        Grant {
            id: "soon".to_owned(),
            scope: Scope::All,
            ends_at: scene.minutes(59),
            ..late
        },
    ];
    for grant in grants {
        scene.grant(grant).await;
    }
    for expected in ["soon", "b: to her", "c: to her", "a: to all", "late"] {
        scene.pay(thread, "ann").await.unwrap();
        let grant_id = expected.to_owned();
        assert_eq!(
            last_charge(&scene).await.payment,
            Payment::Grant { grant_id }
        );
    }
    scene.pay(thread, "ann").await.unwrap();
    let price = eur(20);
    assert_eq!(
        last_charge(&scene).await.payment,
        Payment::Credits { price }
    );
    assert_eq!(scene.credits("ann").await, 80);
}

/// Grants that have not begun, are over, or are for another creator cover nothing.
pub async fn a_grant_covers_within_its_time_and_scope(scene: Scene) {
    let thread = thread(&scene).await;
    let to_come = Grant {
        starts_at: scene.minutes(10),
        ..scene.new_grant("1", "ann", None, None)
    };
    let over = Grant {
        ends_at: scene.now(),
        ..scene.new_grant("2", "ann", None, None)
    };
    let other = scene.new_grant("3", "ann", Some("lea"), None);
    let anothers = scene.new_grant("4", "ben", None, None);
    for grant in [to_come, over, other, anothers] {
        scene.grant(grant).await;
    }
    exhausted(&scene, thread).await;
    let in_time = NewMessage {
        at: scene.minutes(10),
        ..scene.new_paid(thread, "ann")
    };
    scene.store().append(in_time).await.unwrap();
    let too_late = NewMessage {
        at: scene.minutes(60),
        ..scene.new_paid(thread, "ann")
    };
    let refused = scene.store().append(too_late).await;
    assert_refused!(refused, SendError::QuotaExhausted(_));
}

/// A charge stands right behind its message in the log, for who paid alone, with what they hold then.
pub async fn a_charge_is_told_behind_its_message(scene: Scene) {
    let thread = thread(&scene).await;
    scene.price("maya", 20).await;
    scene.buy("1", "ann", 50).await;
    let sent = scene.pay(thread, "ann").await.unwrap();
    let entry = scene.last_entry().await;
    assert_eq!(sent.position.map(Position::next), Some(entry.position));
    assert_eq!(*entry.audience, [user("ann")]);
    assert_eq!(entry.actor, Some(user("ann")));
    assert_eq!(entry.change.thread_id(), Some(thread));
    let Change::QuotaCharged { charge, means } = entry.change else {
        panic!("{:?}", entry.change)
    };
    let expected = Charge {
        message_id: sent.value.message.id,
        thread_id: thread,
        user_id: user("ann"),
        creator_id: Some(user("maya")),
        payment: Payment::Credits { price: eur(20) },
    };
    assert_eq!(*charge, expected);
    assert_eq!(means.quota(entry.at), scene.quota("ann", "maya").await);
    assert_eq!(means.balances, [eur(30)]);
    let end = scene.head().await;
    let maya = user("maya");
    let own = scene
        .store()
        .read_log_for(&maya, Position::ZERO, end, 100)
        .await;
    let own = own.unwrap().entries;
    let charged = |change: &Change| matches!(change, Change::QuotaCharged { .. });
    assert!(!own.iter().any(|entry| charged(&entry.change)));
}

/// The same call again is the same message and is charged once; a conflict is charged nothing.
pub async fn a_repeated_call_is_charged_once(scene: Scene) {
    let thread = thread(&scene).await;
    scene
        .grant(scene.new_grant("1", "ann", Some("maya"), Some(1)))
        .await;
    let new = scene.new_paid(thread, "ann");
    scene.store().append(new.clone()).await.unwrap();
    let head = scene.head().await;
    let again = scene.store().append(new.clone()).await.unwrap();
    assert_eq!((again.position, again.value.created), (None, false));
    let other = NewMessage {
        content: super::super::text("other"),
        ..new
    };
    assert_refused!(scene.store().append(other).await, SendError::Conflict);
    assert_eq!(scene.head().await, head);
    exhausted(&scene, thread).await;
}

/// Other refusals go before the quota's, and take nothing.
pub async fn a_refused_message_is_charged_nothing(scene: Scene) {
    let thread = thread(&scene).await;
    scene
        .grant(scene.new_grant("1", "ann", Some("maya"), Some(1)))
        .await;
    let bad_reply = NewMessage {
        reply_to: Some(scene.message_id()),
        ..scene.new_paid(thread, "ann")
    };
    assert_refused!(
        scene.store().append(bad_reply).await,
        SendError::NoSuchReply
    );
    scene.block("maya", "ann").await;
    let refused = scene.pay(thread, "ann").await;
    assert_refused!(refused, SendError::RecipientUnavailable);
    assert_eq!(scene.quota("ann", "maya").await.remaining, 1);
}

/// Who is not to pay writes freely: by the mode, by their role, by the place they have.
pub async fn who_is_not_to_pay_writes_freely(scene: Scene) {
    let thread = thread(&scene).await;
    let free = NewMessage {
        quota: QuotaMode::Off,
        ..scene.new_paid(thread, "ann")
    };
    scene.store().append(free).await.unwrap();
    scene.pay(thread, "maya").await.unwrap();
    let creator = NewMessage {
        sender_role: Role::Creator,
        ..scene.new_paid(thread, "ann")
    };
    scene.store().append(creator).await.unwrap();
    exhausted(&scene, thread).await;
    let changes = scene.log_after(Position::ZERO).await;
    let is_charge = |change: &Change| matches!(change, Change::QuotaCharged { .. });
    assert!(!changes.iter().any(|entry| is_charge(&entry.change)));
}

/// In a group that a client opened, what is good for all creators pays.
pub async fn a_clients_group_is_paid_by_what_is_good_for_all(scene: Scene) {
    let group = scene.group("ann", &["maya"]).await;
    scene
        .grant(scene.new_grant("1", "ann", Some("maya"), None))
        .await;
    scene.buy("1", "ann", 100).await;
    let QuotaExhausted(quota) = exhausted(&scene, group).await;
    assert_eq!((quota.creator_id, quota.price), (None, None));
    scene
        .grant(scene.new_grant("2", "ann", None, Some(1)))
        .await;
    scene.pay(group, "ann").await.unwrap();
    assert_eq!(last_charge(&scene).await.creator_id, None);
    exhausted(&scene, group).await;
}

/// A price of nothing is paid with nothing, and the charge says so.
pub async fn a_price_of_nothing_moves_no_money(scene: Scene) {
    let thread = thread(&scene).await;
    scene.price("maya", 0).await;
    scene.pay(thread, "ann").await.unwrap();
    let price = eur(0);
    assert_eq!(
        last_charge(&scene).await.payment,
        Payment::Credits { price }
    );
    let wallet = LedgerAccount::Wallet(user("ann"));
    let lines = scene.store().list_ledger(&wallet, None, page(10)).await;
    assert!(lines.unwrap().is_empty());
}

/// A halt stops everything, also an unlimited grant.
pub async fn a_halt_stops_every_message(scene: Scene) {
    let thread = thread(&scene).await;
    scene.grant(scene.new_grant("1", "ann", None, None)).await;
    let scope = Scope::Creator(user("maya"));
    let user_id = user("ann");
    scene.change(QuotaChange::Halt { user_id, scope }).await;
    let QuotaExhausted(quota) = exhausted(&scene, thread).await;
    assert!(quota.halted);
    scene
        .grant(scene.new_grant("2", "ann", Some("maya"), Some(1)))
        .await;
    scene.pay(thread, "ann").await.unwrap();
}

/// What is charged is the price that is in force in the transaction, and the ledger keeps it.
pub async fn the_ledger_keeps_what_was_paid(scene: Scene) {
    let thread = thread(&scene).await;
    scene.buy("7", "ann", 100).await;
    scene.price("maya", 20).await;
    let first = scene.pay(thread, "ann").await.unwrap().value.message;
    scene.price("maya", 30).await;
    let second = scene.pay(thread, "ann").await.unwrap().value.message;
    let mut lines = Vec::new();
    let wallet = LedgerAccount::Wallet(user("ann"));
    let mut before = None;
    loop {
        let found = scene.store().list_ledger(&wallet, before, page(1)).await;
        let Some(line) = found.unwrap().into_iter().next() else {
            break;
        };
        before = Some(line.position);
        lines.push((line.transfer, line.amount));
    }
    let expected = [
        (Transfer::Message(second.id), eur(-30)),
        (Transfer::Message(first.id), eur(-20)),
        (Transfer::Purchase("7".to_owned()), eur(100)),
    ];
    assert_eq!(lines, expected);
    let accounts = [
        (wallet, eur(50)),
        (LedgerAccount::Earnings(user("maya")), eur(50)),
        (LedgerAccount::Purchases, eur(-100)),
    ];
    for (account, expected) in accounts {
        let held = scene.store().list_balances(&account).await.unwrap();
        assert_eq!(held, [expected], "{account}");
    }
}

/// Many senders at once: as many succeed as the credits and grants are good for, and not one more.
pub async fn senders_at_once_spend_what_there_is(scene: Scene) {
    let thread = thread(&scene).await;
    scene.price("maya", 10).await;
    scene.buy("1", "ann", 105).await;
    scene
        .grant(scene.new_grant("1", "ann", None, Some(7)))
        .await;
    let sends = (0..64).map(|_| scene.pay(thread, "ann"));
    let outcomes: Vec<Result<Committed<_>, SendError>> = join_all(sends).await;
    let sent = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(sent, 17);
    for outcome in outcomes.into_iter().filter(Result::is_err) {
        assert_refused!(outcome, SendError::QuotaExhausted(_));
    }
    assert_eq!(scene.credits("ann").await, 5);
    let mut charges: BTreeMap<&str, usize> = BTreeMap::new();
    let log = scene.log_after(Position::ZERO).await;
    for entry in &log {
        if let Change::QuotaCharged { charge, .. } = &entry.change {
            let kind = match charge.payment {
                Payment::Grant { .. } => "grant",
                Payment::Credits { .. } => "credits",
            };
            *charges.entry(kind).or_default() += 1;
        }
    }
    assert_eq!(charges, BTreeMap::from([("credits", 10), ("grant", 7)]));
}
