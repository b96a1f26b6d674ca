//! The cost of a page of a user's threads: the first, and one in the middle.

use anyhow::{Context, ensure};

use super::pages::{self, Filled, PAGE, Page, compare, items};
use crate::{report::Report, seed::World};

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pages: pages::Args,
    /// How many threads the user has; the messages are spread over them.
    #[arg(long, default_value_t = 1_000)]
    threads: u64,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let Args {
        pages: args,
        threads,
    } = args;
    ensure!(
        threads >= 3 * PAGE as u64 && args.few >= threads,
        "the middle needs {} threads, and each of them a message",
        3 * PAGE
    );
    let mut report = Report::begin("inbox", &args.common)?;
    report.option("threads", &threads);
    let world = |messages: u64| World {
        threads,
        first: messages / threads,
        others: messages / threads,
    };
    let progress = crate::report::progress::bar(2, "messages are stored");
    let mut few = Filled::start(&args.common, world(args.few)).await?;
    progress.step();
    let mut many = Filled::start(&args.common, world(args.many)).await?;
    drop(progress);
    let pages = [
        Page {
            name: "first page",
            few: first(&mut few).await?,
            many: first(&mut many).await?,
        },
        Page {
            name: "page in the middle",
            few: middle(&mut few).await?,
            many: middle(&mut many).await?,
        },
    ];
    compare(&args, report, [few, many], &pages).await
}

/// The first page of the list, checked.
pub(super) async fn first(filled: &mut Filled) -> anyhow::Result<String> {
    let path = "/api/threads";
    check(filled, path, filled.world.threads - 1).await?;
    Ok(path.to_owned())
}

/// A page in the middle, by the cursors of those before it.
async fn middle(filled: &mut Filled) -> anyhow::Result<String> {
    let mut path = "/api/threads".to_owned();
    let mut newest = filled.world.threads - 1;
    while newest > filled.world.threads / 2 {
        let page = filled.page(&path).await?;
        let (items, next) = items(&page)?;
        newest -= items.len() as u64;
        let next = next.context("the list ends before its middle")?;
        path = format!("/api/threads?cursor={next}");
    }
    check(filled, &path, newest).await?;
    Ok(path)
}

/// A page has its threads, each as of its last message, from this one on down: the last one made
/// was written in last.
async fn check(filled: &mut Filled, path: &str, newest: u64) -> anyhow::Result<()> {
    let page = filled.page(path).await?;
    let (items, _) = items(&page)?;
    let whole = items.iter().all(|item| {
        let last = item["last_seq"].as_u64();
        item["last_message"]["seq"].as_u64() == last && item["unread_count"] == 0
    });
    ensure!(whole, "{path} shows threads without their last message");
    let ids: Vec<_> = items
        .iter()
        .filter_map(|item| item["id"].as_str())
        .collect();
    let expected: Vec<String> = (0..PAGE as u64)
        .map(|below| newest - below)
        .map(|number| Ok(crate::seed::thread_id(usize::try_from(number)?).to_string()))
        .collect::<anyhow::Result<_>>()?;
    ensure!(ids == expected, "{path} shows threads {ids:?}");
    Ok(())
}
