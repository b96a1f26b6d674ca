//! Many sessions in one group, and someone who writes to them.

use std::{ops::Range, time::Duration};

use anyhow::{Context, ensure};
use messaging_core::{caller::Role, limits::MAX_PARTICIPANTS};
use tokio::{
    task::JoinSet,
    time::{Instant, timeout},
};

use super::window::{self, seq_of};
use crate::client::{People, Socket};

/// The most members beside the one who writes; with more sessions, each member has several.
const MEMBERS: usize = 250;

const _: () = assert!(MEMBERS < MAX_PARTICIPANTS);

/// How long a burst may take until everyone has all of it.
const PATIENCE: Duration = Duration::from_mins(2);

/// A group: one session that writes, and those that hear it.
#[derive(Debug)]
pub(super) struct Crowd {
    thread: String,
    writer: Socket,
    listeners: Vec<Socket>,
    /// The messages so far: each session has heard all of them.
    messages: u64,
}

/// What a burst came to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Burst {
    /// Until every session had everything.
    pub(super) lasted: Duration,
    pub(super) frames: u64,
    pub(super) bytes: u64,
}

impl Crowd {
    /// Opens a group of as many members as are needed, and a session after the other until there
    /// are `sessions`, in turn. `name` tells this crowd's people from another's.
    pub(super) async fn gather(
        people: &People,
        name: &str,
        sessions: usize,
    ) -> anyhow::Result<Self> {
        let members = sessions.clamp(1, MEMBERS);
        Self::gather_some(people, name, members, sessions).await
    }

    /// As large a group as that of so many sessions, none of which are there.
    pub(super) async fn gather_absent(
        people: &People,
        name: &str,
        sessions: usize,
    ) -> anyhow::Result<Self> {
        Self::gather_some(people, name, sessions.clamp(1, MEMBERS), 0).await
    }

    async fn gather_some(
        people: &People,
        name: &str,
        members: usize,
        sessions: usize,
    ) -> anyhow::Result<Self> {
        let writer = people.name(&format!("{name}-writer"), 0);
        let members: Vec<String> = (0..members)
            .map(|number| people.name(name, number))
            .collect();
        let thread = people.open_group(&writer, &members).await?;
        let all = members.iter().cycle().take(sessions);
        let all: Vec<_> = all.map(|user| (user.clone(), Role::Client)).collect();
        Ok(Self {
            listeners: people.connect_all(&all).await?,
            writer: people.connect(&writer, Role::Client).await?,
            thread,
            messages: 0,
        })
    }

    /// Writes so many messages as fast as they are acknowledged, and waits until every session has
    /// all of them.
    pub(super) async fn burst(&mut self, messages: u64, text: &str) -> anyhow::Result<Burst> {
        let began = Instant::now();
        let numbers = self.messages..self.messages + messages;
        let seqs = numbers.start + 1..numbers.end + 1;
        let hearing = hear_all(std::mem::take(&mut self.listeners), seqs);
        let sending = window::send(&mut self.writer, &self.thread, numbers, text);
        let ((listeners, bytes), ()) = tokio::try_join!(hearing, sending)?;
        self.messages += messages;
        let frames = messages * listeners.len() as u64;
        self.listeners = listeners;
        Ok(Burst {
            lasted: began.elapsed(),
            frames,
            bytes,
        })
    }

    /// All sessions.
    pub(super) fn sockets(&mut self) -> impl Iterator<Item = &mut Socket> {
        self.listeners.iter_mut().chain([&mut self.writer])
    }
}

/// Waits until each socket has heard exactly these, in order. Gives them back, and how many bytes
/// all of them heard.
pub(super) async fn hear_all(
    sockets: Vec<Socket>,
    seqs: Range<u64>,
) -> anyhow::Result<(Vec<Socket>, u64)> {
    let count = sockets.len();
    let mut tasks = JoinSet::new();
    for (index, socket) in sockets.into_iter().enumerate() {
        tasks.spawn(hear(index, socket, seqs.clone()));
    }
    let mut heard = Vec::with_capacity(count);
    let mut bytes = 0;
    let all = async {
        while let Some(done) = tasks.join_next().await {
            let (index, socket, size) = done??;
            heard.push((index, socket));
            bytes += size;
        }
        anyhow::Ok(())
    };
    let all = timeout(PATIENCE, all).await;
    all.context("not everyone has heard everything within the time")??;
    // In their old order, so that rounds are alike.
    heard.sort_unstable_by_key(|(index, _)| *index);
    let sockets = heard.into_iter().map(|(_, socket)| socket).collect();
    Ok((sockets, bytes))
}

async fn hear(
    index: usize,
    mut socket: Socket,
    seqs: Range<u64>,
) -> anyhow::Result<(usize, Socket, u64)> {
    let mut bytes = 0;
    for expected in seqs {
        let frame = socket
            .next()
            .await
            .with_context(|| format!("session {index}"))?;
        let seq = seq_of(&frame)?;
        ensure!(
            seq == expected,
            "session {index} heard {seq} instead of {expected}"
        );
        bytes += frame.len() as u64;
    }
    if let Some(more) = socket.next_now() {
        anyhow::bail!("session {index} heard more than there was: {}", more?);
    }
    Ok((index, socket, bytes))
}
