//! Memory and processor time of sessions in which nothing happens.

use std::time::Duration;

use anyhow::{Context, ensure};
use messaging_core::caller::Role;
use tokio::time::sleep;

use super::quiet::quiet;
use crate::{
    client::{People, Socket, socket::while_quiet},
    measure::figure::Figure,
    options::{Common, Which},
    report::{Bound, Report, Table, progress},
    target::{Target, process},
};

/// The most memory of a session, in KiB: 8 KB.
const GOAL: Bound = Bound::AtMost(7.8);

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    which: Which,
    /// How many sessions, each of a user of its own.
    #[arg(long, default_value_t = 10_000)]
    sessions: usize,
    /// How long nothing happens in a round, in seconds: heartbeats come every 25.
    #[arg(long, default_value_t = 25)]
    quiet: u64,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    ensure!(args.sessions > 0, "there must be a session");
    let mut report = Report::begin("idle", &args.common)?;
    report.option("sessions", &args.sessions);
    report.option("quiet seconds of a round", &args.quiet);
    let target = Target::start(&args.common, &args.which).await?;
    let pid = target
        .pid()
        .context("the server's process is not known: --server-pid")?;
    let people = People::new(&target)?;
    let progress = progress::bar(args.common.rounds, "sessions are idle");
    // The first few sessions bring in code and pools; what they cost is not a session's.
    drop(connect(&people, "warm", 100).await?);
    quiet(&target).await?;
    let before = process::memory_kib(pid)?;
    let mut sockets = connect(&people, "idle", args.sessions).await?;
    while_quiet(&mut sockets, quiet(&target)).await?;
    let [mut memory, mut cpu] = [(); 2].map(|()| Figure::default());
    let mut held = 0;
    for _ in 0..args.common.rounds {
        cpu.push(idle_cpu(pid, &mut sockets, args.sessions, args.quiet).await?);
        held = process::memory_kib(pid)?;
        memory.push(each(held.saturating_sub(before), args.sessions));
        progress.step();
    }
    drop(progress);
    let mut table = Table::new("An idle session", &["server"]);
    table.row("memory", "KiB", [Some(&memory)]);
    table.row("CPU of a session in a second", "us", [Some(&cpu)]);
    report.table(table);
    report.goal("memory of an idle session, KiB", GOAL, &memory);
    report.note(format!(
        "Resident memory was {before} KiB before they came, and {held} KiB at the end. It is the \
         server's: the kernel's buffers of the sockets are not in it."
    ));
    report.finish()
}

/// Processor time in us that the server uses for each session in a second of silence.
pub(super) async fn idle_cpu(
    pid: u32,
    sockets: impl IntoIterator<Item = &mut Socket>,
    count: usize,
    seconds: u64,
) -> anyhow::Result<f64> {
    let before = process::cpu(pid)?;
    let silence = async {
        sleep(Duration::from_secs(seconds)).await;
        Ok(())
    };
    while_quiet(sockets, silence).await?;
    let used = process::cpu(pid)?.saturating_sub(before);
    let micros = u64::try_from(used.as_micros())?;
    Ok(each(micros, count) / Duration::from_secs(seconds).as_secs_f64())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sizes and counts are far below 2^52"
)]
fn each(whole: u64, count: usize) -> f64 {
    whole as f64 / count as f64
}

async fn connect(people: &People, kind: &str, count: usize) -> anyhow::Result<Vec<Socket>> {
    let users = (0..count).map(|number| (people.name(kind, number), Role::Client));
    people.connect_all(&users.collect::<Vec<_>>()).await
}
