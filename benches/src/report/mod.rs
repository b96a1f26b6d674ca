//! What a run comes to: figures, goals and plots, as JSON, as Markdown and on the terminal.

mod goal;
mod json;
mod machine;
mod markdown;
mod plot;
pub(crate) mod progress;
mod table;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use messaging_core::clock::{Clock, SystemClock};
use serde::Serialize;

pub(crate) use goal::{Bound, Goal};
pub(crate) use plot::{Axis, Plot, Series};
pub(crate) use table::Table;

use crate::{measure::figure::Figure, options::Common};
use machine::Machine;

/// The report of one run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    scenario: &'static str,
    database: String,
    command: String,
    /// When the run began: RFC 3339, UTC.
    date: String,
    machine: Machine,
    /// What was chosen, by name.
    options: Vec<(&'static str, String)>,
    goals: Vec<Goal>,
    tables: Vec<Table>,
    /// Sentences on how to read the figures.
    notes: Vec<String>,
    plots: Vec<Plot>,
    #[serde(skip)]
    folder: PathBuf,
}

impl Report {
    /// An empty report; its folder is made now, so that a bad `--out` is told before the work.
    pub(crate) fn begin(scenario: &'static str, common: &Common) -> anyhow::Result<Self> {
        let database = common.database.to_string();
        let folder = common
            .out
            .clone()
            .unwrap_or_else(|| Path::new("target/bench").join(format!("{scenario}-{database}")));
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        Ok(Self {
            scenario,
            database,
            command: machine::command_line(std::env::args().skip(1)),
            date: SystemClock.now().to_string(),
            machine: Machine::this(),
            options: vec![
                ("rounds", common.rounds.to_string()),
                ("seconds of a round", common.seconds.to_string()),
            ],
            goals: Vec::new(),
            tables: Vec::new(),
            notes: Vec::new(),
            plots: Vec::new(),
            folder,
        })
    }

    pub(crate) fn option(&mut self, name: &'static str, value: &(impl ToString + ?Sized)) {
        self.options.push((name, value.to_string()));
    }

    pub(crate) fn table(&mut self, table: Table) {
        self.tables.push(table);
    }

    /// Holds a figure against what it should be.
    pub(crate) fn goal(&mut self, name: impl Into<String>, bound: Bound, figure: &Figure) {
        self.goals.push(Goal::new(name, bound, figure));
    }

    pub(crate) fn note(&mut self, sentence: impl Into<String>) {
        self.notes.push(sentence.into());
    }

    pub(crate) fn plot(&mut self, plot: Plot) {
        self.plots.push(plot);
    }

    /// Writes `result.json`, `report.md` and the plots, and the figures to the terminal.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        for plot in &self.plots {
            plot.draw(&self.folder)?;
        }
        fs::write(self.folder.join("result.json"), json::render(&self)?)?;
        let report = self.folder.join("report.md");
        fs::write(&report, markdown::render(&self))?;
        eprintln!("{}", self.plain());
        eprintln!("report: {}", report.display());
        Ok(())
    }

    /// The figures in plain text.
    fn plain(&self) -> String {
        let tables = self.tables.iter().map(Table::plain);
        let goals = self.goals.iter().map(|goal| format!("{goal}\n"));
        tables.chain(goals).collect()
    }
}

#[cfg(test)]
impl Report {
    /// One of each, for the tests of what is made of it.
    fn sample() -> Self {
        let figure: Figure = [1.0, 2.0, 3.0].into_iter().collect();
        let mut table = Table::new("Throughput", &["ours", "ceiling"]);
        table.row("acknowledged", "1/s", [Some(&figure), None]);
        Self {
            scenario: "pairs",
            database: "sqlite".to_owned(),
            command: "messaging-bench pairs".to_owned(),
            date: "2026-11-23T10:00:00.000Z".to_owned(),
            machine: Machine::default(),
            options: vec![("pairs", "500".to_owned())],
            goals: vec![Goal::new("ratio", Bound::AtLeast(3.0), &figure)],
            tables: vec![table],
            notes: vec!["A note.".to_owned()],
            plots: vec![Plot::sample()],
            folder: PathBuf::new(),
        }
    }
}
