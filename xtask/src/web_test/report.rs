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
    /// How late a timer of 10 ms was each time beside a worker that only counts: the machine's own
    /// delays …
    control: Vec<f64>,
    /// … while the engine was loaded …
    loading: Vec<f64>,
    /// … and while it judged.
    judging: Vec<f64>,
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
                "{what} ({}): first {:.1} ms, p10 {:.1} ms, median {:.1} ms, p90 {:.1} ms, slowest {:.1} ms",
                times.len(),
                times.first().unwrap_or(&f64::NAN),
                percentile(times, 10),
                percentile(times, 50),
                percentile(times, 90),
                percentile(times, 100),
            );
        }
        let mut well = self.page.print();
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

impl Page {
    /// Prints it, and answers whether the engine held nothing up.
    fn print(&self) -> bool {
        let tasks = self.long_tasks.len();
        eprintln!("the page: {tasks} tasks over {LONGEST_DELAY} ms; a timer of 10 ms was late:");
        for (what, delays) in [
            ("while a worker only counted", &self.control),
            ("while the engine was loaded", &self.loading),
            ("while texts were judged", &self.judging),
        ] {
            eprintln!(
                "  {what}: median {:.1} ms, p99 {:.1} ms, at worst {:.1} ms",
                percentile(delays, 50),
                percentile(delays, 99),
                percentile(delays, 100),
            );
        }
        // On a busy machine a timer is late whatever the page does: that much is not the engine's.
        let bound = percentile(&self.control, 100).max(LONGEST_DELAY);
        let worst = percentile(&self.loading, 100).max(percentile(&self.judging, 100));
        let well = tasks == 0 && worst <= bound;
        if !well {
            eprintln!("FAILED: the page was held up");
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
