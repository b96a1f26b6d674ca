//! One call of everything that a store does, so that every statement is made.

use std::sync::Arc;

use messaging_core::{
    account::AccountChange,
    clock::Timestamp,
    id::{Position, Seq, TagId, ThreadId, WebhookId},
    message::{Message, SeqRange},
    page::PageSize,
    platform::{EventKey, PlatformChange, PlatformEvent},
    quota::{LedgerAccount, QuotaChange, Scope},
    receipt::Marker,
    tag::TagUpdate,
    testkit::{Scene, user},
    thread::{ThreadChange, ThreadFilter, ThreadKey, ThreadSettings},
    webhook::{
        Attempt, AttemptOutcome, Pending, Progress, Webhook, WebhookChange, WebhookSecret,
        WebhookState,
    },
};

use crate::SeaStore;

/// Calls every method of the store's ports, the lists with every filter, order and cursor.
pub(super) async fn take(url: &str) {
    let scene = open(url).await;
    let thread = threads(&scene).await;
    scene.store().close().await;
    // Another store has nothing in its memory: it reads what it changes.
    let scene = open(url).await;
    let message = messages(&scene, thread).await;
    let tag = tags(&scene, thread).await;
    people(&scene).await;
    quotas(&scene, thread).await;
    webhooks(&scene).await;
    sweeps(&scene).await;
    read_threads(&scene, thread, tag).await;
    read_messages(&scene, thread, &message).await;
    read_lists_and_log(&scene, tag).await;
    scene.store().close().await;
}

async fn open(url: &str) -> Scene {
    Scene::new(Arc::new(SeaStore::connect(url).await.unwrap()))
}

async fn threads(scene: &Scene) -> ThreadId {
    let direct = scene.direct("ann", "ben").await;
    assert_eq!(scene.direct("ben", "ann").await, direct);
    let group = scene.group("ann", &["ben"]).await;
    scene.add(group, "ann", "cleo").await;
    scene.leave(group, "cleo").await;
    scene.add(group, "ann", "cleo").await;
    let settings = ThreadSettings {
        pinned: Some(true),
        ..ThreadSettings::default()
    };
    scene.keep(group, "ann", settings).await;
    let change = ThreadChange {
        title: Some(Some("paint".to_owned())),
        metadata: None,
    };
    let (store, ann) = (scene.store(), user("ann"));
    let updated = store.update_thread(group, &ann, change, scene.now());
    updated.await.unwrap();
    direct
}

async fn messages(scene: &Scene, thread: ThreadId) -> Message {
    let first = scene.send(thread, "ann", "hello").await;
    let second = scene.send(thread, "ann", "good-bye").await;
    scene.edit(&first, "hello!").await;
    scene.react(&first, "ben", "👍", true).await;
    scene.react(&first, "ben", "👍", false).await;
    scene.react(&first, "ben", "👍", true).await;
    scene.delete(&second).await;
    scene.mark(thread, "ben", Marker::Read, 1).await;
    first
}

async fn tags(scene: &Scene, thread: ThreadId) -> TagId {
    let (store, ann) = (scene.store(), user("ann"));
    let tag = scene.tag("ann", "urgent").await;
    let update = TagUpdate {
        name: Some("later".to_owned()),
        color: None,
    };
    store.update_tag(&ann, tag.id, update).await.unwrap();
    scene.apply("ann", tag.id, thread, true).await;
    scene.apply("ann", tag.id, thread, false).await;
    scene.apply("ann", tag.id, thread, true).await;
    let gone = scene.tag("ann", "gone").await;
    store.delete_tag(&ann, gone.id).await.unwrap();
    tag.id
}

async fn people(scene: &Scene) {
    let (store, ann) = (scene.store(), user("ann"));
    scene.block("ann", "dora").await;
    store.remove_block(&ann, &user("dora")).await.unwrap();
    scene.block("ann", "dora").await;
    scene.ban("dora").await;
    scene.account("dora", AccountChange::Unban).await;
    for id in ["1", "2"] {
        let key = EventKey {
            source: "/safety".to_owned(),
            id: id.to_owned(),
        };
        let event = PlatformEvent {
            key,
            happened_at: scene.now(),
            change: PlatformChange::Account {
                user_id: user("dora"),
                change: AccountChange::Deactivate,
            },
        };
        store.receive(event, scene.now()).await.unwrap();
    }
    store.lookup_account(&ann).await.unwrap();
}

async fn quotas(scene: &Scene, thread: ThreadId) {
    scene.price("ben", 20).await;
    scene.buy("1", "ann", 50).await;
    let counted = scene.new_grant("1", "ann", Some("ben"), Some(1));
    scene.grant(counted).await;
    scene.pay(thread, "ann").await.unwrap();
    scene.pay(thread, "ann").await.unwrap();
    let store = scene.store();
    let (user_id, scope) = (user("ann"), Scope::All);
    let halt = QuotaChange::Halt { user_id, scope };
    scene.change(halt).await;
    scene.quota("ann", "ben").await;
    let (ann, size) = (user("ann"), PageSize::default());
    for after in [None, Some((scene.minutes(90), "2"))] {
        let grants = store.list_grants(&ann, after, size).await.unwrap();
        assert_eq!(grants.len(), 1);
    }
    let wallet = LedgerAccount::Wallet(ann);
    assert_eq!(store.list_balances(&wallet).await.unwrap().len(), 1);
    let lines = store.list_ledger(&wallet, None, size).await.unwrap();
    assert_eq!(lines.len(), 2);
}

/// All sides of a sweep: threads of both kinds, steps that are not the last.
async fn sweeps(scene: &Scene) {
    let (store, ann) = (scene.store(), user("ann"));
    for change in [AccountChange::Deactivate, AccountChange::Reactivate] {
        scene.account("ann", change).await;
        assert_eq!(store.list_sweeps(None, 10).await.unwrap().len(), 2);
        while store
            .sweep_threads(&ann, 1, scene.now())
            .await
            .unwrap()
            .value
        {}
    }
}

async fn webhooks(scene: &Scene) {
    let (store, now) = (scene.store(), scene.now());
    let taken = store.take_lease("job", "one", scene.minutes(1), now).await;
    assert!(taken.unwrap());
    let secret = WebhookSecret::from_bytes([1; 32]).unwrap();
    let webhook = Webhook {
        id: WebhookId::from_uuid(scene.thread_id().as_uuid()),
        url: "https://example.com".to_owned(),
        description: String::new(),
        kinds: Vec::new(),
        secret,
        former_secret: None,
        state: WebhookState::Active,
        cursor: Position::ZERO,
        failing_since: None,
        epoch: 0,
        created_at: now,
    };
    store.add_webhook(webhook.clone()).await.unwrap();
    let pending = |position| Pending {
        position: Position::new(position),
        thread_id: None,
        attempts: 1,
        first_at: Some(now),
        next_at: now,
    };
    let attempt = Attempt {
        number: 0,
        position: Position::new(1),
        kind: "messaging.message.sent".to_owned(),
        at: now,
        duration_ms: 1,
        status: Some(500),
        outcome: AttemptOutcome::Failed,
        error: None,
    };
    for settled in [Vec::new(), vec![Position::new(3)]] {
        let progress = Progress {
            settled,
            pending: vec![pending(1), pending(2)],
            attempts: vec![attempt.clone(); 600],
            ..Progress::default()
        };
        let recorded = store.record_progress(webhook.id, 0, progress).await;
        assert!(recorded.unwrap());
    }
    store.list_pending(webhook.id, 100).await.unwrap();
    let size = PageSize::default();
    let attempts = store.list_attempts(webhook.id, None, size).await;
    assert_eq!(attempts.unwrap().len(), 51);
    for change in [WebhookChange::Resume, WebhookChange::Replay(Position::ZERO)] {
        let changed = store.change_webhook(webhook.id, change, now).await;
        changed.unwrap();
    }
    assert!(store.remove_webhook(webhook.id).await.unwrap());
}

async fn read_threads(scene: &Scene, thread: ThreadId, tag: TagId) {
    let (store, ann) = (scene.store(), user("ann"));
    scene.thread(thread, "ann").await;
    let viewers = [ann.clone(), user("ben")];
    store.lookup_thread_for(thread, &viewers).await.unwrap();
    let after = ThreadKey {
        pinned: false,
        activity: scene.head().await,
    };
    for archived in [None, Some(false), Some(true)] {
        for tag in [None, Some(tag)] {
            for unread in [false, true] {
                let filter = ThreadFilter {
                    archived,
                    tag,
                    unread,
                };
                for after in [None, Some(after)] {
                    let listed = store.list_threads(&ann, filter, after, PageSize::default());
                    listed.await.unwrap();
                }
            }
        }
    }
}

async fn read_messages(scene: &Scene, thread: ThreadId, message: &Message) {
    let (store, ann) = (scene.store(), user("ann"));
    scene.message(message.id).await;
    let seen = store.lookup_message_for(message.id, &ann).await.unwrap();
    assert!(seen.is_some());
    let ranges = [
        SeqRange::Before(None),
        SeqRange::Before(Some(message.seq.next())),
        SeqRange::After(Seq::ZERO),
    ];
    for range in ranges {
        let listed = store.list_messages(thread, &ann, range, PageSize::default());
        assert!(!listed.await.unwrap().unwrap().is_empty());
    }
    let beyond = SeqRange::After(Seq::new(1000));
    let listed = store.list_messages(thread, &ann, beyond, PageSize::default());
    assert!(listed.await.unwrap().is_some());
}

async fn read_lists_and_log(scene: &Scene, tag: TagId) {
    let (store, ann) = (scene.store(), user("ann"));
    let size = PageSize::default();
    for after in [None, Some(tag)] {
        store.list_tags(&ann, after, size).await.unwrap();
    }
    for after in [None, Some(&user("ben"))] {
        store.list_blocks(&ann, after, size).await.unwrap();
    }
    store.check_health().await.unwrap();
    let head = store.log_bounds().await.unwrap().head;
    store.read_log(Position::ZERO, 1_000).await.unwrap();
    let own = store.read_log_for(&ann, Position::ZERO, head, 200).await;
    assert!(!own.unwrap().entries.is_empty());
    let before = Timestamp::from_millis(scene.now().as_millis());
    let pruned = store.prune_log(before.unwrap(), 5).await;
    assert_eq!(pruned.unwrap(), 5);
}
