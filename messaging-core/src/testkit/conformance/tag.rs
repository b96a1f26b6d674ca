//! Tags.

use crate::{
    limits::MAX_TAGS,
    log::Change,
    tag::{Tag, TagError, TagUpdate},
    testkit::{Scene, page, user},
};

fn renamed(name: &str) -> TagUpdate {
    TagUpdate {
        name: Some(name.to_owned()),
        color: None,
    }
}

async fn tags(scene: &Scene, owner: &str) -> Vec<Tag> {
    scene
        .store()
        .list_tags(&user(owner), None, page(200))
        .await
        .unwrap()
}

/// A new tag is as it was asked for, and on no thread. Nothing is appended.
pub async fn a_new_tag_is_as_it_was_asked_for(scene: Scene) {
    let head = scene.head().await;
    let mut new = scene.new_tag("ann", "Wörk \u{1F600}");
    new.color = Some("#00ff7f".to_owned());
    let tag = scene.store().create_tag(new.clone()).await.unwrap();
    let expected = Tag {
        id: new.id,
        name: new.name,
        color: new.color,
        thread_count: 0,
        created_at: new.at,
    };
    assert_eq!(tag, expected);
    assert_eq!(tags(&scene, "ann").await, [expected]);
    assert_eq!(scene.head().await, head);
}

/// An owner's tags have different names, by their bytes; different owners' need not.
pub async fn an_owners_tags_have_different_names(scene: Scene) {
    let work = scene.tag("ann", "work").await;
    let refused = scene.store().create_tag(scene.new_tag("ann", "work")).await;
    assert_refused!(refused, TagError::NameTaken);
    assert_eq!(tags(&scene, "ann").await, [work]);
    for (owner, name) in [("ben", "work"), ("ann", "Work"), ("ann", "work ")] {
        scene.tag(owner, name).await;
    }
}

/// The same name many times at once makes one tag.
pub async fn the_same_name_at_once_makes_one_tag(scene: Scene) {
    let calls = (0..8).map(|_| {
        let (store, new) = (scene.shared_store(), scene.new_tag("ann", "work"));
        tokio::spawn(async move { store.create_tag(new).await })
    });
    let mut made = 0;
    for call in futures_util::future::join_all(calls).await {
        match call.unwrap() {
            Ok(_) => made += 1,
            refused => assert_refused!(refused, TagError::NameTaken),
        }
    }
    assert_eq!((made, tags(&scene, "ann").await.len()), (1, 1));
}

/// A user has so many tags and no more; a name that is taken is said first.
pub async fn a_user_has_so_many_tags(scene: Scene) {
    for number in 0..MAX_TAGS {
        scene.tag("ann", &format!("tag{number}")).await;
    }
    let refused = scene.store().create_tag(scene.new_tag("ann", "more")).await;
    assert_refused!(refused, TagError::TooMany);
    let refused = scene.store().create_tag(scene.new_tag("ann", "tag7")).await;
    assert_refused!(refused, TagError::NameTaken);
    scene.tag("ben", "more").await;
    let first = tags(&scene, "ann").await.remove(0);
    scene
        .store()
        .delete_tag(&user("ann"), first.id)
        .await
        .unwrap();
    scene.tag("ann", "more").await;
}

/// An update changes what it names, and nothing is appended.
pub async fn an_update_changes_what_it_names(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let tag = scene.tag("ann", "work").await;
    scene.apply("ann", tag.id, thread, true).await;
    let head = scene.head().await;
    let update = async |update| scene.store().update_tag(&user("ann"), tag.id, update).await;
    let colored = |color: Option<&str>| TagUpdate {
        name: None,
        color: Some(color.map(str::to_owned)),
    };
    let shown = |tag: Tag| (tag.name, tag.color, tag.thread_count);
    let red = Some("#ff0000".to_owned());
    let now = update(renamed("play")).await.unwrap();
    assert_eq!(shown(now), ("play".to_owned(), None, 1));
    let now = update(colored(red.as_deref())).await.unwrap();
    assert_eq!(shown(now), ("play".to_owned(), red.clone(), 1));
    let now = update(renamed("rest")).await.unwrap();
    assert_eq!(shown(now), ("rest".to_owned(), red, 1));
    let now = update(colored(None)).await.unwrap();
    assert_eq!(shown(now.clone()), ("rest".to_owned(), None, 1));
    assert_eq!(update(TagUpdate::default()).await.unwrap(), now);
    assert_eq!(tags(&scene, "ann").await, [now]);
    assert_eq!(scene.head().await, head);
}

/// A tag does not take the name of another; its own it may keep.
pub async fn an_update_does_not_take_anothers_name(scene: Scene) {
    let work = scene.tag("ann", "work").await;
    scene.tag("ann", "play").await;
    scene.tag("ben", "rest").await;
    let update = async |name| {
        scene
            .store()
            .update_tag(&user("ann"), work.id, renamed(name))
            .await
    };
    assert_refused!(update("play").await, TagError::NameTaken);
    assert_eq!(tags(&scene, "ann").await[0], work);
    assert_eq!(update("work").await.unwrap(), work);
    assert_eq!(update("rest").await.unwrap().name, "rest");
}

/// Another's tag does not exist, whatever is asked of it.
pub async fn anothers_tag_does_not_exist(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let tag = scene.tag("ann", "work").await;
    scene.tag("ben", "play").await;
    let (store, ben) = (scene.store(), user("ben"));
    for id in [tag.id, scene.tag_id()] {
        for name in ["x", "play"] {
            let refused = store.update_tag(&ben, id, renamed(name)).await;
            assert_refused!(refused, TagError::NoSuchTag);
        }
        assert_refused!(store.delete_tag(&ben, id).await, TagError::NoSuchTag);
        for place in [thread, scene.thread_id()] {
            let refused = store.apply_tag(&ben, id, place, true, scene.now()).await;
            assert_refused!(refused, TagError::NoSuchTag);
        }
    }
    assert_eq!(tags(&scene, "ann").await, [tag]);
    assert_eq!(tags(&scene, "ben").await.len(), 1);
}

/// A deleted tag comes off every thread, and its name is free. Nothing is appended.
pub async fn a_deleted_tag_comes_off_every_thread(scene: Scene) {
    let threads = [
        scene.direct("ann", "ben").await,
        scene.direct("ann", "cid").await,
    ];
    let tag = scene.tag("ann", "work").await;
    let other = scene.tag("ann", "play").await;
    for thread in threads {
        scene.apply("ann", tag.id, thread, true).await;
        scene.apply("ann", other.id, thread, true).await;
    }
    let head = scene.head().await;
    scene
        .store()
        .delete_tag(&user("ann"), tag.id)
        .await
        .unwrap();
    for thread in threads {
        assert_eq!(scene.thread(thread, "ann").await.tags, [other.id]);
    }
    assert_eq!(scene.head().await, head);
    let again = scene.store().delete_tag(&user("ann"), tag.id).await;
    assert_refused!(again, TagError::NoSuchTag);
    assert_eq!(scene.tag("ann", "work").await.thread_count, 0);
}

/// A tag is put on threads and taken off; only its owner sees it, in the order of ids.
pub async fn a_tag_is_seen_by_its_owner_alone(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let elsewhere = scene.direct("ann", "cid").await;
    let (first, second) = (scene.tag("ann", "z").await, scene.tag("ann", "a").await);
    let before = scene.thread(thread, "ben").await;
    scene.apply("ann", second.id, thread, true).await;
    assert_eq!(
        scene
            .apply("ann", first.id, thread, true)
            .await
            .value
            .thread_count,
        1
    );
    assert_eq!(
        scene
            .apply("ann", first.id, elsewhere, true)
            .await
            .value
            .thread_count,
        2
    );
    assert_eq!(
        scene.thread(thread, "ann").await.tags,
        [first.id, second.id]
    );
    assert_eq!(scene.thread(thread, "ben").await, before);
    assert_eq!(
        scene
            .apply("ann", first.id, thread, false)
            .await
            .value
            .thread_count,
        1
    );
    assert_eq!(scene.thread(thread, "ann").await.tags, [second.id]);
    let counts: Vec<i64> = tags(&scene, "ann")
        .await
        .iter()
        .map(|tag| tag.thread_count)
        .collect();
    assert_eq!(counts, [1, 1]);
}

/// Putting a tag on or off is one entry for its owner alone, and no activity; repeating it is none.
pub async fn applying_is_told_to_the_owner_once(scene: Scene) {
    let thread = scene.direct("ann", "ben").await;
    let tag = scene.tag("ann", "work").await;
    let before = scene.thread(thread, "ann").await;
    for applied in [true, false] {
        let head = scene.head().await;
        let changed = scene.apply("ann", tag.id, thread, applied).await;
        assert_eq!(changed.position, Some(head.next()));
        let entry = scene.last_entry().await;
        assert_eq!(entry.actor, Some(user("ann")));
        assert_eq!(entry.change, Change::ThreadSettings { thread_id: thread });
        assert_eq!(entry.audience[..], [user("ann")]);
        let again = scene.apply("ann", tag.id, thread, applied).await;
        assert_eq!((again.position, again.value), (None, changed.value));
        assert_eq!(scene.head().await, head.next());
    }
    assert_eq!(scene.thread(thread, "ann").await, before);
}

/// A tag goes on threads that its owner takes part in only.
pub async fn a_tag_goes_on_the_owners_threads_only(scene: Scene) {
    let foreign = scene.direct("ben", "cid").await;
    let tag = scene.tag("ann", "work").await;
    for thread in [foreign, scene.thread_id()] {
        for applied in [true, false] {
            let at = scene.now();
            let store = scene.store();
            let refused = store
                .apply_tag(&user("ann"), tag.id, thread, applied, at)
                .await;
            assert_refused!(refused, TagError::NoSuchThread);
        }
    }
}

/// Tags are listed by id, in pages that go on after a key, also one that is gone.
pub async fn tags_are_listed_by_id_in_pages(scene: Scene) {
    let mut made = Vec::new();
    for name in ["e", "d", "c", "b", "a"] {
        made.push(scene.tag("ann", name).await);
        scene.tag("ben", name).await;
    }
    let list = async |after, size| {
        let listed = scene
            .store()
            .list_tags(&user("ann"), after, page(size))
            .await;
        listed.unwrap()
    };
    assert_eq!(list(None, 2).await, made[..3]);
    assert_eq!(list(Some(made[1].id), 2).await, made[2..]);
    scene
        .store()
        .delete_tag(&user("ann"), made[1].id)
        .await
        .unwrap();
    assert_eq!(list(Some(made[1].id), 1).await, made[2..4]);
    assert!(list(Some(made[4].id), 1).await.is_empty());
}
