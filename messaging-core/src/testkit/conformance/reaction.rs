//! Reactions.

use crate::{
    account::AccountChange,
    id::UserId,
    limits::MAX_EMOJI_PER_MESSAGE,
    log::Change,
    message::{Message, ReactError, SetReaction},
    testkit::{Scene, user},
};

/// A message's reactions as plain names.
fn reactions(message: &Message) -> Vec<(&str, Vec<&str>)> {
    let each = message.reactions.iter();
    each.map(|r| {
        (
            r.emoji.as_str(),
            r.user_ids.iter().map(UserId::as_str).collect(),
        )
    })
    .collect()
}

/// Reactions stand in the order of each emoji's first, then of each user's.
pub async fn reactions_stand_in_the_order_they_were_put(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    let message = scene.send(thread, "ann", "hello").await;
    for (name, emoji) in [
        ("cid", "b"),
        ("ben", "a"),
        ("ann", "b"),
        ("cid", "a"),
        ("ben", "b"),
    ] {
        let reacted = scene.react(&message, name, emoji, true).await;
        assert_eq!(reacted.value, scene.message(message.id).await);
    }
    let now = scene.message(message.id).await;
    let expected = [("b", vec!["cid", "ann", "ben"]), ("a", vec!["ben", "cid"])];
    assert_eq!(reactions(&now), expected);
    assert_eq!((now.edited_at, now.content), (None, message.content));
}

/// One that is taken off is gone; only those that stand count for the order.
pub async fn a_reaction_that_comes_again_is_the_newest(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let message = scene.send(thread, "ann", "hello").await;
    for (name, emoji, on) in [
        ("ann", "a", true),
        ("ann", "b", true),
        ("ben", "a", true),
        ("ann", "a", false),
    ] {
        scene.react(&message, name, emoji, on).await;
    }
    let now = scene.message(message.id).await;
    assert_eq!(reactions(&now), [("b", vec!["ann"]), ("a", vec!["ben"])]);
    scene.react(&message, "ann", "a", true).await;
    scene.react(&message, "ann", "b", false).await;
    let now = scene.message(message.id).await;
    assert_eq!(reactions(&now), [("a", vec!["ben", "ann"])]);
}

/// Emoji are told apart by their bytes.
pub async fn emoji_are_told_apart_by_their_bytes(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let message = scene.send(thread, "ann", "hello").await;
    let emoji = [
        "\u{2764}",
        "\u{2764}\u{FE0F}",
        "\u{1F44D}",
        "\u{1F44D}\u{1F3FD}",
        "A",
        "a",
        "'\"%",
    ];
    for one in emoji {
        scene.react(&message, "ben", one, true).await;
    }
    let now = scene.message(message.id).await;
    assert_eq!(reactions(&now), emoji.map(|one| (one, vec!["ben"])));
}

/// A reaction is one entry for those who take part, and moves nothing.
pub async fn a_reaction_is_told_and_moves_nothing(scene: Scene) {
    let thread = scene.group("ann", &["ben", "cid"]).await;
    let message = scene.send(thread, "ann", "hello").await;
    scene.leave(thread, "cid").await;
    let before = scene.thread(thread, "ann").await;
    for on in [true, false] {
        let head = scene.head().await;
        let reacted = scene.react(&message, "ben", "+1", on).await;
        assert_eq!(reacted.position, Some(head.next()));
        let entry = scene.last_entry().await;
        assert_eq!(entry.actor, Some(user("ben")));
        assert_eq!(entry.audience[..], [user("ann"), user("ben")]);
        let expected = reacted.value;
        assert!(matches!(entry.change, Change::MessageReacted { message } if *message == expected));
    }
    assert_eq!(scene.thread(thread, "ann").await, before);
}

/// Putting what stands, or taking off what does not, changes nothing.
pub async fn repeating_a_reaction_changes_nothing(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let message = scene.send(thread, "ann", "hello").await;
    scene.react(&message, "ben", "+1", true).await;
    let (head, before) = (scene.head().await, scene.message(message.id).await);
    for (name, emoji, on) in [
        ("ben", "+1", true),
        ("ann", "+1", false),
        ("ben", "-1", false),
    ] {
        let again = scene.react(&message, name, emoji, on).await;
        assert_eq!((again.position, &again.value), (None, &before));
    }
    assert_eq!(scene.head().await, head);
}

/// Why a reaction is not set, in the order of the port.
pub async fn refusals_to_react_come_in_the_order_of_the_port(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let message = scene.send(thread, "ann", "hello").await;
    let gone = scene.send(thread, "ann", "gone").await;
    scene.react(&gone, "ben", "+1", true).await;
    scene.delete(&gone).await;
    let react = async |message: &Message, name, on| {
        let reaction = scene.new_reaction(message, name, "+1", on);
        scene.store().set_reaction(reaction).await
    };
    let unknown = SetReaction {
        message_id: scene.message_id(),
        ..scene.new_reaction(&message, "ann", "+1", true)
    };
    assert_refused!(
        scene.store().set_reaction(unknown).await,
        ReactError::NoSuchMessage
    );
    assert_refused!(
        react(&message, "cid", true).await,
        ReactError::NoSuchMessage
    );
    assert_refused!(react(&gone, "ben", true).await, ReactError::Deleted);
    assert_refused!(react(&gone, "ben", false).await, ReactError::Deleted);
    for name in ["ben", "cid"] {
        scene.account(name, AccountChange::Deactivate).await;
    }
    assert_refused!(
        react(&message, "cid", true).await,
        ReactError::NoSuchMessage
    );
    assert_refused!(
        react(&message, "ben", true).await,
        ReactError::CallerDisabled
    );
    assert_refused!(react(&gone, "ben", true).await, ReactError::CallerDisabled);
}

/// A message bears so many different emoji and no more; more users of the same ones always.
pub async fn a_message_bears_so_many_different_emoji(scene: Scene) {
    let thread = scene.group("ann", &["ben"]).await;
    let message = scene.send(thread, "ann", "hello").await;
    for number in 0..MAX_EMOJI_PER_MESSAGE {
        scene
            .react(&message, "ann", &format!("e{number}"), true)
            .await;
    }
    let react = async |emoji, on| {
        let reaction = scene.new_reaction(&message, "ben", emoji, on);
        scene.store().set_reaction(reaction).await
    };
    assert_refused!(react("more", true).await, ReactError::TooMany);
    assert!(
        react("more", false).await.is_ok(),
        "taking off what does not stand is no failure"
    );
    assert!(react("e7", true).await.is_ok());
    scene.react(&message, "ann", "e7", false).await;
    assert_refused!(react("more", true).await, ReactError::TooMany);
    scene.react(&message, "ann", "e8", false).await;
    assert!(react("more", true).await.is_ok());
}
