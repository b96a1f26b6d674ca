//! Deliveries in virtual time, to endpoints that a test plays.

#![expect(clippy::unwrap_used, reason = "a test's helper may fail the test")]

mod stage;
mod world;

use std::time::Duration;

use messaging_core::{
    id::Position,
    webhook::{AttemptOutcome, WebhookState},
};
use messaging_webhooks::{Answer, SendFailure};
use tokio::time::{Instant, sleep};

use stage::answer;
use world::World;

const GOOD: &str = "https://good.example/";
const BAD: &str = "https://bad.example/";
const SENT: &str = "messaging.message.sent";

#[tokio::test(start_paused = true)]
async fn events_of_a_thread_come_in_order_and_of_the_types_asked_for() {
    let mut world = World::new();
    let webhook = world.add(GOOD, &[SENT]).await;
    world.start();
    let threads = [world.thread("maya").await, world.thread("lea").await];
    let mut expected: [Vec<i64>; 2] = Default::default();
    for number in 0..60 {
        let one = number % 2;
        expected[one].push(world.send(threads[one]).await);
    }
    let taken = world.stage.wait_for(GOOD, 60).await;
    for of_thread in expected {
        let seen: Vec<i64> = taken
            .iter()
            .copied()
            .filter(|id| of_thread.contains(id))
            .collect();
        assert_eq!(seen, of_thread);
    }
    world.stop().await;
    let head = world.messaging.store().log_bounds().await.unwrap().head;
    assert_eq!(world.lookup(webhook).await.cursor, head);
}

#[tokio::test(start_paused = true)]
async fn a_dead_and_a_slow_endpoint_delay_no_other() {
    let mut world = World::new();
    let dead = "https://dead.example/";
    let slow = "https://slow.example/";
    for url in [dead, slow, GOOD] {
        world.add(url, &[SENT]).await;
    }
    world.stage.play(dead, |_| Err(SendFailure::Timeout));
    world
        .stage
        .played()
        .pace
        .insert(dead.to_owned(), Duration::from_secs(15));
    world
        .stage
        .played()
        .pace
        .insert(slow.to_owned(), Duration::from_secs(10));
    world.start();
    let thread = world.thread("maya").await;
    let begun = Instant::now();
    for _ in 0..20 {
        world.send(thread).await;
    }
    world.stage.wait_for(GOOD, 20).await;
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    // The slow one gets them all the same, one after another.
    assert!(world.stage.taken(slow).len() < 20);
    world.stage.wait_for(slow, 20).await;
    assert!(world.stage.taken(dead).is_empty());
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_event_holds_up_its_own_thread_alone() {
    let mut world = World::new();
    let webhook = world.add(BAD, &[SENT]).await;
    world.start();
    let (one, other) = (world.thread("maya").await, world.thread("lea").await);
    let first = world.send(one).await;
    let mut refusals = 3;
    world.stage.play(BAD, move |delivery| {
        if delivery.id == first.to_string() && refusals > 0 {
            refusals -= 1;
            return answer(500);
        }
        answer(200)
    });
    let second = world.send(one).await;
    let others = [world.send(other).await, world.send(other).await];
    let taken = world.stage.wait_for(BAD, 4).await;
    assert_eq!(taken[..2], others);
    assert_eq!(taken[2..], [first, second]);
    world.stop().await;
    let outcomes = world.outcomes(webhook).await;
    let failed = outcomes
        .iter()
        .filter(|one| **one == AttemptOutcome::Failed);
    assert_eq!(failed.count(), 3);
    let webhook = world.lookup(webhook).await;
    assert_eq!(webhook.failing_since, None);
}

#[tokio::test(start_paused = true)]
async fn what_failed_before_a_crash_is_tried_again_after_it_in_order() {
    let mut world = World::new();
    world.add(BAD, &[SENT]).await;
    world.stage.play(BAD, |_| answer(503));
    world.start();
    let thread = world.thread("maya").await;
    let mut expected = Vec::new();
    for _ in 0..3 {
        expected.push(world.send(thread).await);
    }
    sleep(Duration::from_secs(3)).await;
    world.kill().await;
    for _ in 0..3 {
        expected.push(world.send(thread).await);
    }
    world.stage.play(BAD, |_| answer(200));
    world.start();
    let mut taken = world.stage.wait_for(BAD, 6).await;
    // At least once: one may have come twice.
    taken.dedup();
    assert_eq!(taken, expected);
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_has_failed_for_three_days_is_paused_and_loses_nothing() {
    let mut world = World::patient();
    let webhook = world.add(BAD, &[SENT]).await;
    world
        .stage
        .play(BAD, |_| Err(SendFailure::Connect("refused".to_owned())));
    world.start();
    let thread = world.thread("maya").await;
    let first = world.send(thread).await;
    sleep(Duration::from_hours(48)).await;
    assert_eq!(world.lookup(webhook).await.state, WebhookState::Active);
    sleep(Duration::from_hours(36)).await;
    let paused = world.lookup(webhook).await;
    let WebhookState::Paused { reason, .. } = &paused.state else {
        panic!("{paused:?}")
    };
    assert!(
        reason.starts_with("nothing could be delivered since"),
        "{reason}"
    );
    let outcomes = world.outcomes(webhook).await;
    assert!((10..30).contains(&outcomes.len()), "{}", outcomes.len());
    assert!(outcomes.iter().all(|one| *one == AttemptOutcome::Failed));
    let second = world.send(thread).await;
    world.stage.play(BAD, |_| answer(200));
    sleep(Duration::from_hours(24)).await;
    assert!(world.stage.taken(BAD).is_empty());
    world.messaging.webhooks().resume(webhook).await.unwrap();
    assert_eq!(world.stage.wait_for(BAD, 2).await, [first, second]);
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_event_that_alone_is_refused_for_three_days_is_given_up() {
    let mut world = World::patient();
    let webhook = world.add(BAD, &[SENT]).await;
    world.start();
    let (one, other) = (world.thread("maya").await, world.thread("lea").await);
    let poison = world.send(one).await;
    let behind = world.send(one).await;
    world.stage.play(BAD, move |delivery| {
        let is_poison = delivery.id == poison.to_string();
        answer(if is_poison { 500 } else { 200 })
    });
    sleep(Duration::from_hours(1)).await;
    let fine = world.send(other).await;
    assert_eq!(world.stage.wait_for(BAD, 1).await, [fine]);
    assert_eq!(world.stage.wait_for(BAD, 2).await, [fine, behind]);
    world.stop().await;
    let outcomes = world.outcomes(webhook).await;
    assert!(outcomes.contains(&AttemptOutcome::GaveUp), "{outcomes:?}");
    assert_eq!(world.lookup(webhook).await.state, WebhookState::Active);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_is_gone_is_paused_at_once() {
    let mut world = World::new();
    let webhook = world.add(BAD, &[SENT]).await;
    world.stage.play(BAD, |_| answer(410));
    world.start();
    let thread = world.thread("maya").await;
    world.send(thread).await;
    sleep(Duration::from_secs(5)).await;
    let paused = world.lookup(webhook).await;
    assert!(
        matches!(&paused.state, WebhookState::Paused { reason, .. } if reason == "it answered 410 Gone"),
        "{paused:?}"
    );
    assert_eq!(world.outcomes(webhook).await, [AttemptOutcome::Failed]);
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_left_alone_as_long_as_it_asks() {
    let mut world = World::new();
    world.add(BAD, &[SENT]).await;
    let mut is_first = true;
    world.stage.play(BAD, move |_| {
        let status = if is_first { 429 } else { 200 };
        is_first = false;
        Ok(Answer {
            status,
            retry_after: Some(Duration::from_mins(50)),
        })
    });
    world.start();
    let thread = world.thread("maya").await;
    let begun = Instant::now();
    world.send(thread).await;
    world.stage.wait_for(BAD, 1).await;
    assert!(begun.elapsed() >= Duration::from_mins(50));
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_replay_tells_everything_after_a_position_again() {
    let mut world = World::new();
    let webhook = world.add(GOOD, &[SENT]).await;
    world.start();
    let thread = world.thread("maya").await;
    let mut sent = Vec::new();
    for _ in 0..5 {
        sent.push(world.send(thread).await);
    }
    world.stage.wait_for(GOOD, 5).await;
    let after = Position::new(sent[1]);
    let webhooks = world.messaging.webhooks();
    webhooks.replay(webhook, after).await.unwrap();
    let taken = world.stage.wait_for(GOOD, 8).await;
    assert_eq!(taken[5..], sent[2..]);
    let beyond = Position::new(10_000);
    assert!(webhooks.replay(webhook, beyond).await.is_err());
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn another_process_takes_over_from_one_that_died() {
    let mut world = World::new();
    world.add(GOOD, &[SENT]).await;
    world.start();
    let thread = world.thread("maya").await;
    world.send(thread).await;
    world.stage.wait_for(GOOD, 1).await;
    let first = world.dispatching.take();
    // The second one waits while the first one lives.
    world.start();
    sleep(Duration::from_mins(1)).await;
    world.send(thread).await;
    world.stage.wait_for(GOOD, 2).await;
    sleep(Duration::from_mins(1)).await;
    assert_eq!(world.stage.taken(GOOD).len(), 2);
    let (_stop, task) = first.unwrap();
    task.abort();
    let _ = task.await;
    world.send(thread).await;
    let begun = Instant::now();
    let taken = world.stage.wait_for(GOOD, 3).await;
    assert!(
        begun.elapsed() <= Duration::from_secs(17),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(taken.len(), 3);
    world.stop().await;
}
