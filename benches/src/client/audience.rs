//! One group thread: many who send into it over REST, and some sessions that listen.

use std::time::Duration;

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};
use messaging_core::caller::Role;
use tokio::{sync::oneshot, task::JoinSet, time::Instant};

use super::{
    People, Socket,
    exchange::{Exchange, all_seen},
    files,
    pairs::Receiver,
    poster::Poster,
    socket::PATIENCE,
};
use crate::measure::order::Order;

/// How many connect at once.
const AT_ONCE: usize = 64;

/// Those who send, and those who listen.
#[derive(Debug)]
pub(crate) struct Audience {
    posters: Vec<Poster>,
    listeners: Vec<Receiver>,
    /// The messages that were acknowledged, in their order.
    acknowledged: Order,
}

impl Audience {
    /// Opens a group of so many beside its owner, and connects; with more connections than members,
    /// each has several.
    pub(crate) async fn gather(
        people: &People,
        members: usize,
        posters: usize,
        listeners: usize,
    ) -> anyhow::Result<Self> {
        files::make_room(posters + listeners)?;
        let members: Vec<String> = (0..members).map(|n| people.name("member", n)).collect();
        let thread = people
            .open_group(&people.name("owner", 0), &members)
            .await?;
        let around = || members.iter().cycle();
        let posters: Vec<Poster> = stream::iter(around().take(posters).enumerate())
            .map(|(number, user)| {
                let thread = thread.clone();
                async move {
                    let rest = people.rest(user, Role::Client).await?;
                    anyhow::Ok(Poster::new(rest, thread, number))
                }
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let users: Vec<_> = around()
            .take(listeners)
            .map(|user| (user.clone(), Role::Client))
            .collect();
        let sockets = people.connect_all(&users).await?.into_iter();
        Ok(Self {
            posters,
            listeners: sockets
                .map(|socket| Receiver::new(socket, thread.clone()))
                .collect(),
            acknowledged: Order::default(),
        })
    }

    /// The listeners' sockets.
    pub(crate) fn sockets(&mut self) -> impl Iterator<Item = &mut Socket> {
        self.listeners
            .iter_mut()
            .map(|listener| &mut listener.socket)
    }

    /// Lets everyone send for the time, and waits until everything has come. Fails when anything was
    /// lost, doubled or out of order.
    pub(crate) async fn round(&mut self, duration: Duration) -> anyhow::Result<Exchange> {
        let until = Instant::now() + duration;
        let (mut sending, mut hearing) = (JoinSet::new(), JoinSet::new());
        for (index, mut poster) in self.posters.drain(..).enumerate() {
            sending.spawn(async move {
                let seen = poster.keep(until).await?;
                anyhow::Ok((index, poster, seen))
            });
        }
        let mut finished = Vec::new();
        for (index, mut listener) in self.listeners.drain(..).enumerate() {
            let (tell, last) = oneshot::channel();
            finished.push(tell);
            hearing.spawn(async move {
                let seen = listener.hear(last, until).await?;
                anyhow::Ok((index, listener, seen))
            });
        }
        let deadline = until + PATIENCE;
        let (posters, to_ack) = all_seen(&mut sending, deadline, "acknowledgements").await?;
        self.posters = posters;
        self.take_acknowledged().context("acknowledgements")?;
        for tell in finished {
            // When a listener has failed, its own error tells.
            let _ = tell.send(self.acknowledged.last());
        }
        let (listeners, to_other) = all_seen(&mut hearing, deadline, "deliveries").await?;
        for listener in &listeners {
            self.acknowledged.ensure_same(&listener.order)?;
        }
        self.listeners = listeners;
        Ok(Exchange::of(&to_ack, &to_other, duration))
    }

    /// The acknowledged messages of all who sent are those of the thread, without a gap.
    fn take_acknowledged(&mut self) -> anyhow::Result<()> {
        let posters = self.posters.iter_mut();
        let mut messages: Vec<_> = posters
            .flat_map(|poster| poster.acknowledged.drain(..))
            .collect();
        messages.sort_unstable();
        for (seq, id) in messages {
            self.acknowledged.take(seq, &id)?;
        }
        Ok(())
    }
}
