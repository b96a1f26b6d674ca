//! Requests a second and their latencies, route by route, over connections that are kept.

use anyhow::ensure;
use bytes::Bytes;
use messaging_core::{
    caller::Role,
    id::{IdGenerator, RandomIds},
};
use serde_json::json;
use tokio::{task::JoinSet, time::Instant};

use super::window;
use crate::{
    client::{People, Rest},
    measure::{
        cpu::{Usage, per_thousand},
        figure::Figure,
        latency::Latencies,
    },
    options::{Common, Which},
    report::{Report, Table, progress},
    seed::TEXT,
    target::Target,
};

/// How many threads the caller has, and how many messages are in each: more than a page of both.
const THREADS: usize = 60;
const MESSAGES: u64 = 60;

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    which: Which,
    /// How many connections ask, one request after the other each.
    #[arg(long, default_value_t = 32)]
    connections: usize,
}

/// A request that is made again and again.
#[derive(Debug, Clone)]
enum Ask {
    Get(String),
    /// Sends a new message into the thread.
    Send(String),
    /// Opens a thread that the two have.
    Open(String),
}

impl Ask {
    async fn once(&self, rest: &mut Rest) -> anyhow::Result<Bytes> {
        match self {
            Self::Get(path) => rest.get(path).await,
            Self::Send(thread) => {
                let content = json!({ "type": "text", "text": TEXT });
                let name = RandomIds.next_uuid();
                let body = json!({ "thread_id": thread, "client_id": name, "content": content });
                rest.post("/api/messages", body.to_string().into()).await
            }
            Self::Open(other) => {
                let body = json!({ "participants": [other] });
                rest.post("/api/threads", body.to_string().into()).await
            }
        }
    }
}

/// A route and what its rounds came to.
#[derive(Debug)]
struct Route {
    name: &'static str,
    ask: Ask,
    /// Something that is in each answer.
    shows: &'static str,
    rate: Figure,
    p50: Figure,
    p99: Figure,
    server: Figure,
    database: Figure,
}

impl Route {
    fn new(name: &'static str, ask: Ask, shows: &'static str) -> Self {
        let [rate, p50, p99, server, database] = [(); 5].map(|()| Figure::default());
        Self {
            name,
            ask,
            shows,
            rate,
            p50,
            p99,
            server,
            database,
        }
    }

    async fn round(
        &mut self,
        args: &Args,
        target: &Target,
        connections: &mut Vec<Rest>,
    ) -> anyhow::Result<()> {
        let before = Usage::now(target.pid(), args.common.database)?;
        let began = Instant::now();
        let until = began + args.common.round();
        let mut tasks = JoinSet::new();
        for mut rest in connections.drain(..) {
            let (ask, shows) = (self.ask.clone(), self.shows);
            tasks.spawn(async move {
                let mut latencies = Latencies::default();
                while Instant::now() < until {
                    let asked = Instant::now();
                    let answer = ask.once(&mut rest).await?;
                    latencies.record(asked.elapsed());
                    let mut parts = answer.windows(shows.len());
                    let is_there = parts.any(|part| part == shows.as_bytes());
                    ensure!(is_there, "an answer to {ask:?} without {shows}");
                }
                anyhow::Ok((rest, latencies))
            });
        }
        let mut all = Latencies::default();
        while let Some(done) = tasks.join_next().await {
            let (rest, latencies) = done??;
            connections.push(rest);
            all.add(&latencies);
        }
        let seconds = began.elapsed().as_secs_f64();
        let used = Usage::now(target.pid(), args.common.database)? - before;
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        self.rate.push(all.len() as f64 / seconds);
        self.p50.push(all.percentile_ms(50.0));
        self.p99.push(all.percentile_ms(99.0));
        self.server.push(per_thousand(used.server, all.len()) * 1e3);
        self.database
            .push(per_thousand(used.database, all.len()) * 1e3);
        Ok(())
    }
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    ensure!(args.connections > 0, "somebody must ask");
    let mut report = Report::begin("rest", &args.common)?;
    report.option("connections", &args.connections);
    let target = Target::start(&args.common, &args.which).await?;
    let people = People::new(&target)?;
    let (mut connections, mut routes) = prepare(&args, &people).await?;
    let progress = progress::bar(args.common.rounds * routes.len(), "requests");
    for _ in 0..args.common.rounds {
        for route in &mut routes {
            progress.now(route.name);
            route.round(&args, &target, &mut connections).await?;
            progress.step();
        }
    }
    drop(progress);
    let columns = [
        "requests/s",
        "p50, ms",
        "p99, ms",
        "server CPU, us",
        "database CPU, us",
    ];
    let mut table = Table::new("Requests", &columns);
    for route in &routes {
        let Route {
            rate,
            p50,
            p99,
            server,
            database,
            ..
        } = route;
        table.row(route.name, "", [rate, p50, p99, server, database].map(Some));
    }
    report.table(table);
    report.note("CPU is that of one request. The clients share the machine with the server.");
    report.finish()
}

/// One user's connections, and what they ask for.
async fn prepare(args: &Args, people: &People) -> anyhow::Result<(Vec<Rest>, Vec<Route>)> {
    let user = people.name("asker", 0);
    let pairs: Vec<_> = (0..THREADS)
        .map(|number| (user.clone(), people.name("creator", number)))
        .collect();
    let threads = people.open_all(&pairs).await?;
    let mut socket = people.connect(&user, Role::Client).await?;
    for thread in &threads {
        window::send(&mut socket, thread, 0..MESSAGES, TEXT).await?;
    }
    drop(socket);
    let mut connections = Vec::with_capacity(args.connections);
    for _ in 0..args.connections {
        connections.push(people.rest(&user, Role::Client).await?);
    }
    let thread = threads[0].clone();
    let get = |path: &str| Ask::Get(path.to_owned());
    let routes = vec![
        Route::new("GET /health/live", get("/health/live"), "ok"),
        Route::new(
            "GET /api/threads",
            get("/api/threads"),
            "\"next_cursor\":\"",
        ),
        Route::new(
            "GET /api/threads/:id",
            Ask::Get(format!("/api/threads/{thread}")),
            "\"messages\":[{",
        ),
        Route::new(
            "GET /api/messages",
            Ask::Get(format!("/api/messages?thread_id={thread}")),
            "\"next_cursor\":\"",
        ),
        Route::new("GET /api/tags", get("/api/tags"), "\"items\":[]"),
        Route::new("GET /api/sync", get("/api/sync"), "\"more\":false"),
        Route::new(
            "POST /api/threads, one that is there",
            Ask::Open(pairs[0].1.clone()),
            "\"kind\":\"direct\"",
        ),
        // Into a thread of its own: the others' pages stay as they are.
        Route::new(
            "POST /api/messages",
            Ask::Send(threads[THREADS - 1].clone()),
            "\"client_id\"",
        ),
    ];
    Ok((connections, routes))
}
