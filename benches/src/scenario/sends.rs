//! Durable sends a second: the library's own path to the store, against the same statements in one
//! transaction a message.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use messaging_core::{
    Messaging,
    caller::{Caller, Role},
    id::ThreadId,
    message::{Content, SendMessage},
    thread::{CreateThread, Invitee},
};
use messaging_store_sea::SeaStore;
use tokio::{task::JoinSet, time::Instant};

use crate::{
    ceiling::transaction::Transactions,
    measure::figure::Figure,
    target::{Database, process::own_cpu},
};

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which database.
    #[arg(long, default_value = "sqlite")]
    database: Database,
    /// How many send at once.
    #[arg(long, default_value_t = 64)]
    senders: usize,
    /// Into how many threads.
    #[arg(long, default_value_t = 1000)]
    threads: usize,
    /// How long a round of each lasts, in seconds.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// How many rounds of each.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// What one round came to.
struct Round {
    per_second: f64,
    cpu_us: f64,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let ours = args.database.create().await;
    let theirs = args.database.create().await;
    let library = Library::open(ours.url(), args.threads).await?;
    let transactions = Arc::new(Transactions::open(theirs.url(), args.threads).await?);
    let mut rates = [Figure::default(), Figure::default()];
    let mut costs = [Figure::default(), Figure::default()];
    let mut ratio = Figure::default();
    for _ in 0..args.rounds {
        let a = round(&args, &library).await?;
        let b = round(&args, &transactions).await?;
        ratio.push(a.per_second / b.per_second);
        for (index, round) in [a, b].into_iter().enumerate() {
            rates[index].push(round.per_second);
            costs[index].push(round.cpu_us);
        }
    }
    library.messaging.shutdown().await;
    let Args {
        database,
        senders,
        threads,
        rounds,
        ..
    } = args;
    eprintln!("{database:?}, {senders} senders, {threads} threads, {rounds} rounds");
    eprintln!(
        "library:                 {} sends/s, {:.1} own CPU-us a send",
        rates[0], costs[0]
    );
    eprintln!(
        "a transaction a message: {} sends/s, {:.1} own CPU-us a send",
        rates[1], costs[1]
    );
    eprintln!("ratio:                   {ratio:.2}");
    Ok(())
}

/// Something that sends message number `number` into thread number `thread`, durably.
pub(crate) trait Sender: Clone + Send + Sync + 'static {
    fn send(&self, thread: usize, number: u64) -> impl Future<Output = anyhow::Result<()>> + Send;
}

async fn round<S: Sender>(args: &Args, sender: &S) -> anyhow::Result<Round> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let sent = Arc::new(AtomicU64::new(0));
    let cpu = own_cpu()?;
    let began = Instant::now();
    let until = began + Duration::from_secs(args.seconds);
    let mut tasks = JoinSet::new();
    for index in 0..args.senders {
        let (sender, sent, threads, senders) =
            (sender.clone(), sent.clone(), args.threads, args.senders);
        tasks.spawn(async move {
            let mut thread = index % threads;
            while Instant::now() < until {
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                sender.send(thread, number).await?;
                sent.fetch_add(1, Ordering::Relaxed);
                thread = (thread + senders) % threads;
            }
            anyhow::Ok(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let elapsed = began.elapsed().as_secs_f64();
    let cpu = own_cpu()?.saturating_sub(cpu).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let sent = sent.load(Ordering::Relaxed) as f64;
    Ok(Round {
        per_second: sent / elapsed,
        cpu_us: cpu * 1e6 / sent,
    })
}

/// The library with its store, as an application embeds it.
#[derive(Clone)]
struct Library {
    messaging: Messaging,
    threads: Arc<Vec<ThreadId>>,
    caller: Caller,
}

impl Library {
    async fn open(url: &str, threads: usize) -> anyhow::Result<Self> {
        let messaging = Messaging::builder(SeaStore::connect(url).await?).build();
        let caller = Caller::new("ann".parse()?, Role::Client);
        let mut ids = Vec::new();
        for index in 0..threads {
            let wish = CreateThread {
                participants: vec![Invitee {
                    user_id: format!("creator-{index}").parse()?,
                    role: None,
                }],
                kind: None,
                title: None,
                metadata: serde_json::Map::new(),
                message: None,
            };
            ids.push(messaging.threads().create(&caller, wish).await?.thread.id);
        }
        Ok(Self {
            messaging,
            threads: Arc::new(ids),
            caller,
        })
    }
}

impl Sender for Library {
    async fn send(&self, thread: usize, number: u64) -> anyhow::Result<()> {
        let wish = SendMessage {
            thread_id: self.threads[thread],
            client_id: number.to_string(),
            content: Content::Text {
                text: TEXT.to_owned(),
            },
            reply_to: None,
        };
        self.messaging.messages().send(&self.caller, wish).await?;
        Ok(())
    }
}

impl Sender for Arc<Transactions> {
    async fn send(&self, thread: usize, number: u64) -> anyhow::Result<()> {
        Transactions::send(self, thread, number, TEXT).await
    }
}

/// As long as a message between two people usually is.
const TEXT: &str = "Hello! I saw your class on Tuesday and would love to join the next one. \
                    Is there still a place, and what should I bring?";
