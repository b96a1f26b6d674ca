//! A device that sends until nothing is left to pay with.

use std::{sync::atomic::Ordering, time::Duration};

use serde_json::json;

use super::World;
use crate::support::{Person, id, text};

/// One of the client's devices.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) person: Person,
    pub(super) thread: String,
    pub(super) number: usize,
    pub(super) world: World,
}

impl Device {
    /// Sends until a message is refused though everything has been sold. Answers what was
    /// acknowledged.
    pub(super) async fn race(self) -> Vec<String> {
        let mut sent = Vec::new();
        loop {
            let was_funded = self.world.funded.load(Ordering::SeqCst);
            let wish = json!({
                "thread_id": self.thread,
                "client_id": format!("{}-{}", self.number, sent.len()),
                "content": text("hello"),
            });
            let answer = self
                .world
                .insist(&self.person, "/api/messages", &wish)
                .await;
            let status = answer.status.as_u16();
            if let 200 | 201 = status {
                sent.push(id(&answer.expect(status)).to_owned());
                self.world.progress.fetch_add(1, Ordering::SeqCst);
                let repeated = u64::from(status == 200);
                self.world.repeated.fetch_add(repeated, Ordering::SeqCst);
                continue;
            }
            answer.expect_problem(402, "quota_exhausted");
            if was_funded {
                return sent;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
