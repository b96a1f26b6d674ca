//! The sample people and what they have said, made by the same operations as anyone's.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use messaging_core::{
    Messaging,
    caller::{Caller, Role},
    clock::{Clock, SystemClock, Timestamp},
    id::{Position, ThreadId},
    message::{Content, SendMessage},
    receipt::{MarkUpTo, Marker},
    thread::{CreateThread, Invitee, Metadata, ThreadChange, ThreadSettings, UpdateThread},
};

use super::sales;

/// The people, one creator and three clients, and the shop that tells what they buy.
pub(super) const PEOPLE: [(&str, Role); 5] = [
    ("maya", Role::Creator),
    ("ann", Role::Client),
    ("ben", Role::Client),
    ("cleo", Role::Client),
    ("shop", Role::Service),
];

/// How many minutes ago they bought what they have: before the first of them spoke.
const SALES: u64 = 3000;

/// How many minutes ago, who, and what.
type Line = (u64, &'static str, &'static str);

/// Conversations with Maya, by who opened them.
const TALK: [(&str, &[Line]); 4] = [
    (
        "ann",
        &[
            (
                2900,
                "ann",
                "Hi Maya! Your class on watercolour skies was lovely.",
            ),
            (2893, "maya", "Thank you, Ann! How did the clouds turn out?"),
            (
                2890,
                "ann",
                "Soft in the middle, hard at the edges. What did I do wrong?",
            ),
            (
                2871,
                "maya",
                "The paper dried too soon. Wet it twice, and begin with the edges.",
            ),
            (1460, "ann", "Tried it twice more. It works!"),
            (1455, "maya", "Show me one of them next week, will you?"),
            (
                38,
                "ann",
                "I will. Is the live session still on Thursday at six?",
            ),
        ],
    ),
    (
        "ben",
        &[
            (1700, "ben", "Do you take commissions?"),
            (
                1622,
                "maya",
                "I do: four weeks for an A3. What do you have in mind?",
            ),
            (130, "ben", "The harbour at dawn, for my parents."),
            (129, "ben", "They were married there."),
        ],
    ),
    (
        "cleo",
        &[
            (600, "cleo", "Which brushes do you use for the rocks?"),
            (
                580,
                "maya",
                "An old flat one with half of its hair gone. Never throw one away.",
            ),
        ],
    ),
    (
        "group",
        &[
            (900, "maya", "Welcome to the Thursday class, everyone."),
            (880, "ann", "Hello! See you at six."),
            (875, "ben", "First time here. What should I bring?"),
            (60, "maya", "Paper of 300 g, two brushes, and patience."),
        ],
    ),
];

/// A clock that is set to the minute in which something was said.
#[derive(Debug, Clone, Default)]
pub(super) struct PastClock {
    minutes_ago: Arc<AtomicU64>,
}

impl PastClock {
    fn go_back(&self, minutes: u64) {
        self.minutes_ago.store(minutes, Ordering::Relaxed);
    }
}

impl Clock for PastClock {
    fn now(&self) -> Timestamp {
        let ago = Duration::from_mins(self.minutes_ago.load(Ordering::Relaxed));
        let now = SystemClock.now();
        let millis = i64::try_from(ago.as_millis()).unwrap_or_default();
        Timestamp::from_millis(now.as_millis() - millis).unwrap_or(now)
    }
}

/// One of the people.
pub(super) fn person(name: &str) -> Result<Caller> {
    let known = PEOPLE.iter().find(|(known, _)| *known == name);
    let (name, role) = known.with_context(|| format!("nobody is called {name}"))?;
    Ok(Caller::new(name.parse()?, *role))
}

/// Lets the people talk, unless someone has talked here before.
pub(super) async fn seed_if_empty(messaging: &Messaging, clock: &PastClock) -> Result<()> {
    if messaging.store().log_bounds().await?.head > Position::ZERO {
        return Ok(());
    }
    clock.go_back(SALES);
    sales::make(messaging).await?;
    // In the order of time, over all threads, as it would have been.
    let all = TALK
        .iter()
        .flat_map(|(opener, lines)| lines.iter().map(move |line| (*opener, line)));
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(_, (minutes_ago, ..))| std::cmp::Reverse(*minutes_ago));
    let mut threads = HashMap::new();
    for (opener, (minutes_ago, who, text)) in all {
        clock.go_back(*minutes_ago);
        if !threads.contains_key(opener) {
            threads.insert(opener, open(messaging, opener).await?);
        }
        say(messaging, threads[opener], who, text).await?;
    }
    arrange(messaging, threads["ann"]).await
}

async fn open(messaging: &Messaging, opener: &str) -> Result<ThreadId> {
    let (caller, others, title) = match opener {
        "group" => (
            person("maya")?,
            vec!["ann", "ben", "cleo"],
            Some("Thursday class"),
        ),
        client => (person(client)?, vec!["maya"], None),
    };
    let participants = others.into_iter().map(|name| {
        Ok(Invitee {
            user_id: name.parse()?,
            role: None,
        })
    });
    let wish = CreateThread {
        participants: participants.collect::<Result<_>>()?,
        kind: None,
        title: title.map(str::to_owned),
        metadata: Metadata::new(),
        message: None,
    };
    Ok(messaging.threads().create(&caller, wish).await?.thread.id)
}

/// Sends a line; whoever speaks has read what came before.
async fn say(messaging: &Messaging, thread_id: ThreadId, who: &str, text: &str) -> Result<()> {
    let caller = person(who)?;
    let wish = SendMessage {
        thread_id,
        client_id: messaging.ids().next_uuid().to_string(),
        content: Content::Text {
            text: text.to_owned(),
        },
        reply_to: None,
    };
    messaging.messages().send(&caller, wish).await?;
    Ok(())
}

/// Some order in Maya's inbox, and a reaction.
async fn arrange(messaging: &Messaging, thread_id: ThreadId) -> Result<()> {
    let maya = person("maya")?;
    let tag = messaging.tags();
    let regulars = tag
        .create(&maya, "Regulars".to_owned(), Some("#2f6fde".to_owned()))
        .await?;
    tag.apply(&maya, regulars.id, thread_id, true).await?;
    let pin = UpdateThread {
        change: ThreadChange::default(),
        settings: ThreadSettings {
            pinned: Some(true),
            ..ThreadSettings::default()
        },
    };
    let thread = messaging.threads().update(&maya, thread_id, pin).await?;
    let newest = thread.last_message.context("the thread has messages")?;
    messaging
        .messages()
        .react(&maya, newest.id, "🎨".to_owned(), true)
        .await?;
    let up_to = MarkUpTo::Message(newest.id);
    messaging
        .receipts()
        .mark(&maya, Marker::Read, up_to)
        .await?;
    Ok(())
}
