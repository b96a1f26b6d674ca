//! Changing a thread for everyone, and keeping it one's own way.

use crate::{
    account::AccountChange,
    log::Change,
    testkit::{Scene, archived, muted, pinned, user},
    thread::{ArchiveReason, Metadata, ThreadChange, ThreadSettings, UpdateThreadError},
};

fn titled(title: &str) -> ThreadChange {
    ThreadChange {
        title: Some(Some(title.to_owned())),
        metadata: None,
    }
}

/// Title and metadata change for everyone, each by itself; a title can be taken away.
pub async fn title_and_metadata_change_each_by_itself(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let metadata = serde_json::json!({"a": [1, {"b": null}]})
        .as_object()
        .cloned()
        .unwrap();
    let other = Metadata::new();
    let changes = [
        (titled("one"), Some("one"), &other),
        (
            ThreadChange {
                title: None,
                metadata: Some(metadata.clone()),
            },
            Some("one"),
            &metadata,
        ),
        (
            ThreadChange {
                title: Some(None),
                metadata: None,
            },
            None,
            &metadata,
        ),
        (
            ThreadChange {
                title: Some(Some("two".to_owned())),
                metadata: Some(other.clone()),
            },
            Some("two"),
            &other,
        ),
    ];
    for (change, title, metadata) in changes {
        let at = scene.now();
        let updated = scene
            .store()
            .update_thread(thread, &user("ben"), change, at)
            .await;
        assert!(updated.unwrap().position.is_some());
        for viewer in ["ann", "ben"] {
            let seen = scene.thread(thread, viewer).await;
            assert_eq!(seen.title.as_deref(), title);
            assert_eq!(seen.metadata, *metadata);
            assert_eq!(seen.updated_at, at);
        }
    }
}

/// A change of the thread is one entry for its participants, and no activity. It is appended also
/// when the values are the old ones.
pub async fn a_change_of_the_thread_is_told_and_moves_nothing(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    scene.leave(thread, "cid").await;
    let before = scene.thread(thread, "ben").await;
    for _ in 0..2 {
        let (head, at) = (scene.head().await, scene.now());
        let updated = scene
            .store()
            .update_thread(thread, &user("ann"), titled("x"), at)
            .await;
        assert_eq!(updated.unwrap().position, Some(head.next()));
        let entry = scene.last_entry().await;
        assert_eq!((entry.position, entry.at), (head.next(), at));
        assert_eq!(entry.actor, Some(user("ann")));
        assert_eq!(entry.change, Change::ThreadUpdated { thread_id: thread });
        assert_eq!(entry.audience[..], [user("ann"), user("ben")]);
    }
    assert_eq!(scene.thread(thread, "ben").await.activity, before.activity);
}

/// Only one who takes part changes a thread, and only while not banned or deactivated.
pub async fn strangers_and_disabled_users_change_no_thread(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    scene.leave(thread, "cid").await;
    for name in ["ann", "dan", "cid"] {
        scene.account(name, AccountChange::Deactivate).await;
    }
    let before = scene.thread(thread, "ben").await;
    let head = scene.head().await;
    let update = async |thread, name| {
        let at = scene.now();
        scene
            .store()
            .update_thread(thread, &user(name), titled("x"), at)
            .await
    };
    assert_refused!(update(thread, "dan").await, UpdateThreadError::NoSuchThread);
    assert_refused!(update(thread, "cid").await, UpdateThreadError::NoSuchThread);
    assert_refused!(
        update(scene.thread_id(), "ben").await,
        UpdateThreadError::NoSuchThread
    );
    assert_refused!(
        update(thread, "ann").await,
        UpdateThreadError::CallerDisabled
    );
    assert_eq!(scene.thread(thread, "ben").await, before);
    assert_eq!(scene.head().await, head);
}

/// Archived, muted and pinned are each participant's own, and change each by itself.
pub async fn settings_are_each_participants_own(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let before = scene.thread(thread, "ben").await;
    let kept = async || {
        let seen = scene.thread(thread, "ann").await;
        (seen.archived, seen.muted, seen.pinned)
    };
    scene.keep(thread, "ann", muted(true)).await;
    assert_eq!(kept().await, (false, true, false));
    scene.keep(thread, "ann", archived(true)).await;
    scene.keep(thread, "ann", pinned(true)).await;
    assert_eq!(kept().await, (true, true, true));
    let two = ThreadSettings {
        archived: Some(false),
        muted: Some(false),
        pinned: None,
    };
    scene.keep(thread, "ann", two).await;
    assert_eq!(kept().await, (false, false, true));
    assert_eq!(scene.thread(thread, "ben").await, before);
}

/// A change of settings is one entry for its user alone; it is no activity and no update.
pub async fn a_change_of_settings_is_told_to_its_user_alone(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let before = scene.thread(thread, "ann").await;
    let head = scene.head().await;
    let kept = scene.keep(thread, "ann", muted(true)).await;
    assert_eq!(kept.position, Some(head.next()));
    let entry = scene.last_entry().await;
    assert_eq!(entry.actor, Some(user("ann")));
    assert_eq!(entry.change, Change::ThreadSettings { thread_id: thread });
    assert_eq!(entry.audience[..], [user("ann")]);
    let after = scene.thread(thread, "ann").await;
    assert_eq!(
        (after.activity, after.updated_at),
        (before.activity, before.updated_at)
    );
}

/// Putting a thread away is told with its reason, also when other settings change with it; whatever
/// else changes while it is away, and taking it back, is told as any setting.
pub async fn putting_a_thread_away_is_told_with_its_reason(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let gone = Change::ThreadArchived {
        thread_id: thread,
        user_id: user("ann"),
        reason: ArchiveReason::User,
    };
    let settings = || Change::ThreadSettings { thread_id: thread };
    let both = ThreadSettings {
        muted: Some(true),
        ..archived(true)
    };
    for (wish, told) in [
        (archived(true), gone.clone()),
        (pinned(true), settings()),
        (archived(false), settings()),
        (both, gone),
    ] {
        let head = scene.head().await;
        let kept = scene.keep(thread, "ann", wish).await;
        assert_eq!(kept.position, Some(head.next()));
        let entry = scene.last_entry().await;
        assert_eq!((entry.position, entry.change), (head.next(), told));
        assert_eq!(entry.actor, Some(user("ann")));
        assert_eq!(entry.audience[..], [user("ann")]);
    }
}

/// Settings that are so already change nothing and append nothing.
pub async fn settings_that_are_so_already_append_nothing(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    scene.keep(thread, "ann", pinned(true)).await;
    let head = scene.head().await;
    let as_it_is = ThreadSettings {
        archived: Some(false),
        muted: None,
        pinned: Some(true),
    };
    for settings in [as_it_is, ThreadSettings::default(), pinned(true)] {
        assert_eq!(scene.keep(thread, "ann", settings).await.position, None);
    }
    assert_eq!(scene.head().await, head);
}

/// Settings are for those who take part; their account is not asked.
pub async fn settings_are_for_those_who_take_part(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    scene.leave(thread, "cid").await;
    for (thread_id, name) in [(thread, "dan"), (thread, "cid"), (scene.thread_id(), "ann")] {
        let at = scene.now();
        let refused = scene
            .store()
            .set_thread_settings(thread_id, &user(name), muted(true), at)
            .await;
        assert_refused!(refused, UpdateThreadError::NoSuchThread);
    }
    scene.ban("ann").await;
    scene.keep(thread, "ann", muted(true)).await;
    assert!(scene.thread(thread, "ann").await.muted);
}

/// Muted and pinned stay through whatever is written; so does a tag.
pub async fn muted_and_pinned_stay_through_messages(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let tag = scene.tag("ann", "work").await;
    scene.apply("ann", tag.id, thread, true).await;
    scene.keep(thread, "ann", muted(true)).await;
    scene.keep(thread, "ann", pinned(true)).await;
    scene.send(thread, "ben", "hello").await;
    scene.send(thread, "ann", "hello").await;
    let seen = scene.thread(thread, "ann").await;
    assert!(seen.muted && seen.pinned);
    assert_eq!(seen.tags, [tag.id]);
}
