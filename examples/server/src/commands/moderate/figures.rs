//! How well verdicts and labels agree.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    time::Duration,
};

use comfy_table::{CellAlignment, ContentArrangement, Table as Grid, presets::NOTHING};
use messaging_moderation::{Flag, Group, Verdict};

use super::lines::{Kind, Line};

const FLAGS: usize = Flag::ALL.len();

/// How often one flag was right, wrong and missed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Labelled and said.
    pub(super) hits: usize,
    /// Said and not labelled.
    pub(super) wrong: usize,
    /// Labelled and not said.
    pub(super) missed: usize,
}

impl Count {
    /// Of what was said, the share that was right.
    pub(super) fn precision(self) -> f64 {
        share(self.hits, self.hits + self.wrong)
    }

    /// Of what was labelled, the share that was said.
    pub(super) fn recall(self) -> f64 {
        share(self.hits, self.hits + self.missed)
    }

    /// The harmonic mean of both.
    pub(super) fn f1(self) -> f64 {
        share(2 * self.hits, 2 * self.hits + self.wrong + self.missed)
    }

    fn labelled(self) -> usize {
        self.hits + self.missed
    }
}

/// A part of a whole; of nothing, nothing.
#[expect(clippy::cast_precision_loss, reason = "these are counts of lines")]
pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// What was counted over all lines.
#[derive(Debug)]
pub(super) struct Figures {
    pub(super) model: String,
    pub(super) backend: String,
    pub(super) lines: usize,
    pub(super) flags: [Count; FLAGS],
    /// How many lines of a kind there are, and how many of them have some flag.
    kinds: [(Kind, usize, usize); 3],
    /// For a label that was missed (row), what was wrongly said in its place (column); the last
    /// column is nothing, the diagonal are hits.
    pub(super) confusion: Box<[[usize; FLAGS + 1]; FLAGS]>,
    pub(super) times: Vec<Duration>,
}

impl Figures {
    pub(super) fn new(model: String, backend: String) -> Self {
        Self {
            model,
            backend,
            lines: 0,
            flags: [Count::default(); FLAGS],
            kinds: [
                (Kind::Flagged, 0, 0),
                (Kind::Lookalike, 0, 0),
                (Kind::Everyday, 0, 0),
            ],
            confusion: Box::new([[0; FLAGS + 1]; FLAGS]),
            times: Vec::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines == 0
    }

    /// Counts one line.
    pub(super) fn add(&mut self, line: &Line, verdict: &Verdict, took: Duration) {
        let labels: BTreeSet<Flag> = line.labels.iter().flatten().copied().collect();
        let said: BTreeSet<Flag> = verdict.flags.iter().map(|finding| finding.flag).collect();
        self.lines += 1;
        self.times.push(took);
        for flag in Flag::ALL {
            let count = &mut self.flags[flag.index()];
            match (labels.contains(&flag), said.contains(&flag)) {
                (true, true) => count.hits += 1,
                (true, false) => count.missed += 1,
                (false, true) => count.wrong += 1,
                (false, false) => {}
            }
        }
        let wrong: Vec<Flag> = said.difference(&labels).copied().collect();
        for label in &labels {
            let row = &mut self.confusion[label.index()];
            if said.contains(label) {
                row[label.index()] += 1;
            } else if wrong.is_empty() {
                row[FLAGS] += 1;
            } else {
                for flag in &wrong {
                    row[flag.index()] += 1;
                }
            }
        }
        let kind = line.kind();
        for (of, lines, flagged) in &mut self.kinds {
            if *of == kind {
                *lines += 1;
                *flagged += usize::from(!said.is_empty());
            }
        }
    }

    /// The mean F1 of `flags` that some line is labelled with.
    pub(super) fn macro_f1(&self, flags: impl Iterator<Item = Flag>) -> f64 {
        let scores: Vec<f64> = flags
            .map(|flag| self.flags[flag.index()])
            .filter(|count| count.labelled() > 0)
            .map(Count::f1)
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "there are 32 flags")]
        let count = scores.len().max(1) as f64;
        scores.iter().sum::<f64>() / count
    }

    /// The lines that say how often harmless texts were flagged.
    pub(super) fn false_alarms(&self) -> impl Iterator<Item = (&'static str, usize, usize)> {
        self.kinds.iter().filter_map(|(kind, lines, flagged)| {
            let name = match kind {
                Kind::Flagged => return None,
                Kind::Lookalike => "look-alikes with any flag",
                Kind::Everyday => "everyday lines with any flag",
            };
            (*lines > 0).then_some((name, *flagged, *lines))
        })
    }

    /// The time within which `of_hundred` of a hundred lines were judged.
    pub(super) fn percentile(&self, of_hundred: usize) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        let place = (times.len() * of_hundred / 100).min(times.len().saturating_sub(1));
        times.get(place).copied().unwrap_or_default()
    }

    /// Writes everything as text.
    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "{} on {}, {} lines\n",
            self.model, self.backend, self.lines
        )?;
        let mut grid = grid(["flag", "labelled", "precision", "recall", "F1"]);
        for flag in Flag::ALL {
            let count = self.flags[flag.index()];
            grid.add_row([
                flag.name().to_owned(),
                count.labelled().to_string(),
                format!("{:.3}", count.precision()),
                format!("{:.3}", count.recall()),
                format!("{:.3}", count.f1()),
            ]);
        }
        print_grid(&grid, out)?;
        let of = |group: Group| {
            Flag::ALL
                .into_iter()
                .filter(move |flag| flag.group() == group)
        };
        writeln!(out)?;
        writeln!(
            out,
            "macro F1, all flags         {:.4}",
            self.macro_f1(Flag::ALL.into_iter())
        )?;
        for (name, group) in [
            ("critical safety", Group::CriticalSafety),
            ("abuse", Group::Abuse),
            ("fraud and trade", Group::FraudAndTrade),
            ("structural", Group::Structural),
        ] {
            writeln!(out, "macro F1, {name:17} {:.4}", self.macro_f1(of(group)))?;
        }
        for (name, flagged, lines) in self.false_alarms() {
            let percent = 100.0 * share(flagged, lines);
            writeln!(out, "{name:28}{flagged} of {lines}, {percent:.2} %")?;
        }
        let (median, slow) = (self.percentile(50), self.percentile(99));
        writeln!(
            out,
            "time a line, median / 99 %  {median:.2?} / {slow:.2?}\n"
        )?;
        self.print_confusion(out)
    }

    /// What was said in place of what was missed: the commonest pairs.
    fn print_confusion(&self, out: &mut impl Write) -> io::Result<()> {
        let mut grid = grid(["missed", "said in its place", "lines"]);
        let mut pairs: Vec<(usize, &str, &str)> = Vec::new();
        for label in Flag::ALL {
            for (place, count) in self.confusion[label.index()].iter().enumerate() {
                if place != label.index() && *count > 0 {
                    let said = Flag::ALL
                        .get(place)
                        .map_or("(nothing wrong)", |flag| flag.name());
                    pairs.push((*count, label.name(), said));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)).then(a.2.cmp(b.2)));
        for (count, label, said) in pairs.into_iter().take(40) {
            grid.add_row([label.to_owned(), said.to_owned(), count.to_string()]);
        }
        print_grid(&grid, out)
    }
}

fn grid<const N: usize>(columns: [&str; N]) -> Grid {
    let mut grid = Grid::new();
    grid.load_style(NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(columns);
    for column in grid.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    grid
}

fn print_grid(grid: &Grid, out: &mut impl Write) -> io::Result<()> {
    for line in grid.lines() {
        let line = line.strip_prefix(' ').unwrap_or(&line);
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use messaging_moderation::{Action, Finding, Severity};

    use super::*;

    fn verdict(flags: &[Flag]) -> Verdict {
        let flags = flags
            .iter()
            .map(|flag| Finding {
                flag: *flag,
                score: 0.9,
                severity: Severity::High,
                span: None,
            })
            .collect();
        Verdict {
            action: Action::Flag,
            flags,
            model: "test@1".to_owned(),
        }
    }

    fn line(row: &str) -> Line {
        Line::parse(row.as_bytes(), true).unwrap()
    }

    #[test]
    fn hits_misses_and_false_alarms_are_counted() {
        let mut figures = Figures::new("test@1".into(), "none".into());
        let took = Duration::from_millis(1);
        figures.add(
            &line(r#"{"text":"a","labels":["spam"]}"#),
            &verdict(&[Flag::Spam]),
            took,
        );
        figures.add(
            &line(r#"{"text":"b","labels":["spam"]}"#),
            &verdict(&[Flag::Scam]),
            took,
        );
        figures.add(
            &line(r#"{"text":"c","labels":["spam"]}"#),
            &verdict(&[]),
            took,
        );
        let everyday = line(r#"{"text":"d","labels":[],"kind":"everyday"}"#);
        figures.add(&everyday, &verdict(&[Flag::Spam]), took);
        let spam = figures.flags[Flag::Spam.index()];
        assert_eq!(
            spam,
            Count {
                hits: 1,
                wrong: 1,
                missed: 2
            }
        );
        assert!((spam.f1() - 0.4).abs() < 1e-9);
        let row = figures.confusion[Flag::Spam.index()];
        assert_eq!(
            (row[Flag::Spam.index()], row[Flag::Scam.index()], row[FLAGS]),
            (1, 1, 1)
        );
        let alarms: Vec<_> = figures.false_alarms().collect();
        assert_eq!(alarms, [("everyday lines with any flag", 1, 1)]);
        let mut printed = Vec::new();
        figures.print(&mut printed).unwrap();
        let printed = String::from_utf8(printed).unwrap();
        assert!(
            printed.contains("everyday lines with any flag1 of 1, 100.00 %")
                || printed.contains("1 of 1, 100.00 %")
        );
    }
}
