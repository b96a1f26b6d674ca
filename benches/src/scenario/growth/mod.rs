//! How costs grow with what is stored and with who is connected.

mod messages;
mod sessions;

use std::time::Duration;

use crate::{
    client::files,
    measure::figure::Figure,
    options::Common,
    report::{Axis, Plot, Report, Series, Table},
};

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    /// The most messages: 1,000 and 100,000 come before a million.
    #[arg(long, default_value_t = 1_000_000)]
    most: u64,
    /// The most sessions: 10 and 1,000 come before ten thousand.
    #[arg(long, default_value_t = 10_000)]
    most_sessions: u64,
}

impl Args {
    /// How long one cost is measured in a round: a round has several.
    fn while_measuring(&self) -> Duration {
        self.common.round() / 5
    }
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let mut report = Report::begin("growth", &args.common)?;
    files::make_room(usize::try_from(args.most_sessions)?)?;
    let with_messages = messages::measure(&args).await?;
    with_messages.report("messages", &mut report);
    let with_sessions = sessions::measure(&args).await?;
    with_sessions.report("sessions", &mut report);
    report.note(
        "CPU is the server's and the database's together. Sends, pages and resumes are asked for \
         one after the other. A history page and a thread list have 50 items, a resume brings 50 \
         events. A delivery's CPU is without that of sending the message.",
    );
    report.finish()
}

/// The sizes up to the most.
fn sizes(all: [u64; 3], most: u64) -> Vec<u64> {
    all.into_iter().filter(|size| *size <= most).collect()
}

/// Costs at several sizes.
#[derive(Debug)]
struct Growth {
    sizes: Vec<u64>,
    curves: Vec<Curve>,
}

/// One cost: a figure for each size.
#[derive(Debug)]
struct Curve {
    name: &'static str,
    /// Processor time in us.
    cpu: Vec<Figure>,
    /// Median latency in ms; empty figures where there is none.
    latency: Vec<Figure>,
}

/// One side of a curve.
type Figures = fn(&Curve) -> &Vec<Figure>;

impl Growth {
    fn new(sizes: Vec<u64>, names: &[&'static str]) -> Self {
        let curves = names.iter().map(|name| Curve {
            name,
            cpu: vec![Figure::default(); sizes.len()],
            latency: vec![Figure::default(); sizes.len()],
        });
        Self {
            curves: curves.collect(),
            sizes,
        }
    }

    /// Notes a round of the cost number `curve` at size number `size`.
    fn push(&mut self, curve: usize, size: usize, cpu_us: f64, latency_ms: f64) {
        let curve = &mut self.curves[curve];
        curve.cpu[size].push(cpu_us);
        curve.latency[size].push(latency_ms);
    }

    /// Two tables and two plots: processor time and latency over `what` there are.
    fn report(&self, what: &'static str, report: &mut Report) {
        let columns: Vec<String> = self
            .sizes
            .iter()
            .map(|size| format!("{size} {what}"))
            .collect();
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let parts: [(_, _, _, Figures); 2] = [
            ("CPU", "us", names(what)[0], |curve| &curve.cpu),
            ("Median latency", "ms", names(what)[1], |curve| {
                &curve.latency
            }),
        ];
        for (title, unit, name, figures) in parts {
            let measured = self.curves.iter();
            let measured = measured.filter(|curve| figures(curve).iter().any(|f| !f.is_empty()));
            let mut table = Table::new(format!("{title}, by {what}"), &columns);
            let mut series = Vec::new();
            for curve in measured {
                table.row(curve.name, unit, figures(curve).iter().map(Some));
                series.push(Series::new(curve.name, self.points(figures(curve))));
            }
            report.table(table);
            report.plot(Plot {
                name,
                title: format!("{title}, by {what}"),
                x: Axis::logarithmic(what),
                y: Axis::linear(format!("{title}, {unit}")),
                series,
            });
        }
    }

    fn points(&self, figures: &[Figure]) -> Vec<(f64, f64)> {
        #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
        let sizes = self.sizes.iter().map(|size| *size as f64);
        sizes.zip(figures.iter().map(Figure::median)).collect()
    }
}

/// What the plots' files are called.
fn names(what: &str) -> [&'static str; 2] {
    match what {
        "messages" => ["cpu-by-messages", "latency-by-messages"],
        _ => ["cpu-by-sessions", "latency-by-sessions"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_end_at_the_most() {
        let all = [1_000, 100_000, 1_000_000];
        assert_eq!(sizes(all, 1_000_000), all);
        assert_eq!(sizes(all, 100_000), all[..2]);
        assert_eq!(sizes(all, 999), [0; 0]);
    }

    #[test]
    fn a_curve_has_a_point_for_each_size() {
        let mut growth = Growth::new(vec![10, 1_000], &["sending", "idling"]);
        for (cpu, latency) in [(5.0, 1.0), (7.0, 3.0)] {
            growth.push(0, 0, cpu, latency);
        }
        growth.push(0, 1, 9.0, f64::NAN);
        let curve = &growth.curves[0];
        assert_eq!(growth.points(&curve.cpu), [(10.0, 6.0), (1_000.0, 9.0)]);
        assert!(curve.latency[1].is_empty());
    }
}
