//! Tables for a terminal: a head, columns that line up, no frame. What is piped is the same.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table as Grid, presets::NOTHING};

/// Rows under a head.
#[derive(Debug)]
pub(crate) struct Table {
    grid: Grid,
    is_empty: bool,
}

impl Table {
    /// A table with these columns.
    pub(crate) fn new<const N: usize>(columns: [&str; N]) -> Self {
        let mut grid = Grid::new();
        grid.load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(columns);
        Self {
            grid,
            is_empty: true,
        }
    }

    /// One more row.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.grid.add_row(cells);
        self.is_empty = false;
    }

    /// Writes the table, or these words when it has no rows.
    pub(crate) fn print(&self, nothing: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.is_empty {
            return writeln!(out, "{nothing}");
        }
        for line in self.grid.lines() {
            // The first column begins where the line does.
            let line = line.strip_prefix(' ').unwrap_or(&line);
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
