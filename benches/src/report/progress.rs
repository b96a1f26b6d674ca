//! What happens now, on the terminal. Nothing is shown where there is none.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for `count` steps; it goes when it is dropped.
pub(crate) fn bar(count: usize, what: &'static str) -> Progress {
    let bar = ProgressBar::new(count as u64);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {elapsed}");
    bar.set_style(style.expect("the template is well formed"));
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(500));
    Progress(bar)
}

/// A running bar.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn step(&self) {
        self.0.inc(1);
    }

    /// What is done now, in place of what was.
    pub(crate) fn now(&self, what: impl Into<String>) {
        self.0.set_message(what.into());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
