//! `doctor`: says in words what is wrong and what to do about it.

mod clock;
mod database;
mod port;
mod settings;

use std::io::{self, Write};

use anyhow::{Result, bail};
use messaging_core::{
    Store,
    clock::{Clock, SystemClock},
};

use crate::{node, settings::Settings, words::in_words};
use clock::check_clock;
use database::{check_writing, count_pending, describe_schema, newest};
use port::check_port;
use settings::{check_features, check_throttle, check_tokens};

/// The settings that `serve` would take.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    settings: Settings,
}

/// What one check came to: how things are, or what is wrong and what to do.
type Finding = Result<String, String>;

pub(crate) async fn run(args: &Args) -> Result<()> {
    let settings = &args.settings;
    let mut report = Report::default();
    report.add("settings", check_features())?;
    report.add("tokens", check_tokens(settings))?;
    report.add("throttle", check_throttle(settings))?;
    report.add("port", check_port(settings.listen.api()).await)?;
    if let Some(gateway) = settings.listen.gateway() {
        report.add("ws port", check_port(gateway).await)?;
    }
    check_database(settings, &mut report).await?;
    match report.problems {
        0 => Ok(()),
        1 => bail!("there is a problem"),
        count => bail!("there are {count} problems"),
    }
}

async fn check_database(settings: &Settings, report: &mut Report) -> io::Result<()> {
    let now = SystemClock.now();
    let pending = count_pending(settings).await;
    report.add(
        "schema",
        pending
            .clone()
            .and_then(|pending| describe_schema(settings, pending)),
    )?;
    if pending != Ok(0) {
        // Without its tables there is nothing to read or write.
        return report.add("clock", check_clock(now, None));
    }
    match node::open_store(&settings.database, false).await {
        Ok(store) => {
            report.add("writing", check_writing(&store).await)?;
            report.add("clock", check_clock(now, newest(&store).await))?;
            store.close().await;
            Ok(())
        }
        Err(error) => report.add("writing", Err(in_words(&error))),
    }
}

#[derive(Debug, Default)]
struct Report {
    problems: usize,
}

impl Report {
    fn add(&mut self, what: &str, finding: Finding) -> io::Result<()> {
        let (mark, text) = match finding {
            Ok(text) => ("ok", text),
            Err(text) => {
                self.problems += 1;
                ("BAD", text)
            }
        };
        writeln!(io::stdout(), "{mark:<4}{what:<10}{text}")
    }
}
