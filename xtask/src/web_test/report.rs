//! What the page says of itself: its verdicts, its checks, its times.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::compare::Verdict;

/// The longest that the engine may hold up the page, in milliseconds.
const LONGEST_DELAY: f64 = 50.0;

/// The page's answer.
#[derive(Debug, Deserialize)]
pub(super) struct Report {
    browser: String,
    load_ms: f64,
    checks: Vec<Check>,
    /// Verdicts under the built-in policy.
    pub(super) verdicts: Vec<Verdict>,
    /// Verdicts under the policy that reports every flag.
    pub(super) everything: Vec<Verdict>,
    /// Milliseconds from a call to its verdict, one text after the other.
    times: Times,
    page: Page,
}

/// One thing that must hold, beside the verdicts.
#[derive(Debug, Deserialize)]
struct Check {
    name: String,
    error: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Times {
    /// Of texts of about 120 characters.
    message: Vec<f64>,
    all: Vec<f64>,
}

/// How the page fared while the worker worked, in milliseconds.
#[derive(Debug, Deserialize)]
struct Page {
    /// Tasks of the page that took over 50 ms, as the browser reports them.
    long_tasks: Vec<f64>,
    /// How late a timer of 10 ms was at worst while nothing ran …
    idle_delay: f64,
    /// … and how late each time it was while the engine was loaded and texts were judged.
    delays: Vec<f64>,
}

/// Reads the page's answer.
pub(super) fn read(answer: &[u8]) -> Result<Report> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Answer {
        Failed { failed: String },
        Done(Box<Report>),
    }
    match serde_json::from_slice(answer).context("the page's answer")? {
        Answer::Failed { failed } => bail!("the page failed: {failed}"),
        Answer::Done(report) => Ok(*report),
    }
}

impl Report {
    /// Prints it, and answers whether all is well.
    pub(super) fn print(&self) -> bool {
        eprintln!("{}", self.browser);
        eprintln!("loaded and warm after {:.0} ms", self.load_ms);
        for (what, times) in [
            ("texts of about 120 characters", &self.times.message),
            ("all texts", &self.times.all),
        ] {
            eprintln!(
                "{what} ({}): p10 {:.1} ms, median {:.1} ms, p90 {:.1} ms",
                times.len(),
                percentile(times, 10),
                percentile(times, 50),
                percentile(times, 90),
            );
        }
        let worst = percentile(&self.page.delays, 100);
        eprintln!(
            "the page: {} tasks over {LONGEST_DELAY} ms; a timer of 10 ms was {worst:.1} ms late at \
             worst, {:.1} ms in 99 of 100 cases ({:.1} ms at worst while nothing ran)",
            self.page.long_tasks.len(),
            percentile(&self.page.delays, 99),
            self.page.idle_delay,
        );
        let mut well = self.page.long_tasks.is_empty() && worst <= LONGEST_DELAY;
        if !well {
            eprintln!("FAILED: the page was held up");
        }
        for Check { name, error } in &self.checks {
            match error {
                None => eprintln!("ok      {name}"),
                Some(error) => {
                    well = false;
                    eprintln!("FAILED  {name}: {error}");
                }
            }
        }
        well
    }
}

/// The value that `percent` of `values` do not exceed.
fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}
