//! The cost of a page of a thread's messages: the newest, and one in the middle.

use anyhow::{Context, ensure};

use super::pages::{Filled, PAGE, Page, compare, items};
use crate::{
    report::Report,
    seed::{World, thread_id},
};

/// Options of the scenario.
pub(crate) use super::pages::Args;

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let report = Report::begin("history", &args.common)?;
    let progress = crate::report::progress::bar(2, "messages are stored");
    let mut few = Filled::start(&args.common, World::one(args.few)).await?;
    progress.step();
    let mut many = Filled::start(&args.common, World::one(args.many)).await?;
    drop(progress);
    let pages = [
        Page {
            name: "newest page",
            few: newest(&mut few).await?,
            many: newest(&mut many).await?,
        },
        Page {
            name: "page in the middle",
            few: middle(&mut few).await?,
            many: middle(&mut many).await?,
        },
    ];
    compare(&args, report, [few, many], &pages).await
}

/// The newest page of the first thread, checked.
pub(super) async fn newest(filled: &mut Filled) -> anyhow::Result<String> {
    let path = format!("/api/messages?thread_id={}", thread_id(0));
    check(filled, &path, filled.world.first).await?;
    Ok(path)
}

/// The page before the middle, by the cursor of the page after it.
async fn middle(filled: &mut Filled) -> anyhow::Result<String> {
    let path = format!("/api/messages?thread_id={}", thread_id(0));
    let half = filled.world.first / 2;
    let page = filled.page(&format!("{path}&before_seq={half}")).await?;
    let (_, next) = items(&page)?;
    let cursor = next.context("there is no page before the middle")?;
    let path = format!("{path}&cursor={cursor}");
    check(filled, &path, half - 1 - PAGE as u64).await?;
    Ok(path)
}

/// A page has its messages, in order, up to this one.
async fn check(filled: &mut Filled, path: &str, last: u64) -> anyhow::Result<()> {
    let page = filled.page(path).await?;
    let (items, _) = items(&page)?;
    let seqs: Vec<u64> = items
        .iter()
        .filter_map(|item| item["seq"].as_u64())
        .collect();
    let expected: Vec<u64> = (last + 1 - PAGE as u64..=last).collect();
    ensure!(seqs == expected, "{path} shows messages {seqs:?}");
    Ok(())
}
