//! Opening threads, and who sees them.

use std::time::Duration;

use futures_util::future::join_all;

use crate::{
    account::{AccountChange, Ban},
    caller::Role,
    id::Seq,
    log::Change,
    testkit::{Scene, user},
    thread::{CreateThreadError, NewThread, ThreadFilter, ThreadKind},
};

/// A new thread is as it was asked for, with everything at its beginning.
pub async fn a_new_thread_is_as_it_was_asked_for(scene: Scene) {
    let metadata = serde_json::json!({"order": {"id": 7, "tags": ["a", null, 0.5]}, "Ä": "\"'"});
    let new = NewThread {
        title: Some("Ünïcödé \u{1F600}".to_owned()),
        metadata: metadata.as_object().cloned().unwrap(),
        ..scene.new_direct("ben", "ann")
    };
    let opened = scene.store().open_thread(new.clone()).await.unwrap();
    assert!(opened.value.created);
    let thread = opened.value.thread;
    assert_eq!((thread.id, thread.kind), (new.id, ThreadKind::Direct));
    assert_eq!(
        (&thread.title, &thread.metadata),
        (&new.title, &new.metadata)
    );
    assert_eq!(thread.created_by, user("ben"));
    assert_eq!((thread.created_at, thread.updated_at), (new.at, new.at));
    assert_eq!(
        (thread.last_seq, thread.last_message.as_ref()),
        (Seq::ZERO, None)
    );
    assert_eq!(thread.unread_count, 0);
    assert!(!thread.archived && !thread.muted && !thread.pinned);
    assert!(thread.tags.is_empty());
    let [ann, ben] = &thread.participants[..] else {
        panic!("two participants: {:?}", thread.participants);
    };
    assert_eq!((&ann.user_id, ann.role), (&user("ann"), Role::Creator));
    assert_eq!((&ben.user_id, ben.role), (&user("ben"), Role::Client));
    assert_eq!(
        (ann.joined_at, ann.delivered_seq, ann.read_seq),
        (new.at, Seq::ZERO, Seq::ZERO)
    );
    assert_eq!(scene.thread(new.id, "ben").await, thread);
    assert_eq!(
        scene.thread(new.id, "ann").await,
        thread,
        "nothing differs for the other yet"
    );
}

/// Opening appends one entry, for all participants; its position is everyone's first activity.
pub async fn opening_is_the_first_activity(scene: Scene) {
    let head = scene.head().await;
    let new = scene.new_group("cid", &["ann", "ben"]);
    let opened = scene.store().open_thread(new.clone()).await.unwrap();
    assert_eq!(opened.position, Some(head.next()));
    let entry = scene.last_entry().await;
    assert_eq!((entry.position, entry.at), (head.next(), new.at));
    assert_eq!(entry.actor, Some(user("cid")));
    assert_eq!(entry.change, Change::ThreadCreated { thread_id: new.id });
    assert_eq!(entry.audience[..], [user("ann"), user("ben"), user("cid")]);
    for name in ["ann", "ben", "cid"] {
        assert_eq!(scene.thread(new.id, name).await.activity, head.next());
    }
}

/// A pair has one direct thread, whoever opens it, in whatever roles and with whatever title.
pub async fn a_pair_has_one_direct_thread(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    scene.send(thread, "ben", "hello").await;
    let head = scene.head().await;
    let (before, seen_by_ben) = (
        scene.thread(thread, "ann").await,
        scene.thread(thread, "ben").await,
    );
    let again = NewThread {
        title: Some("another".to_owned()),
        participants: vec![(user("ann"), Role::Admin), (user("ben"), Role::Admin)],
        ..scene.new_direct("ann", "ben")
    };
    for (new, seen) in [
        (again, before),
        (scene.new_direct("ben", "ann"), seen_by_ben),
    ] {
        let found = scene.store().open_thread(new.clone()).await.unwrap();
        assert!(!found.value.created);
        assert_eq!(found.position, None);
        assert_eq!(found.value.thread, seen, "as its opener sees it");
        let opener = new.created_by;
        assert_eq!(
            scene.store().lookup_thread(new.id, &opener).await.unwrap(),
            None
        );
    }
    assert_eq!(scene.head().await, head);
}

/// When both sides open the thread at the same moment, one creates it and the other finds it.
pub async fn both_sides_opening_at_once_get_one_thread(scene: Scene) {
    for round in 0..5 {
        let (one, other) = (format!("ann{round}"), format!("ben{round}"));
        let head = scene.head().await;
        let calls = (0..8).map(|call| {
            let new = if call % 2 == 0 {
                scene.new_direct(&one, &other)
            } else {
                scene.new_direct(&other, &one)
            };
            let store = scene.shared_store();
            tokio::spawn(async move { store.open_thread(new).await.unwrap() })
        });
        let answers: Vec<_> = join_all(calls)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        let created: Vec<_> = answers
            .iter()
            .filter(|answer| answer.value.created)
            .collect();
        assert_eq!(created.len(), 1);
        assert_eq!(created[0].position, Some(head.next()));
        for answer in &answers {
            assert_eq!(answer.value.thread.id, created[0].value.thread.id);
            assert_eq!(answer.position.is_some(), answer.value.created);
        }
        assert_eq!(scene.head().await, head.next());
    }
}

/// Pairs whose ids look alike when they are put together are different pairs.
pub async fn pairs_that_look_alike_are_different(scene: Scene) {
    let pairs = [
        ("a", "b:c"),
        ("a:b", "c"),
        ("a", "b.c"),
        ("A", "b:c"),
        ("a", "b:C"),
        ("a:b:", "c"),
    ];
    let mut threads = Vec::new();
    for (one, other) in pairs {
        threads.push(scene.direct(one, other).await);
    }
    threads.sort_unstable();
    threads.dedup();
    assert_eq!(threads.len(), pairs.len());
}

/// Groups are as many as are opened, of the same two people too, beside their direct thread.
pub async fn groups_are_not_unique(scene: Scene) {
    let direct = scene.direct("ann", "ben").await;
    let group = scene.group("ann", &["ben"]).await;
    let another = scene.group("ann", &["ben"]).await;
    let all = ThreadFilter::default();
    assert_eq!(scene.threads("ben", all).await, [another, group, direct]);
    assert_eq!(scene.direct("ben", "ann").await, direct);
}

/// Finding a direct thread is not refused because of accounts or blocks.
pub async fn finding_asks_neither_accounts_nor_blocks(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    scene.block("ben", "ann").await;
    scene.block("ann", "ben").await;
    scene.ban("ann").await;
    scene.account("ben", AccountChange::Deactivate).await;
    assert_eq!(scene.direct("ann", "ben").await, thread);
    assert_eq!(scene.direct("ben", "ann").await, thread);
}

/// A banned or deactivated user opens nothing, as long as it lasts.
pub async fn a_disabled_user_opens_nothing(scene: Scene) {
    let until = scene.now().after(Duration::from_mins(1));
    let ban = Ban {
        reason: "spam".to_owned(),
        until: Some(until),
    };
    scene.account("ann", AccountChange::Ban(ban)).await;
    scene.account("ben", AccountChange::Deactivate).await;
    let store = scene.store();
    for new in [
        scene.new_direct("ann", "cid"),
        scene.new_group("ben", &["cid", "dan"]),
    ] {
        assert_refused!(
            store.open_thread(new).await,
            CreateThreadError::CallerDisabled
        );
    }
    let new = scene.new_direct("ann", "ben");
    let refused = store.open_thread(new).await;
    assert_refused!(refused, CreateThreadError::CallerDisabled);
    let at_the_end = NewThread {
        at: until,
        ..scene.new_direct("ann", "cid")
    };
    assert!(
        store.open_thread(at_the_end).await.is_ok(),
        "a ban ends by itself"
    );
}

/// No thread is opened with one who is banned, deactivated, or has blocked the opener. That the
/// opener has blocked another stops nothing.
pub async fn nothing_is_opened_with_one_who_is_unavailable(scene: Scene) {
    scene.ban("banned").await;
    scene.account("gone", AccountChange::Deactivate).await;
    scene.block("blocker", "ann").await;
    let store = scene.store();
    for name in ["banned", "gone", "blocker"] {
        for new in [
            scene.new_direct("ann", name),
            scene.new_group("ann", &["ben", name]),
        ] {
            let refused = store.open_thread(new).await;
            assert_refused!(refused, CreateThreadError::RecipientUnavailable);
        }
    }
    scene.block("ann", "cid").await;
    scene.block("cid", "ben").await;
    scene.direct("ann", "cid").await;
    scene.group("ann", &["ben", "cid"]).await;
}

/// A refused opening leaves no trace; the pair's thread is opened when the reason is gone.
pub async fn a_refused_opening_leaves_no_trace(scene: Scene) {
    scene.ban("ben").await;
    let head = scene.head().await;
    let new = scene.new_direct("ann", "ben");
    let refused = scene.store().open_thread(new.clone()).await;
    assert_refused!(refused, CreateThreadError::RecipientUnavailable);
    assert_eq!(scene.head().await, head);
    assert_eq!(
        scene
            .store()
            .lookup_thread(new.id, &user("ann"))
            .await
            .unwrap(),
        None
    );
    assert!(
        scene
            .threads("ann", ThreadFilter::default())
            .await
            .is_empty()
    );
    scene.account("ben", AccountChange::Unban).await;
    let opened = scene.store().open_thread(new).await.unwrap();
    assert!(opened.value.created);
}
