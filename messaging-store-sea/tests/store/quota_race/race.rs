//! A device that sends until nothing is left to pay with.

use std::sync::atomic::Ordering;

use messaging_core::{
    id::MessageId,
    message::{NewMessage, SendError},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::Round;

/// One of a client's devices.
#[derive(Debug)]
pub(super) struct Sender {
    round: Round,
    /// Which store it sends through; what it repeats goes through the next.
    number: usize,
    dice: StdRng,
}

impl Sender {
    pub(super) fn new(round: Round, number: usize, seed: u64) -> Self {
        Self {
            round,
            number,
            dice: StdRng::seed_from_u64(seed),
        }
    }

    /// Sends one message after the other, each until it is told of it, and gives up when one is
    /// refused though all is paid. Answers what it was told of.
    pub(super) async fn race(mut self) -> Vec<MessageId> {
        let mut sent = Vec::new();
        let mut wish = self.new_wish();
        loop {
            let was_funded = self.round.funded.load(Ordering::SeqCst);
            match self.send(&wish).await {
                Some(id) => {
                    sent.push(id);
                    wish = self.new_wish();
                }
                None if was_funded => return sent,
                None => tokio::task::yield_now().await,
            }
        }
    }

    fn new_wish(&self) -> NewMessage {
        let Round { scene, thread, .. } = &self.round;
        scene.new_paid(*thread, &self.round.client)
    }

    /// Sends it once; or twice at the same time; or gives it up half-way and sends it again.
    async fn send(&mut self, wish: &NewMessage) -> Option<MessageId> {
        match self.dice.random_range(0..4) {
            0 => {
                let (one, other) = tokio::join!(self.call(0, wish), self.call(1, wish));
                if let (Some(one), Some(other)) = (one, other) {
                    assert_eq!(one, other, "sent twice: {wish:?}");
                }
                one.or(other)
            }
            1 => {
                let patience = 1 << self.dice.random_range(0..12);
                tokio::select! {
                    biased;
                    told = self.call(0, wish) => {
                        let again = self.call(1, wish).await;
                        assert!(told.is_none() || told == again, "lost: {wish:?}");
                        again
                    }
                    () = yields(patience) => self.call(1, wish).await,
                }
            }
            _ => self.call(0, wish).await,
        }
    }

    /// One call, with an id of its own as every request has. `None` when nothing pays for it.
    async fn call(&self, offset: usize, wish: &NewMessage) -> Option<MessageId> {
        let Round { scene, stores, .. } = &self.round;
        let store = &stores[(self.number + offset) % stores.len()];
        let call = NewMessage {
            id: scene.message_id(),
            at: scene.now(),
            ..wish.clone()
        };
        match store.append(call).await {
            Ok(sent) => Some(sent.value.message.id),
            Err(SendError::QuotaExhausted(_)) => None,
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Lets others run, so many times.
pub(super) async fn yields(times: u32) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}
