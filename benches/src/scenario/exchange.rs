//! Figures of scenarios in which messages are sent and come to others.

use crate::{
    ceiling::Stored,
    client::exchange::Exchange,
    measure::{
        cpu::{Usage, per_thousand},
        figure::Figure,
        percentiles::Percentiles,
        rounds::Beside,
    },
    report::{Axis, Bound, Plot, Report, Series, Table},
};

/// What rounds through the server come to, and rounds of the ceiling in turn with them.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) acknowledged: Beside,
    delivered: Figure,
    server_cpu: Beside,
    database_cpu: Beside,
    both_cpu: Beside,
    clients_cpu: Figure,
    to_ack: Percentiles,
    pub(super) to_other: Percentiles,
    stored: Percentiles,
}

impl Figures {
    /// A round through the server, and what was used in it; with a ceiling, the round of that which
    /// followed.
    pub(super) fn push(&mut self, exchange: &Exchange, used: Usage, ceiling: Option<&Stored>) {
        let messages = exchange.messages();
        let server = per_thousand(used.server, messages);
        let database = per_thousand(used.database, messages);
        let (ceiling_own, ceiling_database) = ceiling.map_or((f64::NAN, f64::NAN), Stored::cpu);
        let stored = ceiling.map_or(f64::NAN, |stored| stored.per_second);
        self.acknowledged.push(exchange.acknowledged, stored);
        self.delivered.push(exchange.delivered);
        self.server_cpu.push(server, ceiling_own);
        self.database_cpu.push(database, ceiling_database);
        self.both_cpu
            .push(server + database, ceiling_own + ceiling_database);
        self.clients_cpu
            .push(per_thousand(Some(used.own), messages));
        self.to_ack.push(&exchange.to_ack);
        self.to_other.push(&exchange.to_other);
        if let Some(stored) = ceiling {
            self.stored.push(&stored.latencies);
        }
    }

    fn has_ceiling(&self) -> bool {
        !self.acknowledged.ceiling.is_empty()
    }

    pub(super) fn report(&self, report: &mut Report) {
        let columns = ["server", "group loop", "ratio"];
        let columns = if self.has_ceiling() {
            &columns[..]
        } else {
            &columns[..1]
        };
        let width = columns.len();
        let mut rates = Table::new("Throughput", columns);
        rates.row(
            "acknowledged",
            "1/s",
            self.acknowledged.cells().into_iter().take(width),
        );
        let alone = |figure| [Some(figure), None, None].into_iter().take(width);
        rates.row("delivered", "1/s", alone(&self.delivered));
        report.table(rates);
        let mut cpu = Table::new("CPU seconds for 1,000 messages", columns);
        cpu.row(
            "server, or loop",
            "s",
            self.server_cpu.cells().into_iter().take(width),
        );
        cpu.row(
            "database",
            "s",
            self.database_cpu.cells().into_iter().take(width),
        );
        cpu.row("both", "s", self.both_cpu.cells().into_iter().take(width));
        cpu.row("clients", "s", alone(&self.clients_cpu));
        report.table(cpu);
        let mut latency = Table::new("Latency", &columns[..width.min(2)]);
        let to_ack = [Some(&self.to_ack), Some(&self.stored)];
        let to_other = [Some(&self.to_other), None];
        let width = width.min(2);
        Percentiles::rows(&mut latency, "send to acknowledgement", &to_ack[..width]);
        Percentiles::rows(
            &mut latency,
            "send to the other's socket",
            &to_other[..width],
        );
        report.table(latency);
        self.plots(report);
    }

    fn plots(&self, report: &mut Report) {
        let curves = [
            ("send to acknowledgement", &self.to_ack),
            ("send to the other's socket", &self.to_other),
            ("group loop", &self.stored),
        ];
        let curves = curves.map(|(name, percentiles)| Series::new(name, percentiles.all().tail()));
        report.plot(Plot {
            name: "latency",
            title: "Latency of all rounds: one message in x took longer".to_owned(),
            x: Axis::logarithmic("one in"),
            y: Axis::logarithmic("ms"),
            series: curves.into_iter().filter(Series::has_points).collect(),
        });
        let curves = [
            Series::of_rounds("acknowledged", self.acknowledged.ours.values()),
            Series::of_rounds("delivered", self.delivered.values()),
            Series::of_rounds("group loop", self.acknowledged.ceiling.values()),
        ];
        report.plot(Plot {
            name: "rounds",
            title: "Messages a second in each round".to_owned(),
            x: Axis::linear("round"),
            y: Axis::linear("messages/s"),
            series: curves.into_iter().filter(Series::has_points).collect(),
        });
    }

    /// What a message may cost, and how near the ceiling it should be.
    pub(super) fn goals(&self, report: &mut Report, costs: Option<(f64, f64)>) {
        let ratio = &self.acknowledged.ratio;
        report.goal(
            "acknowledged, of the group loop's",
            Bound::AtLeast(0.8),
            ratio,
        );
        if let Some((server, database)) = costs {
            let (name, figure) = ("server CPU s for 1,000 messages", &self.server_cpu.ours);
            report.goal(name, Bound::AtMost(server), figure);
            let (name, figure) = ("database CPU s for 1,000 messages", &self.database_cpu.ours);
            report.goal(name, Bound::AtMost(database), figure);
        }
    }
}
