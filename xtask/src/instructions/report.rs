//! What the counts come to.

use std::process::ExitCode;

use super::Recorded;

/// How much more than recorded is too much, in per cent.
const TOLERANCE: u64 = 5;

/// A workload's count beside the recorded one.
pub(super) struct Line {
    pub(super) instructions: u64,
    pub(super) recorded: Option<u64>,
}

impl Line {
    /// Whether it needs too much more than it did.
    pub(super) fn has_grown(&self) -> bool {
        let Self {
            instructions,
            recorded,
        } = *self;
        recorded.is_some_and(|recorded| instructions * 100 > recorded * (100 + TOLERANCE))
    }

    pub(super) fn print(&self, workload: &str) {
        let Some(recorded) = self.recorded else {
            return eprintln!("{workload:<14} {:>12} {:>12}", self.instructions, "-");
        };
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let change = (self.instructions as f64 / recorded as f64 - 1.0) * 100.0;
        let mark = if self.has_grown() { "  grown" } else { "" };
        eprintln!(
            "{workload:<14} {:>12} {recorded:>12} {change:>+8.1}%{mark}",
            self.instructions
        );
    }
}

/// Prints what stands over the columns.
pub(super) fn print_head(recorded: &Recorded, compiler: &str) {
    if !recorded.compiler.is_empty() && recorded.compiler != compiler {
        eprintln!(
            "note: recorded with {}, counted with {compiler}: the compiler has its part in a change",
            recorded.compiler
        );
    }
    eprintln!(
        "{:<14} {:>12} {:>12}",
        "an operation", "instructions", "recorded"
    );
}

/// The end: a failure that names what has grown.
pub(super) fn conclude(grown: &[String]) -> ExitCode {
    if grown.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!(
        "over {TOLERANCE} per cent more than recorded: {}. Make it cheaper, or record the new count \
         with --record and say why in the commit",
        grown.join(", ")
    );
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grown(instructions: u64, recorded: Option<u64>) -> bool {
        Line {
            instructions,
            recorded,
        }
        .has_grown()
    }

    #[test]
    fn five_per_cent_more_is_let_pass_and_more_than_that_is_not() {
        assert!(!grown(1050, Some(1000)));
        assert!(grown(1051, Some(1000)));
        assert!(!grown(500, Some(1000)));
        assert!(!grown(1051, None));
    }
}
