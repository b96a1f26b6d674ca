//! One device of one person: what it does at random, and how it comes back.

use std::{collections::HashMap, sync::atomic::Ordering, time::Duration};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::Value;
use tokio::time::timeout;

use super::{
    World,
    cast::Cast,
    memory::{Known, Memory, Sent, text_of},
};
use crate::support::{Person, Session};

/// How many commands may be under way at once.
const UNDER_WAY: usize = 8;

/// A command whose answer has not come yet.
#[derive(Debug)]
pub(super) enum Command {
    Send(usize),
    Edit(usize, String),
    Delete(usize),
    React(String, bool),
    Read(String),
}

/// A device with its memory.
#[derive(Debug)]
pub(super) struct Device {
    pub(super) person: Person,
    pub(super) name: String,
    pub(super) memory: Memory,
    /// The session at the end of its life.
    pub(super) session: Option<Session>,
    pub(super) threads: Vec<String>,
    pub(super) cursor: String,
    pub(super) under_way: HashMap<String, Command>,
    pub(super) dice: StdRng,
    pub(super) world: World,
}

impl Device {
    pub(super) fn new(number: usize, seed: u64, cast: &Cast, world: World) -> Self {
        let person = cast.people[number % cast.people.len()].clone();
        Self {
            name: format!("{}/{number}", person.id),
            threads: cast.threads_of(&person),
            person,
            memory: Memory::default(),
            session: None,
            cursor: cast.start.clone(),
            under_way: HashMap::new(),
            dice: StdRng::seed_from_u64(seed.wrapping_mul(1000) + number as u64),
            world,
        }
    }

    /// Comes and goes until it is told to stop and everything it sent is acknowledged.
    pub(super) async fn live(mut self) -> Self {
        loop {
            let Some(mut session) = self.connect().await else {
                continue;
            };
            if self.visit(&mut session).await {
                self.session = Some(session);
                return self;
            }
            self.lose_answers();
        }
    }

    async fn connect(&mut self) -> Option<Session> {
        let nodes = self.world.nodes.borrow().clone();
        self.person.address = nodes[self.dice.random_range(0..nodes.len())];
        let (address, token) = (self.person.address, &self.person.token);
        let opening = Session::try_open(address, token, Some(&self.cursor));
        if let Ok(Ok(session)) = timeout(Duration::from_secs(10), opening).await {
            assert_eq!(session.ready["data"]["resumed"], true, "{}", session.ready);
            return Some(session);
        }
        // As a client does while the server is away.
        tokio::time::sleep(Duration::from_millis(30)).await;
        None
    }

    /// One session. Answers whether there is nothing left to do at all.
    async fn visit(&mut self, session: &mut Session) -> bool {
        let unanswered = |sent: &Sent| sent.place.is_none();
        for index in 0..self.memory.sent.len() {
            if unanswered(&self.memory.sent[index]) && self.send(session, index).await.is_none() {
                return false;
            }
        }
        let mut patience = self.dice.random_range(10..200);
        loop {
            let stopping = *self.world.stopping.borrow();
            if stopping && self.under_way.is_empty() {
                return !self.memory.sent.iter().any(unanswered);
            }
            if !stopping && patience == 0 {
                return false;
            }
            patience = u32::saturating_sub(patience, 1);
            let may_act = !stopping && self.under_way.len() < UNDER_WAY;
            let acted = if may_act && self.dice.random_bool(0.5) {
                self.act(session).await
            } else {
                self.listen(session).await
            };
            if acted.is_none() {
                return false;
            }
        }
    }

    /// Takes one frame in, if one comes soon. `None` when the session is over.
    async fn listen(&mut self, session: &mut Session) -> Option<()> {
        match timeout(Duration::from_millis(50), session.try_next()).await {
            Ok(Ok(frame)) => {
                self.hear(&frame);
                Some(())
            }
            Ok(Err(_)) => None,
            Err(_) => Some(()),
        }
    }

    /// Takes a frame in.
    pub(super) fn hear(&mut self, frame: &Value) {
        let kind = text_of(&frame["type"]);
        match kind.as_str() {
            "ack" => {
                let command = self.under_way.remove(frame["ref"].as_str().unwrap());
                self.acknowledged(&command.unwrap(), frame);
                self.world.progress.fetch_add(1, Ordering::Relaxed);
            }
            "error" => {
                let command = frame["ref"].as_str().and_then(|r| self.under_way.remove(r));
                self.refused(command, &frame["error"]);
            }
            _ => {
                let cursor = frame["cursor"].as_str();
                let cursor = cursor.unwrap_or_else(|| panic!("not expected: {frame}"));
                self.witness(cursor, &kind, &frame["data"]);
            }
        }
    }

    fn witness(&mut self, cursor: &str, kind: &str, data: &Value) {
        cursor.clone_into(&mut self.cursor);
        self.memory.witness(cursor, kind, data);
    }

    fn acknowledged(&mut self, command: &Command, ack: &Value) {
        let data = &ack["data"];
        let stands_for = match command {
            Command::Send(index) => {
                let sent = &mut self.memory.sent[*index];
                sent.settle_place(&data["message"]);
                sent.busy = false;
                "message.new"
            }
            Command::Edit(index, words) => {
                let sent = &mut self.memory.sent[*index];
                sent.settled.clone_from(words);
                sent.unsettled.retain(|other| other != words);
                sent.busy = false;
                "message.edited"
            }
            Command::Delete(index) => {
                self.memory.sent[*index].deleted = Known::Yes;
                assert!(data["message"]["content"].is_null(), "{ack}");
                "message.deleted"
            }
            Command::React(id, on) => {
                let reaction = self.memory.reactions.entry(id.clone()).or_default();
                reaction.settled = *on;
                reaction.busy = false;
                "message.reacted"
            }
            Command::Read(thread) => {
                let seq = data["seq"].as_u64().unwrap();
                self.memory.read.insert(thread.clone(), seq);
                "message.read"
            }
        };
        if let Some(cursor) = ack["cursor"].as_str() {
            self.witness(cursor, stands_for, data);
        }
    }

    /// A refusal is right for one thing only: a message that someone has deleted meanwhile.
    fn refused(&mut self, command: Option<Command>, problem: &Value) {
        match command {
            Some(Command::React(id, _)) if problem["code"] == "forbidden" => {
                self.memory.reactions.entry(id).or_default().busy = false;
            }
            command => panic!("{}: {command:?} was refused: {problem}", self.name),
        }
    }

    /// The session is over: what was under way may have happened or not.
    fn lose_answers(&mut self) {
        for (_, command) in self.under_way.drain() {
            match command {
                Command::Send(index) | Command::Edit(index, _) | Command::Delete(index) => {
                    self.memory.sent[index].busy = false;
                }
                Command::React(id, _) => {
                    let reaction = self.memory.reactions.entry(id).or_default();
                    (reaction.busy, reaction.unsettled) = (false, true);
                }
                Command::Read(_) => {}
            }
        }
    }
}
