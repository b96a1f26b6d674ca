//! What sessions see of the messages of a round.

use std::time::Duration;

use anyhow::Context;
use tokio::{
    task::JoinSet,
    time::{Instant, timeout_at},
};

use super::{frame::MessageSeen, note::meant_us};
use crate::measure::latency::{Latencies, now_us};

/// The latencies of the messages that one session saw in a round.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// From the moment in which the message was meant to be sent.
    pub(crate) latencies_us: Vec<u32>,
    /// How many came before the round was over.
    pub(crate) in_time: u64,
}

impl Seen {
    /// A message that came now, in a round that is over at `until_us`.
    pub(crate) fn note(&mut self, message: &MessageSeen<'_>, until_us: u64) -> anyhow::Result<()> {
        let now = now_us();
        let latency = now.saturating_sub(meant_us(message)?);
        self.latencies_us
            .push(u32::try_from(latency).unwrap_or(u32::MAX));
        self.in_time += u64::from(now <= until_us);
        Ok(())
    }
}

/// What a round came to.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    /// From when a message was meant to be sent to its acknowledgement.
    pub(crate) to_ack: Latencies,
    /// And to the other's socket.
    pub(crate) to_other: Latencies,
    /// A second, while the round lasted.
    pub(crate) acknowledged: f64,
    /// A second, while the round lasted.
    pub(crate) delivered: f64,
}

impl Exchange {
    /// Of what those saw who sent, and those who were told.
    pub(crate) fn of(to_ack: &[Seen], to_other: &[Seen], duration: Duration) -> Self {
        let seconds = duration.as_secs_f64();
        let (to_ack, acknowledged) = summed(to_ack);
        let (to_other, delivered) = summed(to_other);
        Self {
            to_ack,
            to_other,
            acknowledged: acknowledged / seconds,
            delivered: delivered / seconds,
        }
    }

    /// Messages in all, with those that were still under way when the round was over.
    pub(crate) fn messages(&self) -> u64 {
        self.to_ack.len()
    }
}

/// What the task of a session gives back: its number, itself, and what it saw.
pub(crate) type Done<T> = anyhow::Result<(usize, T, Seen)>;

/// All sessions in the order of their numbers, and what they saw; `what` names what they wait for.
pub(crate) async fn all_seen<T: 'static>(
    tasks: &mut JoinSet<Done<T>>,
    deadline: Instant,
    what: &str,
) -> anyhow::Result<(Vec<T>, Vec<Seen>)> {
    let mut done = Vec::with_capacity(tasks.len());
    while let Some(task) = timeout_at(deadline, tasks.join_next())
        .await
        .with_context(|| format!("{} still wait for {what}", tasks.len()))?
    {
        done.push(task??);
    }
    done.sort_by_key(|(index, ..)| *index);
    Ok(done
        .into_iter()
        .map(|(_, session, seen)| (session, seen))
        .unzip())
}

fn summed(seen: &[Seen]) -> (Latencies, f64) {
    let mut latencies = Latencies::default();
    for seen in seen {
        latencies.extend_us(&seen.latencies_us);
    }
    let in_time: u64 = seen.iter().map(|seen| seen.in_time).sum();
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let in_time = in_time as f64;
    (latencies, in_time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::note::write_text;

    #[test]
    fn rates_count_what_came_in_time_and_latencies_everything() {
        let mut text = String::new();
        write_text(&mut text, now_us());
        let json = serde_json::json!({
            "id": "i", "thread_id": "t", "seq": 1, "content": {"type": "text", "text": text}
        });
        let json = json.to_string();
        let message: MessageSeen<'_> = serde_json::from_str(&json).unwrap();
        let mut seen = Seen::default();
        seen.note(&message, u64::MAX).unwrap();
        seen.note(&message, 0).unwrap();
        let exchange = Exchange::of(&[seen], &[], Duration::from_millis(500));
        assert_eq!(exchange.messages(), 2);
        assert!((exchange.acknowledged - 2.0).abs() < 1e-9);
        assert!(exchange.delivered.abs() < 1e-9);
    }
}
