//! The report for people.

use std::fmt::Write;

use super::Report;

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    write(report, &mut out).expect("text takes text");
    out
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(out, "# {} on {}\n", report.scenario, report.database)?;
    writeln!(out, "{}, {}.\n", report.date, report.machine)?;
    writeln!(out, "```sh\n{}\n```\n", report.command)?;
    for (name, value) in &report.options {
        writeln!(out, "- {name}: {value}")?;
    }
    writeln!(
        out,
        "\nFigures are medians of the rounds, with the least and the greatest.\n"
    )?;
    if !report.goals.is_empty() {
        writeln!(
            out,
            "## Goals\n\n| figure | goal | measured | |\n| --- | --- | ---: | --- |"
        )?;
    }
    for goal in &report.goals {
        let (name, bound, figure) = (&goal.name, goal.bound, &goal.figure);
        writeln!(out, "| {name} | {bound} | {figure} | {} |", goal.verdict())?;
    }
    for table in &report.tables {
        write!(out, "\n{}", table.markdown())?;
    }
    for note in &report.notes {
        writeln!(out, "\n{note}")?;
    }
    for plot in &report.plots {
        writeln!(out, "\n![{}]({})", plot.title(), plot.file())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_markdown() {
        let text = render(&Report::sample());
        let parts = [
            "# pairs on sqlite\n",
            "2026-11-23T10:00:00.000Z, ",
            "```sh\nmessaging-bench pairs\n```\n",
            "- pairs: 500\n",
            "| ratio | at least 3 | 2.00 [1.00 to 3.00] | not reached |\n",
            "## Throughput\n",
            "| acknowledged, 1/s | 2.00 [1.00 to 3.00] |  |\n",
            "\nA note.\n",
            "![A sample](sample.svg)\n",
        ];
        let mut rest = text.as_str();
        for part in parts {
            let (_, after) = rest
                .split_once(part)
                .unwrap_or_else(|| panic!("no {part} in {text}"));
            rest = after;
        }
    }
}
