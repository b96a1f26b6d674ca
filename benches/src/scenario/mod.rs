//! What is measured, a file each.

mod crowd;
mod exchange;
mod fanout;
mod growth;
mod history;
mod hot_thread;
mod idle;
mod inbox;
mod open;
mod pages;
mod pairs;
mod quiet;
mod relay;
mod rest;
mod resume_storm;
mod sends;
mod start;
mod turns;
mod window;

/// The scenarios of the command line: a line each, beside its `mod`. A module has `Args` and `run`.
macro_rules! scenarios {
    ($($(#[doc = $what:literal])+ $name:ident($module:ident),)+) => {
        #[derive(Debug, clap::Subcommand)]
        pub(crate) enum Scenario {
            $($(#[doc = $what])+ $name($module::Args),)+
        }

        impl Scenario {
            pub(crate) async fn run(self) -> anyhow::Result<()> {
                match self {
                    $(Self::$name(args) => $module::run(args).await,)+
                }
            }
        }
    };
}

scenarios! {
    /// A closed loop of pairs over `WebSocket`s, beside a bare loop that commits in groups.
    Pairs(pairs),
    /// A closed loop of pairs through the server, and through a relay that does nothing else.
    Relay(relay),
    /// A fixed rate over pairs; latency counts from the intended send time.
    Open(open),
    /// Many senders in one group thread, and a few sessions that listen.
    HotThread(hot_thread),
    /// Durable sends through the library, by a bare group loop and by one transaction a message.
    Sends(sends),
    /// Memory of idle sessions, and the server's own.
    Idle(idle),
    /// One thread, many sessions: telling each of them every message, against a bare broadcast.
    Fanout(fanout),
    /// Thousands of sockets that are cut at once and come back to what they have missed.
    ResumeStorm(resume_storm),
    /// A page of messages behind few messages and behind many.
    History(history),
    /// A page of threads behind few messages and behind many.
    Inbox(inbox),
    /// Requests a second and their latencies, route by route.
    Rest(rest),
    /// How costs grow with messages and with sessions.
    Growth(growth),
    /// How long the server takes to be ready, and its memory then.
    Start(start),
}
