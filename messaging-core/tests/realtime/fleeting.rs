//! Typing and presence.

use std::time::Duration;

use messaging_core::{id::ThreadId, limits::Features};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::line::{Line, World};

async fn watching(world: &World, name: &str, thread_id: ThreadId) -> Line {
    let mut line = world.connect(name);
    line.ready().await;
    line.say(
        "thread.subscribe",
        Some("s"),
        json!({ "thread_id": thread_id }),
    )
    .await;
    line.ack().await;
    line
}

#[tokio::test(start_paused = true)]
async fn typing_is_told_once_and_is_over_by_itself() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let ann = watching(&world, "ann", thread_id).await;
    let mut ben = watching(&world, "ben", thread_id).await;
    let data = json!({ "thread_id": thread_id });
    let began = Instant::now();
    ann.say("typing.start", None, data.clone()).await;
    ann.say("typing.start", None, data.clone()).await;
    let active = ben.event_of("typing.active").await;
    assert_eq!(active["data"]["user_id"], "ann");
    assert_eq!(active["data"]["active"], true);
    let over = ben.event_of("typing.active").await;
    assert_eq!(over["data"]["active"], false);
    assert_eq!(began.elapsed().as_secs(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_renewed_start_is_told_again_and_lasts_longer() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let ann = watching(&world, "ann", thread_id).await;
    let mut ben = watching(&world, "ben", thread_id).await;
    let data = json!({ "thread_id": thread_id });
    let began = Instant::now();
    ann.say("typing.start", None, data.clone()).await;
    assert_eq!(ben.event_of("typing.active").await["data"]["active"], true);
    sleep(Duration::from_secs(4)).await;
    ann.say("typing.start", None, data).await;
    assert_eq!(ben.event_of("typing.active").await["data"]["active"], true);
    assert_eq!(ben.event_of("typing.active").await["data"]["active"], false);
    assert_eq!(began.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_message_ends_its_senders_typing() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let ann = watching(&world, "ann", thread_id).await;
    let mut ben = watching(&world, "ben", thread_id).await;
    ann.say("typing.start", None, json!({ "thread_id": thread_id }))
        .await;
    assert_eq!(ben.event_of("typing.active").await["data"]["active"], true);
    ann.send("r", thread_id, "done").await;
    assert_eq!(ben.event_of("typing.active").await["data"]["active"], false);
    assert_eq!(ben.event().await["type"], "message.new");
}

#[tokio::test(start_paused = true)]
async fn typing_that_is_turned_off_does_not_exist() {
    let mut features = Features::default();
    features.typing_indicators = false;
    let world = World::with(|builder| builder.features(features));
    let thread_id = world.thread("ann", "ben").await;
    let mut ann = watching(&world, "ann", thread_id).await;
    ann.say("typing.start", Some("t"), json!({ "thread_id": thread_id }))
        .await;
    assert_eq!(ann.failure().await, "not_found");
}

#[tokio::test(start_paused = true)]
async fn a_reconnect_within_five_seconds_is_no_absence() {
    let world = World::new();
    let thread_id = world.thread("ann", "ben").await;
    let mut ben = watching(&world, "ben", thread_id).await;
    let mut ann = world.connect("ann");
    ann.ready().await;
    assert_eq!(ben.event().await["data"]["status"], "online");

    ann.hang_up();
    sleep(Duration::from_secs(4)).await;
    let mut ann = world.connect("ann");
    ann.ready().await;
    sleep(Duration::from_secs(10)).await;
    ann.say("presence.set", Some("p"), json!({ "status": "away" }))
        .await;
    ann.ack().await;
    let away = ben.event().await;
    assert_eq!(
        away["data"]["status"], "away",
        "nothing was told in between"
    );

    let left = Instant::now();
    ann.hang_up();
    let offline = ben.event().await;
    assert_eq!(offline["data"]["status"], "offline");
    assert_eq!(offline["data"]["last_seen_at"], "2026-11-23T10:00:00.000Z");
    assert_eq!(left.elapsed().as_secs(), 5);
}
