//! `cargo xtask web-test`: the same texts in headless Chromium and in the server's engine, and the
//! verdicts side by side.

mod browser;
mod compare;
mod engine;
mod http;
mod report;
mod texts;

use std::{fs, process::ExitCode, time::Duration};

use anyhow::{Context, Result, bail};
use serde::Serialize;

use crate::workspace;
use compare::Comparison;
use texts::Text;

/// A policy under which every flag is reported however unlikely it is: so every score is compared,
/// not only those of flags that a text has.
const EVERYTHING: &str = include_str!("everything.toml");

/// Longer than the page takes on a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_mins(15);

/// What is judged.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many texts, spread evenly over the training's files.
    #[arg(long, default_value_t = 2000)]
    texts: usize,
}

impl Default for Args {
    fn default() -> Self {
        Self { texts: 2000 }
    }
}

/// What the page is to do.
#[derive(Serialize)]
struct Work<'a> {
    texts: &'a [Text],
    everything: &'a str,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let package = workspace::target_dir().join("web");
    if !package.join("files.json").exists() {
        bail!(
            "there is no {}: run cargo xtask wasm first",
            package.display()
        );
    }
    let texts = texts::choose(args.texts)?;
    let engine = engine::build()?;
    let by_policy = engine.judge(&texts, None)?;
    let by_everything = engine.judge(&texts, Some(EVERYTHING))?;

    let work = serde_json::to_vec(&Work {
        texts: &texts,
        everything: EVERYTHING,
    })?;
    let page = workspace::root().join("messaging-moderation-web/test");
    let server = http::serve(vec![("/web/", package.clone()), ("/test/", page)], work)?;
    let browser = browser::open(&server.url("/test/index.html"))?;
    let answer = server.answer(PATIENCE)?;
    drop(browser);
    let report = report::read(&answer)?;

    let manifest =
        fs::read_to_string(package.join("model.toml")).context("the package has no model.toml")?;
    let comparison = Comparison::new(&manifest);
    let mut well = report.print();
    for (name, server, browser) in [
        ("the built-in policy", &by_policy, &report.verdicts),
        ("every score", &by_everything, &report.everything),
    ] {
        well &= comparison.print(name, &texts, server, browser)?;
    }
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
