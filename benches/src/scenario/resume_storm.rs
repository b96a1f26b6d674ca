//! Thousands of sockets that are cut at once and come back, each to what it has missed.

use std::{ops::Range, sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use messaging_core::caller::Role;
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, timeout},
};

use super::{
    quiet::quiet,
    window::{self, seq_of},
};
use crate::{
    client::{People, Socket, files, socket::PATIENCE},
    measure::{
        cpu::{Usage, per_thousand},
        figure::Figure,
        latency::Latencies,
    },
    options::{Common, Which},
    report::{Bound, Report, Table, progress},
    seed::TEXT,
    target::Target,
};

/// How many resume each second.
const GOAL: Bound = Bound::AtLeast(2_000.0);

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    which: Which,
    /// How many sockets, each of a user of its own; any two have a thread.
    #[arg(long, default_value_t = 10_000)]
    sockets: usize,
    /// How many messages each misses.
    #[arg(long, default_value_t = 50)]
    missed: u64,
    /// How many connect at once.
    #[arg(long, default_value_t = 256)]
    at_once: usize,
}

/// Someone who comes back.
#[derive(Debug)]
struct Returner {
    address: Arc<str>,
    token: String,
    cursor: String,
}

/// How many threads are filled at once.
const SEEDING: usize = 16;

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let mut report = Report::begin("resume-storm", &args.common)?;
    report.option("sockets", &args.sockets);
    report.option("messages missed by each", &args.missed);
    report.option("connecting at once", &args.at_once);
    ensure!(args.missed > 0, "they must have missed something");
    files::make_room(args.sockets)?;
    let target = Target::start(&args.common, &args.which).await?;
    let people = People::new(&target)?;
    let returners = miss(&args, &target, &people).await?;
    quiet(&target).await?;
    let [
        mut rate,
        mut p50,
        mut p99,
        mut most,
        mut server,
        mut database,
    ] = [(); 6].map(|()| Figure::default());
    let progress = progress::bar(args.common.rounds, "all come back at once");
    for _ in 0..args.common.rounds {
        let before = Usage::now(target.pid(), args.common.database)?;
        let began = Instant::now();
        let (sockets, latencies) = storm(&args, &returners).await?;
        let seconds = began.elapsed().as_secs_f64();
        let used = Usage::now(target.pid(), args.common.database)? - before;
        hear_nothing(sockets).await?;
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        rate.push(returners.len() as f64 / seconds);
        p50.push(latencies.percentile_ms(50.0));
        p99.push(latencies.percentile_ms(99.0));
        most.push(latencies.max_ms());
        server.push(per_thousand(used.server, latencies.len()) * 1e3);
        database.push(per_thousand(used.database, latencies.len()) * 1e3);
        quiet(&target).await?;
        progress.step();
    }
    drop(progress);
    let mut table = Table::new("Coming back", &["server"]);
    table.row("resumes", "1/s", [Some(&rate)]);
    for (name, figure) in [("p50", &p50), ("p99", &p99), ("slowest", &most)] {
        let name = format!("{name} from connecting to having everything");
        table.row(name, "ms", [Some(figure)]);
    }
    table.row("server CPU of a resume", "us", [Some(&server)]);
    table.row("database CPU of a resume", "us", [Some(&database)]);
    report.table(table);
    report.goal("resumes/s", GOAL, &rate);
    report.note(
        "Every socket got exactly what it had missed, once and in order. The clients share the \
         machine with the server.",
    );
    report.finish()
}

/// Connects everyone, cuts them all at once, and sends what they miss.
async fn miss(args: &Args, target: &Target, people: &People) -> anyhow::Result<Vec<Returner>> {
    let pairs: Vec<(String, String)> = (0..args.sockets.div_ceil(2))
        .map(|pair| (people.name("client", pair), people.name("creator", pair)))
        .collect();
    let progress = progress::bar(pairs.len(), "threads and what is missed in them");
    let threads = people.open_all(&pairs).await?;
    let mut users: Vec<(String, Role)> = Vec::with_capacity(2 * pairs.len());
    for (client, creator) in &pairs {
        users.push((client.clone(), Role::Client));
        users.push((creator.clone(), Role::Creator));
    }
    users.truncate(args.sockets);
    let sockets = people.connect_all(&users).await?;
    let cursors: Vec<String> = sockets.iter().map(|socket| socket.cursor.clone()).collect();
    // Cut: without a word of farewell.
    drop(sockets);
    let sending = pairs
        .iter()
        .zip(&threads)
        .map(|((client, _), thread)| async {
            let mut socket = people.connect(client, Role::Client).await?;
            window::send(&mut socket, thread, 0..args.missed, TEXT).await?;
            progress.step();
            anyhow::Ok(())
        });
    // No more at once than the server's queue of changes takes.
    let sending = stream::iter(sending).buffer_unordered(SEEDING);
    sending.try_collect::<()>().await?;
    let address: Arc<str> = target.address().into();
    let returners = users.iter().zip(cursors).map(|((user, role), cursor)| {
        Ok(Returner {
            address: address.clone(),
            token: people.token(user, *role)?,
            cursor,
        })
    });
    returners.collect()
}

/// Everyone comes back as fast as they can. Their sockets stay.
async fn storm(args: &Args, returners: &[Returner]) -> anyhow::Result<(Vec<Socket>, Latencies)> {
    let gate = Arc::new(Semaphore::new(args.at_once));
    let mut tasks = JoinSet::new();
    for returner in returners {
        let Returner {
            address,
            token,
            cursor,
        } = returner;
        let (address, token, cursor) = (address.clone(), token.clone(), cursor.clone());
        let (gate, missed) = (gate.clone(), args.missed);
        tasks.spawn(async move {
            let _turn = gate.acquire_owned().await?;
            let began = Instant::now();
            let resuming = resume(&address, &token, &cursor, 1..missed + 1);
            let socket = timeout(PATIENCE, resuming).await;
            let socket = socket.context("not caught up within the time")??;
            anyhow::Ok((socket, began.elapsed()))
        });
    }
    let mut sockets = Vec::with_capacity(returners.len());
    let mut latencies = Latencies::default();
    while let Some(done) = tasks.join_next().await {
        let (socket, took): (Socket, Duration) = done??;
        sockets.push(socket);
        latencies.record(took);
    }
    Ok((sockets, latencies))
}

/// One comes back, and gets these messages of a thread, in order.
pub(super) async fn resume(
    address: &str,
    token: &str,
    cursor: &str,
    missed: Range<u64>,
) -> anyhow::Result<Socket> {
    let mut socket = Socket::connect(address, token, Some(cursor)).await?;
    ensure!(socket.resumed, "the server does not go on at {cursor}");
    for expected in missed {
        let frame = socket.next().await?;
        let seq = seq_of(&frame)?;
        ensure!(
            seq == expected && frame.starts_with("{\"type\":\"message.new\""),
            "after a break came {frame} instead of message {expected}"
        );
    }
    Ok(socket)
}

/// Nothing follows what was missed but the answer to a ping; then they are all cut again.
async fn hear_nothing(sockets: Vec<Socket>) -> anyhow::Result<()> {
    let asking = sockets.into_iter().map(|mut socket| async move {
        socket.send(r#"{"type":"ping","ref":"all"}"#).await?;
        let frame = timeout(PATIENCE, socket.next()).await;
        let frame = frame.context("no answer to a ping within the time")??;
        ensure!(
            frame.starts_with("{\"type\":\"ack\""),
            "after everything came {frame}"
        );
        anyhow::Ok(socket)
    });
    let asking = stream::iter(asking).buffer_unordered(64);
    let sockets: Vec<Socket> = asking.try_collect().await?;
    drop(sockets);
    Ok(())
}
