//! Blocks.

use crate::testkit::{Scene, page, user};

async fn blocked(scene: &Scene, name: &str, after: Option<&str>, size: u32) -> Vec<String> {
    let after = after.map(user);
    let listed = scene
        .store()
        .list_blocks(&user(name), after.as_ref(), page(size))
        .await;
    listed
        .unwrap()
        .into_iter()
        .map(|block| block.user_id.to_string())
        .collect()
}

/// A block is one way and its setter's own; the log does not hold it.
pub async fn a_block_is_one_way_and_in_no_log(scene: Scene) {
    let head = scene.head().await;
    scene.block("ann", "ben").await;
    assert_eq!(blocked(&scene, "ann", None, 10).await, ["ben"]);
    assert!(blocked(&scene, "ben", None, 10).await.is_empty());
    scene
        .store()
        .remove_block(&user("ann"), &user("ben"))
        .await
        .unwrap();
    assert!(blocked(&scene, "ann", None, 10).await.is_empty());
    assert_eq!(scene.head().await, head);
}

/// Setting a block again changes nothing: the first time stands. Once lifted, it begins anew.
pub async fn the_first_time_of_a_block_stands(scene: Scene) {
    let (ann, ben) = (user("ann"), user("ben"));
    let since = async || {
        scene
            .store()
            .list_blocks(&ann, None, page(10))
            .await
            .unwrap()[0]
            .created_at
    };
    let (first, second, third) = (scene.now(), scene.now(), scene.now());
    scene.store().add_block(&ann, &ben, first).await.unwrap();
    scene.store().add_block(&ann, &ben, second).await.unwrap();
    assert_eq!(since().await, first);
    scene.store().remove_block(&ann, &ben).await.unwrap();
    scene.store().add_block(&ann, &ben, third).await.unwrap();
    assert_eq!(since().await, third);
}

/// Lifting what is not set changes nothing.
pub async fn lifting_no_block_changes_nothing(scene: Scene) {
    scene.block("ann", "ben").await;
    for (name, other) in [("ann", "cid"), ("ben", "ann"), ("dan", "eve")] {
        scene
            .store()
            .remove_block(&user(name), &user(other))
            .await
            .unwrap();
    }
    assert_eq!(blocked(&scene, "ann", None, 10).await, ["ben"]);
}

/// Blocks are listed by the bytes of the blocked user's id, in pages.
pub async fn blocks_are_listed_by_bytes_in_pages(scene: Scene) {
    for name in ["b", "a", "B", "_", "a-b", "A", "10", "9", "a.b", "@", "aa"] {
        scene.block("ann", name).await;
    }
    let expected = ["10", "9", "@", "A", "B", "_", "a", "a-b", "a.b", "aa", "b"];
    assert_eq!(blocked(&scene, "ann", None, 50).await, expected);
    assert_eq!(blocked(&scene, "ann", None, 3).await, expected[..4]);
    assert_eq!(blocked(&scene, "ann", Some("A"), 3).await, expected[4..8]);
    assert_eq!(blocked(&scene, "ann", Some("aZ"), 3).await, expected[9..]);
    scene
        .store()
        .remove_block(&user("ann"), &user("a"))
        .await
        .unwrap();
    assert_eq!(blocked(&scene, "ann", Some("a"), 1).await, expected[7..9]);
    assert!(blocked(&scene, "ann", Some("b"), 3).await.is_empty());
}
