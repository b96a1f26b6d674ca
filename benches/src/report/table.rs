//! Tables of figures.

use std::fmt::Write;

use serde::Serialize;

use crate::measure::figure::Figure;

/// Figures in rows, one column for each thing that was measured.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Serialize)]
struct Row {
    name: String,
    unit: &'static str,
    /// One a column; `None` where the column has no such figure.
    figures: Vec<Option<Figure>>,
}

impl Row {
    fn label(&self) -> String {
        match self.unit {
            "" => self.name.clone(),
            unit => format!("{}, {unit}", self.name),
        }
    }

    fn cells(&self) -> impl Iterator<Item = String> {
        let figures = self.figures.iter();
        figures.map(|figure| figure.as_ref().map_or_else(String::new, Figure::to_string))
    }
}

impl Table {
    pub(crate) fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            title: title.into(),
            columns: columns.iter().map(|&name| name.to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// A row with a figure for each column.
    pub(crate) fn row<'a>(
        &mut self,
        name: impl Into<String>,
        unit: &'static str,
        figures: impl IntoIterator<Item = Option<&'a Figure>>,
    ) {
        self.rows.push(Row {
            name: name.into(),
            unit,
            figures: figures.into_iter().map(Option::<&Figure>::cloned).collect(),
        });
    }

    pub(crate) fn markdown(&self) -> String {
        let mut out = format!("## {}\n\n", self.title);
        line(&mut out, "", self.columns.iter().map(String::as_str));
        line(&mut out, "---", self.columns.iter().map(|_| "---:"));
        for row in &self.rows {
            line(&mut out, &row.label(), row.cells());
        }
        out
    }

    /// For a terminal: each figure with its column's name, aligned.
    pub(crate) fn plain(&self) -> String {
        let mut out = format!("{}\n", self.title);
        let width = self
            .rows
            .iter()
            .map(|row| row.label().chars().count())
            .max();
        let width = width.unwrap_or_default();
        for row in &self.rows {
            let cells = self.columns.iter().zip(row.cells());
            let cells = cells.filter(|(_, cell)| !cell.is_empty());
            let cells: Vec<String> = match self.columns.len() {
                1 => cells.map(|(_, cell)| cell).collect(),
                _ => cells
                    .map(|(column, cell)| format!("{column} {cell}"))
                    .collect(),
            };
            let (label, cells) = (row.label(), cells.join("; "));
            writeln!(out, "  {label:width$}  {cells}").expect("text takes text");
        }
        out
    }
}

fn line(out: &mut String, first: &str, cells: impl Iterator<Item = impl AsRef<str>>) {
    write!(out, "| {first} |").expect("text takes text");
    for cell in cells {
        write!(out, " {} |", cell.as_ref()).expect("text takes text");
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new("Sends", &["ours", "ceiling"]);
        let (ours, ceiling) = ([120.0], [100.0, 300.0]);
        let ours: Figure = ours.into_iter().collect();
        let ceiling: Figure = ceiling.into_iter().collect();
        table.row("rate", "1/s", [Some(&ours), Some(&ceiling)]);
        table.row("p99 of acks", "ms", [Some(&ours), None]);
        table
    }

    #[test]
    fn a_table_is_markdown() {
        let expected = "## Sends\n\n\
            |  | ours | ceiling |\n\
            | --- | ---: | ---: |\n\
            | rate, 1/s | 120 | 200 [100 to 300] |\n\
            | p99 of acks, ms | 120 |  |\n";
        assert_eq!(table().markdown(), expected);
    }

    #[test]
    fn a_table_is_plain_text() {
        let expected = "Sends\n  \
            rate, 1/s        ours 120; ceiling 200 [100 to 300]\n  \
            p99 of acks, ms  ours 120\n";
        assert_eq!(table().plain(), expected);
    }
}
