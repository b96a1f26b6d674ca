//! What a device does at random.

use std::time::Duration;

use http::Method;
use rand::RngExt;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    device::{Command, Device},
    memory::{Known, Sent},
};
use crate::support::{Session, text};

impl Device {
    /// Does one thing at random. `None` when the session is over.
    pub(super) async fn act(&mut self, session: &mut Session) -> Option<()> {
        match self.dice.random_range(0..100) {
            0..45 => {
                let index = self.compose();
                self.send(session, index).await
            }
            45..50 => {
                let index = self.compose();
                self.send_over_rest(index).await;
                Some(())
            }
            50..55 => self.send_again(session).await,
            55..70 => self.edit(session).await,
            70..73 => self.delete(session).await,
            73..88 => self.react(session).await,
            _ => self.read(session).await,
        }
    }

    async fn post(
        &mut self,
        session: &mut Session,
        kind: &str,
        data: Value,
        command: Command,
    ) -> Option<()> {
        let posted = session.try_post(kind, data).await.ok();
        // A command may have left before the connection broke: it counts as under way too.
        let reference = posted.clone().unwrap_or_else(|| "lost".to_owned());
        self.under_way.insert(reference, command);
        posted.map(|_| ())
    }

    fn compose(&mut self) -> usize {
        let thread = self.threads[self.dice.random_range(0..self.threads.len())].clone();
        let client_id = format!("{}/{}", self.name, self.memory.sent.len());
        let words = format!("{client_id} says {}", self.dice.random::<u32>());
        self.memory.sent.push(Sent {
            thread,
            client_id,
            settled: words.clone(),
            words,
            ..Sent::default()
        });
        self.memory.sent.len() - 1
    }

    /// Sends a message, or sends it again.
    pub(super) async fn send(&mut self, session: &mut Session, index: usize) -> Option<()> {
        let sent = &mut self.memory.sent[index];
        sent.busy = true;
        let wish = sent.wish();
        self.post(session, "message.send", wish, Command::Send(index))
            .await
    }

    /// Sends by the other door. What is not answered is sent again with the next session.
    async fn send_over_rest(&mut self, index: usize) {
        let wish = self.memory.sent[index].wish();
        let asked = self
            .person
            .try_ask(Method::POST, "/api/messages", Some(&wish));
        if let Ok(Some(answer)) = timeout(Duration::from_secs(10), asked).await {
            self.memory.sent[index].settle_place(&answer.expect(201));
        }
    }

    /// Retries what was acknowledged already, as a client whose notes were lost would.
    async fn send_again(&mut self, session: &mut Session) -> Option<()> {
        let Some(index) = self.pick_own() else {
            return Some(());
        };
        self.send(session, index).await
    }

    async fn edit(&mut self, session: &mut Session) -> Option<()> {
        let Some(index) = self.pick_own() else {
            return Some(());
        };
        let words = format!("edited to {}", self.dice.random::<u32>());
        let sent = &mut self.memory.sent[index];
        sent.busy = true;
        sent.unsettled.push(words.clone());
        let id = &sent.place.as_ref().unwrap().0;
        let wish = json!({ "message_id": id, "content": text(&words) });
        self.post(session, "message.edit", wish, Command::Edit(index, words))
            .await
    }

    async fn delete(&mut self, session: &mut Session) -> Option<()> {
        let Some(index) = self.pick_own() else {
            return Some(());
        };
        let sent = &mut self.memory.sent[index];
        sent.busy = true;
        sent.deleted = Known::Maybe;
        let wish = json!({ "message_id": sent.place.as_ref().unwrap().0 });
        self.post(session, "message.delete", wish, Command::Delete(index))
            .await
    }

    /// One of the device's own messages that may be changed.
    fn pick_own(&mut self) -> Option<usize> {
        let count = self.memory.sent.len();
        let index = self.dice.random_range(0..count.max(1));
        let sent = self.memory.sent.get(index)?;
        let free = sent.place.is_some() && !sent.busy && sent.deleted == Known::No;
        free.then_some(index)
    }

    async fn react(&mut self, session: &mut Session) -> Option<()> {
        let thread = self.threads[self.dice.random_range(0..self.threads.len())].clone();
        let head = self.memory.heads.get(&thread).copied().unwrap_or_default();
        let seq = self.dice.random_range(0..=head);
        let Some(id) = self.memory.places.get(&(thread, seq)).cloned() else {
            return Some(());
        };
        let reaction = self.memory.reactions.entry(id.clone()).or_default();
        if reaction.busy {
            return Some(());
        }
        reaction.busy = true;
        let on = self.dice.random_bool(0.7);
        let wish = json!({ "message_id": id, "emoji": self.name, "remove": !on });
        self.post(session, "message.react", wish, Command::React(id, on))
            .await
    }

    async fn read(&mut self, session: &mut Session) -> Option<()> {
        let thread = self.threads[self.dice.random_range(0..self.threads.len())].clone();
        let Some(seq) = self.memory.heads.get(&thread).copied() else {
            return Some(());
        };
        let wish = json!({ "thread_id": thread, "seq": seq });
        self.post(session, "message.mark_read", wish, Command::Read(thread))
            .await
    }
}
