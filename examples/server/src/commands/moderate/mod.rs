//! `moderate`: judges texts from standard input, and says how well it does.

mod figures;
mod lines;
mod report;

use std::{
    fs,
    io::{self, BufRead, Write},
    path::PathBuf,
};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::settings::EngineSettings;
use figures::Figures;
use lines::Line;

/// Texts to judge.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Compares the verdicts with the lines' `labels`, and prints figures in their place.
    #[arg(long)]
    eval: bool,
    /// Writes the figures of `--eval` as an HTML page with plots, too.
    #[arg(long, value_name = "FILE", requires = "eval")]
    html: Option<PathBuf>,
    #[command(flatten)]
    engine: EngineSettings,
}

/// The longest line that is read, in bytes: a text of 10,000 characters with all of them escaped.
const LONGEST_LINE: usize = 256 * 1024;

pub(crate) fn run(args: &Args) -> Result<()> {
    let engine = args.engine.open(1)?;
    let mut figures = Figures::new(engine.model_id(), engine.backend().to_owned());
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut input = io::stdin().lock();
    let mut number = 0;
    loop {
        let mut row = Vec::new();
        number += 1;
        let limit = LONGEST_LINE as u64 + 1;
        let read = io::Read::take(&mut input, limit).read_until(b'\n', &mut row)?;
        if read == 0 {
            break;
        }
        if row.len() > LONGEST_LINE {
            bail!("line {number}: longer than {LONGEST_LINE} bytes");
        }
        if row.trim_ascii().is_empty() {
            continue;
        }
        let line = Line::parse(&row, args.eval).with_context(|| format!("line {number}"))?;
        let begun = std::time::Instant::now();
        let verdict = engine.moderate(&line.text, line.context())?;
        let took = begun.elapsed();
        if args.eval {
            figures.add(&line, &verdict, took);
        } else {
            let mut row = json!({ "action": verdict.action, "flags": verdict.flags });
            if let Some(id) = line.id {
                row["id"] = id;
            }
            writeln!(out, "{row}")?;
        }
    }
    if args.eval {
        if figures.is_empty() {
            bail!("there are no lines to compare with");
        }
        figures.print(&mut out)?;
        if let Some(path) = &args.html {
            let page = report::page(&figures)?;
            fs::write(path, page).with_context(|| path.display().to_string())?;
        }
    }
    out.flush()?;
    Ok(())
}
