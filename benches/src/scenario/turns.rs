//! Rounds through the server, in turn with rounds of a bare loop that commits in groups.

use std::time::Duration;

use super::exchange::Figures;
use crate::{
    ceiling::{Load, group::Groups},
    client::{Socket, exchange::Exchange, socket::while_quiet},
    measure::cpu::Usage,
    options::Common,
    report::progress::Progress,
    target::Target,
};

/// Those who exchange messages in rounds.
pub(super) trait Clients {
    /// The sockets on which nothing is heard between rounds.
    fn sockets(&mut self) -> impl Iterator<Item = &mut Socket>;

    async fn round(&mut self, lasting: Duration) -> anyhow::Result<Exchange>;
}

/// What runs in turn.
#[derive(Debug)]
pub(super) struct Turns<'a> {
    pub(super) common: &'a Common,
    pub(super) target: &'a Target,
    /// What the clients' rounds are called.
    pub(super) name: &'static str,
    /// How many send at once in the group loop.
    pub(super) senders: usize,
    /// Into how many threads.
    pub(super) threads: usize,
    /// How long both run before anything is measured, in seconds.
    pub(super) warm_up: u64,
    pub(super) progress: Progress,
}

impl Turns<'_> {
    pub(super) async fn run(self, clients: &mut impl Clients) -> anyhow::Result<Figures> {
        let Self {
            common,
            target,
            progress,
            ..
        } = self;
        let database = common.database;
        let own = database.create().await;
        let groups = Groups::open(own.url(), self.threads).await?;
        let load = |duration| Load {
            senders: self.senders,
            threads: self.threads,
            duration,
        };
        progress.now("warming up");
        let warm_up = Duration::from_secs(self.warm_up);
        clients.round(warm_up).await?;
        while_quiet(clients.sockets(), load(warm_up).run(&groups, database)).await?;
        let load = load(common.round());
        let mut figures = Figures::default();
        for _ in 0..common.rounds {
            progress.now(self.name);
            let before = Usage::now(target.pid(), database)?;
            let exchange = clients.round(common.round()).await?;
            let used = Usage::now(target.pid(), database)? - before;
            progress.step();
            progress.now("group loop");
            let stored = while_quiet(clients.sockets(), load.run(&groups, database)).await?;
            progress.step();
            figures.push(&exchange, used, Some(&stored));
        }
        Ok(figures)
    }
}
