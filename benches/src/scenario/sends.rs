//! Durable sends without a transport: the library's own path to the store, the same rows by a bare
//! loop that commits in groups, and by one transaction a message.

use messaging_core::{
    Messaging,
    caller::{Caller, Role},
    id::ThreadId,
    message::{Content, SendMessage},
};
use messaging_store_sea::SeaStore;

use crate::{
    ceiling::{Load, Sender, Stored, group::Groups, transaction::Transactions},
    measure::{figure::Figure, percentiles::Percentiles},
    options::Common,
    report::{Axis, Bound, Plot, Report, Series, Table, progress},
    seed::{ANN, TEXT, World, thread_id},
};

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many send at once.
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    senders: u32,
    /// Into how many threads.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    threads: u32,
    #[command(flatten)]
    common: Common,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let Common {
        database, rounds, ..
    } = args.common;
    let threads = args.threads as usize;
    let mut report = Report::begin("sends", &args.common)?;
    report.option("senders", &args.senders);
    report.option("threads", &threads);
    let load = Load {
        senders: args.senders as usize,
        threads,
        duration: args.common.round(),
    };
    let progress = progress::bar(3 * rounds, "preparing");
    let databases = [
        database.create().await,
        database.create().await,
        database.create().await,
    ];
    let [ours, grouped, single] = &databases;
    let library = Library::open(ours.url(), threads).await?;
    let groups = Groups::open(grouped.url(), threads).await?;
    let transactions = Transactions::open(single.url(), threads).await?;
    let mut figures = [Figures::default(), Figures::default(), Figures::default()];
    let mut ratios = [Figure::default(), Figure::default()];
    for _ in 0..rounds {
        progress.now(NAMES[0]);
        let library = load.run(&library, database).await?;
        progress.step();
        progress.now(NAMES[1]);
        let groups = load.run(&groups, database).await?;
        progress.step();
        progress.now(NAMES[2]);
        let transactions = load.run(&transactions, database).await?;
        progress.step();
        ratios[0].push(library.per_second / groups.per_second);
        ratios[1].push(library.per_second / transactions.per_second);
        for (figures, stored) in figures.iter_mut().zip([library, groups, transactions]) {
            figures.push(&stored);
        }
    }
    drop(progress);
    library.messaging.shutdown().await;
    describe(&mut report, &figures, &ratios);
    report.finish()
}

/// What runs in turn, in the order of the tables' columns.
const NAMES: [&str; 3] = ["library", "group loop", "a transaction each"];

/// What the rounds of one of them come to.
#[derive(Debug, Default)]
struct Figures {
    per_second: Figure,
    own_cpu: Figure,
    database_cpu: Figure,
    latencies: Percentiles,
}

impl Figures {
    fn push(&mut self, stored: &Stored) {
        let (own, database) = stored.cpu();
        self.per_second.push(stored.per_second);
        self.own_cpu.push(own);
        self.database_cpu.push(database);
        self.latencies.push(&stored.latencies);
    }
}

fn describe(report: &mut Report, figures: &[Figures; 3], ratios: &[Figure; 2]) {
    let column = |figure: fn(&Figures) -> &Figure| figures.iter().map(move |of| Some(figure(of)));
    let mut table = Table::new("Durable sends", &NAMES);
    table.row("sends", "1/s", column(|of| &of.per_second));
    table.row("own CPU for 1,000", "s", column(|of| &of.own_cpu));
    table.row("database CPU for 1,000", "s", column(|of| &of.database_cpu));
    let latencies = figures.each_ref().map(|of| Some(&of.latencies));
    Percentiles::rows(&mut table, "latency", &latencies);
    report.table(table);
    let mut table = Table::new("Sends of the library, beside", &["ratio"]);
    for (name, ratio) in NAMES[1..].iter().zip(ratios) {
        table.row(*name, "", [Some(ratio)]);
    }
    report.table(table);
    report.goal(
        "sends, of the group loop's",
        Bound::AtLeast(0.8),
        &ratios[0],
    );
    let curves = NAMES.iter().zip(figures);
    let curves = curves.map(|(name, of)| Series::of_rounds(*name, of.per_second.values()));
    report.plot(Plot {
        name: "rounds",
        title: "Sends a second in each round".to_owned(),
        x: Axis::linear("round"),
        y: Axis::linear("sends/s"),
        series: curves.collect(),
    });
}

/// The library with its store, as an application embeds it.
#[derive(Clone)]
struct Library {
    messaging: Messaging,
    caller: Caller,
}

impl Library {
    async fn open(url: &str, threads: usize) -> anyhow::Result<Self> {
        World::empty(threads).make(url).await?;
        Ok(Self {
            messaging: Messaging::builder(SeaStore::connect(url).await?).build(),
            caller: Caller::new(ANN.parse()?, Role::Client),
        })
    }
}

impl Sender for Library {
    async fn send(&self, thread: usize, number: u64) -> anyhow::Result<()> {
        let wish = SendMessage {
            thread_id: ThreadId::from_uuid(thread_id(thread)),
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
