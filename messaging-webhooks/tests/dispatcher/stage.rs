//! Endpoints that a test plays, and the time that it plays in.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use messaging_core::{
    Messaging,
    clock::{Clock, Timestamp},
};
use messaging_webhooks::{Answer, Delivery, SendFailure, Sender};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, timeout},
};

/// Tells the runtime's time, which moves on when everything waits.
#[derive(Debug)]
pub(crate) struct RuntimeClock(pub(crate) Instant);

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        let begin = Timestamp::from_millis(1_800_000_000_000).unwrap();
        begin.after(self.0.elapsed())
    }
}

/// What an endpoint does with a delivery.
pub(crate) type Play = Box<dyn FnMut(&Delivery) -> Result<Answer, SendFailure> + Send>;

#[derive(Default)]
pub(crate) struct Played {
    pub(crate) plays: HashMap<String, Play>,
    /// How long each takes.
    pub(crate) pace: HashMap<String, Duration>,
    /// What each has taken, in order: event ids, and when.
    pub(crate) taken: BTreeMap<String, Vec<(i64, Timestamp)>>,
}

/// Endpoints that a test plays. One without a play takes everything.
#[derive(Clone, Default)]
pub(crate) struct Stage {
    played: Arc<Mutex<Played>>,
    changed: Arc<Notify>,
    pub(crate) clock: Arc<Mutex<Option<Messaging>>>,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stage")
    }
}

impl Stage {
    pub(crate) fn played(&self) -> MutexGuard<'_, Played> {
        self.played.lock().unwrap()
    }

    pub(crate) fn play(
        &self,
        url: &str,
        play: impl FnMut(&Delivery) -> Result<Answer, SendFailure> + Send + 'static,
    ) {
        self.played().plays.insert(url.to_owned(), Box::new(play));
    }

    pub(crate) fn taken(&self, url: &str) -> Vec<i64> {
        let played = self.played();
        let taken = played.taken.get(url);
        taken.map_or(Vec::new(), |taken| {
            taken.iter().map(|(id, _)| *id).collect()
        })
    }

    /// Waits until an endpoint has taken so many.
    pub(crate) async fn wait_for(&self, url: &str, count: usize) -> Vec<i64> {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                let taken = self.taken(url);
                if taken.len() >= count {
                    return taken;
                }
                changed.await;
            }
        };
        let taken = timeout(Duration::from_hours(24 * 30), waiting).await;
        taken.unwrap_or_else(|_| panic!("{url} has taken {:?}", self.taken(url)))
    }
}

#[async_trait]
impl Sender for Stage {
    async fn send(&self, delivery: Delivery) -> Result<Answer, SendFailure> {
        let pace = self.played().pace.get(&delivery.url).copied();
        sleep(pace.unwrap_or(Duration::from_millis(5))).await;
        let answer = match self.played().plays.get_mut(&delivery.url) {
            Some(play) => play(&delivery),
            None => answer(200),
        };
        if matches!(answer, Ok(Answer { status: 200, .. })) {
            let now = self.clock.lock().unwrap().as_ref().unwrap().clock().now();
            let id = delivery.id.parse().unwrap();
            let mut played = self.played();
            let taken = played.taken.entry(delivery.url).or_default();
            taken.push((id, now));
        }
        self.changed.notify_waiters();
        answer
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is what an endpoint plays")]
pub(crate) fn answer(status: u16) -> Result<Answer, SendFailure> {
    Ok(Answer {
        status,
        retry_after: None,
    })
}
