//! Webhooks.

use super::super::page;
use crate::{
    clock::{Clock, Timestamp},
    id::{IdGenerator, Position, WebhookId},
    testkit::{Scene, SeqIds},
    webhook::{
        Attempt, AttemptOutcome, KEPT_ATTEMPTS, MAX_WEBHOOKS, Pending, Progress, Webhook,
        WebhookChange, WebhookError, WebhookSecret, WebhookState,
    },
};

fn secret(byte: u8) -> WebhookSecret {
    WebhookSecret::from_bytes([byte; 32]).unwrap()
}

fn new_webhook(scene: &Scene, ids: &SeqIds) -> Webhook {
    Webhook {
        id: WebhookId::from_uuid(ids.next_uuid()),
        url: "https://example.com/hook?a=b".to_owned(),
        description: "a shop".to_owned(),
        kinds: vec!["messaging.message.sent".to_owned()],
        secret: secret(1),
        former_secret: None,
        state: WebhookState::Active,
        cursor: Position::new(3),
        failing_since: None,
        epoch: 0,
        created_at: scene.now(),
    }
}

async fn added(scene: &Scene) -> Webhook {
    let webhook = new_webhook(scene, &SeqIds::default());
    scene.store().add_webhook(webhook.clone()).await.unwrap();
    webhook
}

async fn lookup(scene: &Scene, id: WebhookId) -> Option<Webhook> {
    let all = scene.store().list_webhooks().await.unwrap();
    all.into_iter().find(|webhook| webhook.id == id)
}

async fn change(scene: &Scene, id: WebhookId, change: WebhookChange) -> Webhook {
    let changed = scene.store().change_webhook(id, change, scene.now()).await;
    let changed = changed.unwrap();
    assert_eq!(lookup(scene, id).await.as_ref(), Some(&changed));
    changed
}

fn pending(position: i64, next_at: Timestamp) -> Pending {
    Pending {
        position: Position::new(position),
        thread_id: None,
        attempts: 2,
        first_at: Some(next_at),
        next_at,
    }
}

fn attempt(position: i64, at: Timestamp) -> Attempt {
    Attempt {
        number: 0,
        position: Position::new(position),
        kind: "messaging.message.sent".to_owned(),
        at,
        duration_ms: 12,
        status: Some(500),
        outcome: AttemptOutcome::Failed,
        error: Some("answered 500".to_owned()),
    }
}

async fn positions(scene: &Scene, id: WebhookId) -> Vec<i64> {
    let pending = scene.store().list_pending(id, 100).await.unwrap();
    pending.iter().map(|one| one.position.get()).collect()
}

async fn record(scene: &Scene, webhook: &Webhook, progress: Progress) -> bool {
    let (id, epoch) = (webhook.id, webhook.epoch);
    let recorded = scene.store().record_progress(id, epoch, progress).await;
    recorded.unwrap()
}

/// A webhook comes back as it was added, among the others by id; there are so many at most.
pub async fn a_webhook_is_kept_as_it_was_added(scene: Scene) {
    let ids = SeqIds::default();
    let mut all = Vec::new();
    for _ in 0..MAX_WEBHOOKS {
        let webhook = new_webhook(&scene, &ids);
        scene.store().add_webhook(webhook.clone()).await.unwrap();
        all.push(webhook);
    }
    all.sort_by_key(|webhook| webhook.id);
    assert_eq!(scene.store().list_webhooks().await.unwrap(), all);
    let refused = scene.store().add_webhook(new_webhook(&scene, &ids)).await;
    assert_refused!(refused, WebhookError::TooMany);
    assert!(scene.store().remove_webhook(all[0].id).await.unwrap());
    let another = new_webhook(&scene, &ids);
    scene.store().add_webhook(another).await.unwrap();
}

/// A change changes what it names, and counts the epoch up.
pub async fn a_change_of_a_webhook_makes_it_another_epoch(scene: Scene) {
    let webhook = added(&scene).await;
    let id = webhook.id;
    let kinds = change(&scene, id, WebhookChange::Kinds(Vec::new())).await;
    assert_eq!((kinds.kinds.len(), kinds.epoch), (0, 1));
    let until = scene.minutes(5);
    let rotate = WebhookChange::Rotate {
        secret: secret(2),
        until,
    };
    let rotated = change(&scene, id, rotate).await;
    assert_eq!(rotated.secret, secret(2));
    assert_eq!(rotated.former_secret, Some((secret(1), until)));
    assert_eq!(rotated.epoch, 2);
    let pause = |reason: &str| WebhookChange::Pause {
        reason: reason.to_owned(),
    };
    let paused = change(&scene, id, pause("first")).await;
    let since = scene.clock().now();
    let reason = "first".to_owned();
    assert_eq!(paused.state, WebhookState::Paused { since, reason });
    let again = change(&scene, id, pause("second")).await;
    assert_eq!(again, paused);
    let resumed = change(&scene, id, WebhookChange::Resume).await;
    assert_eq!((&resumed.state, resumed.epoch), (&WebhookState::Active, 4));
    let nobody = WebhookId::from_uuid(uuid::Uuid::nil());
    let refused = scene
        .store()
        .change_webhook(nobody, WebhookChange::Resume, since);
    assert_refused!(refused.await, WebhookError::NoSuchWebhook);
}

/// What delivering has come to is noted together, for the same epoch alone.
pub async fn progress_is_noted_for_its_epoch_alone(scene: Scene) {
    let webhook = added(&scene).await;
    let at = scene.now();
    let progress = Progress {
        cursor: Position::new(9),
        failing_since: Some(at),
        settled: Vec::new(),
        pending: vec![pending(8, at), pending(5, at)],
        attempts: vec![attempt(5, at), attempt(8, at)],
    };
    assert!(record(&scene, &webhook, progress.clone()).await);
    let noted = lookup(&scene, webhook.id).await.unwrap();
    assert_eq!(
        (noted.cursor, noted.failing_since),
        (Position::new(9), Some(at))
    );
    assert_eq!(noted.epoch, webhook.epoch);
    assert_eq!(positions(&scene, webhook.id).await, [5, 8]);
    change(&scene, webhook.id, WebhookChange::Kinds(Vec::new())).await;
    let later = Progress {
        cursor: Position::new(12),
        settled: vec![Position::new(5)],
        ..progress
    };
    assert!(!record(&scene, &webhook, later).await);
    assert_eq!(positions(&scene, webhook.id).await, [5, 8]);
    let noted = lookup(&scene, webhook.id).await.unwrap();
    assert_eq!(noted.cursor, Position::new(9));
}

/// Pending events are replaced and settled by their positions, and read in their order.
pub async fn pending_events_are_replaced_and_settled(scene: Scene) {
    let webhook = added(&scene).await;
    let (early, late) = (scene.now(), scene.minutes(5));
    let first = Progress {
        pending: vec![pending(4, early), pending(6, early), pending(9, early)],
        ..Progress::default()
    };
    assert!(record(&scene, &webhook, first).await);
    let second = Progress {
        settled: vec![Position::new(6), Position::new(7)],
        pending: vec![pending(9, late)],
        ..Progress::default()
    };
    assert!(record(&scene, &webhook, second).await);
    let found = scene.store().list_pending(webhook.id, 100).await.unwrap();
    assert_eq!(found, [pending(4, early), pending(9, late)]);
    let one = scene.store().list_pending(webhook.id, 1).await.unwrap();
    assert_eq!(one, [pending(4, early)]);
}

/// A resume makes what is pending due; a replay drops it and sets the cursor.
pub async fn a_resume_is_due_and_a_replay_begins_anew(scene: Scene) {
    let webhook = added(&scene).await;
    let late = scene.minutes(90);
    let progress = Progress {
        cursor: Position::new(9),
        failing_since: Some(late),
        pending: vec![pending(4, late), pending(6, late)],
        ..Progress::default()
    };
    assert!(record(&scene, &webhook, progress).await);
    let resumed = change(&scene, webhook.id, WebhookChange::Resume).await;
    assert_eq!(resumed.failing_since, None);
    let due = scene.store().list_pending(webhook.id, 9).await.unwrap();
    let now = scene.clock().now();
    let is_new = |one: &Pending| (one.next_at, one.attempts, one.first_at) == (now, 0, None);
    assert!(due.len() == 2 && due.iter().all(is_new));
    let replay = WebhookChange::Replay(Position::new(2));
    let replayed = change(&scene, webhook.id, replay).await;
    assert_eq!(replayed.cursor, Position::new(2));
    assert!(positions(&scene, webhook.id).await.is_empty());
}

/// Attempts are numbered on, read the newest first in pages, and kept up to so many.
pub async fn attempts_are_numbered_and_the_newest_kept(scene: Scene) {
    let webhook = added(&scene).await;
    let at = scene.now();
    let more = 5;
    let count = KEPT_ATTEMPTS + more;
    let attempts: Vec<Attempt> = (1..=count).map(|number| attempt(number, at)).collect();
    for some in attempts.chunks(300) {
        let progress = Progress {
            attempts: some.to_vec(),
            ..Progress::default()
        };
        assert!(record(&scene, &webhook, progress).await);
    }
    let store = scene.store();
    let newest = store
        .list_attempts(webhook.id, None, page(2))
        .await
        .unwrap();
    let numbers: Vec<i64> = newest.iter().map(|attempt| attempt.number).collect();
    assert_eq!(numbers, [count, count - 1, count - 2]);
    let expected = Attempt {
        number: count,
        ..attempt(count, at)
    };
    assert_eq!(newest[0], expected);
    let oldest = store.list_attempts(webhook.id, Some(more + 2), page(200));
    let oldest: Vec<i64> = oldest.await.unwrap().iter().map(|one| one.number).collect();
    assert_eq!(oldest, [more + 1]);
}

/// One that is removed is gone with all that was noted of it.
pub async fn a_removed_webhook_leaves_nothing(scene: Scene) {
    let webhook = added(&scene).await;
    let at = scene.now();
    let progress = Progress {
        pending: vec![pending(4, at)],
        attempts: vec![attempt(4, at)],
        ..Progress::default()
    };
    assert!(record(&scene, &webhook, progress.clone()).await);
    assert!(scene.store().remove_webhook(webhook.id).await.unwrap());
    assert!(!scene.store().remove_webhook(webhook.id).await.unwrap());
    assert!(!record(&scene, &webhook, progress).await);
    assert_eq!(lookup(&scene, webhook.id).await, None);
    assert!(positions(&scene, webhook.id).await.is_empty());
    let attempts = scene
        .store()
        .list_attempts(webhook.id, None, page(10))
        .await;
    assert!(attempts.unwrap().is_empty());
    assert_eq!(scene.head().await.get(), 0);
}
