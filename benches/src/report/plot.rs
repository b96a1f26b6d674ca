//! Plots as SVG.

use std::{fmt::Debug, ops::Range, path::Path};

use anyhow::anyhow;
use plotters::{
    coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter},
    prelude::*,
};
use serde::Serialize;

/// Width and height in pixels.
const SIZE: (u32, u32) = (900, 480);
const FONT: (&str, u32) = ("sans-serif", 15);

/// Curves over two axes.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Plot {
    /// The name of its file, without `.svg`.
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) series: Vec<Series>,
}

/// An axis: linear from zero, or logarithmic.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Axis {
    label: String,
    logarithmic: bool,
}

impl Axis {
    pub(crate) fn linear(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            logarithmic: false,
        }
    }

    pub(crate) fn logarithmic(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            logarithmic: true,
        }
    }

    /// From where to where it goes so that these values have room.
    fn range(&self, values: impl Iterator<Item = f64>) -> Range<f64> {
        let values: Vec<f64> = values.filter(|value| self.shows(*value)).collect();
        let most = values.iter().copied().fold(f64::NAN, f64::max);
        let least = values.iter().copied().fold(f64::NAN, f64::min);
        match self.logarithmic {
            _ if values.is_empty() => 1.0..10.0,
            true => least..(most * 1.1).max(least * 10.0),
            false => 0.0..if most > 0.0 { most * 1.05 } else { 1.0 },
        }
    }

    /// A logarithm has no place for zero.
    fn shows(&self, value: f64) -> bool {
        value.is_finite() && (!self.logarithmic || value > 0.0)
    }
}

/// One curve.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Series {
    name: String,
    points: Vec<(f64, f64)>,
}

impl Series {
    pub(crate) fn new(name: impl Into<String>, points: Vec<(f64, f64)>) -> Self {
        Self {
            name: name.into(),
            points,
        }
    }

    pub(crate) fn has_points(&self) -> bool {
        !self.points.is_empty()
    }

    /// A value for each round, counted from 1.
    pub(crate) fn of_rounds(name: impl Into<String>, values: &[f64]) -> Self {
        let rounds = std::iter::successors(Some(1.0), |round| Some(round + 1.0));
        Self::new(name, rounds.zip(values.iter().copied()).collect())
    }
}

impl Plot {
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    pub(super) fn file(&self) -> String {
        format!("{}.svg", self.name)
    }

    pub(super) fn draw(&self, folder: &Path) -> anyhow::Result<()> {
        let mut svg = String::new();
        self.render(&mut svg)
            .map_err(|error| anyhow!("cannot draw {}: {error}", self.name))?;
        Ok(std::fs::write(folder.join(self.file()), svg)?)
    }

    fn render(&self, svg: &mut String) -> Result<(), String> {
        let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
        let points = self.series.iter().flat_map(|series| &series.points);
        let x = self.x.range(points.clone().map(|point| point.0));
        let y = self.y.range(points.map(|point| point.1));
        match (self.x.logarithmic, self.y.logarithmic) {
            (false, false) => self.render_over(&root, x, y),
            (false, true) => self.render_over(&root, x, y.log_scale()),
            (true, false) => self.render_over(&root, x.log_scale(), y),
            (true, true) => self.render_over(&root, x.log_scale(), y.log_scale()),
        }
        .map_err(|error| format!("{error:?}"))?;
        root.present().map_err(|error| error.to_string())
    }

    fn render_over<DB, X, Y>(
        &self,
        root: &DrawingArea<DB, plotters::coord::Shift>,
        x: X,
        y: Y,
    ) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>>
    where
        DB: DrawingBackend,
        X: AsRangedCoord<Value = f64>,
        Y: AsRangedCoord<Value = f64>,
        X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
        Y::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        root.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(root)
            .caption(&self.title, FONT)
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(72)
            .build_cartesian_2d(x, y)?;
        chart
            .configure_mesh()
            .x_desc(&self.x.label)
            .y_desc(&self.y.label)
            .x_label_formatter(&|value| short(*value))
            .y_label_formatter(&|value| short(*value))
            .light_line_style(TRANSPARENT)
            .draw()?;
        for (index, series) in self.series.iter().enumerate() {
            let colour = Palette99::pick(index).to_rgba();
            let points = series.points.iter().copied();
            let points = points.filter(|(x, y)| self.x.shows(*x) && self.y.shows(*y));
            let line = LineSeries::new(points, colour.stroke_width(2)).point_size(3);
            chart
                .draw_series(line)?
                .label(&series.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK.mix(0.3))
            .draw()
    }
}

/// A number as an axis shows it: `1k` for a thousand.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 1e6 => format!("{}M", rounded(value / 1e6)),
        size if size >= 1e3 => format!("{}k", rounded(value / 1e3)),
        _ => rounded(value),
    }
}

fn rounded(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

#[cfg(test)]
impl Plot {
    pub(super) fn sample() -> Self {
        Self {
            name: "sample",
            title: "A sample".to_owned(),
            x: Axis::logarithmic("messages"),
            y: Axis::linear("ms"),
            series: vec![Series::new(
                "ours",
                vec![(0.0, 9.0), (1.0, 2.0), (1000.0, 3.0)],
            )],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_is_an_svg_with_its_words() {
        let mut svg = String::new();
        Plot::sample().render(&mut svg).unwrap();
        for part in [
            "<svg", "A sample", "messages", "ms", "ours", "polyline", "1k",
        ] {
            assert!(svg.contains(part), "no {part} in {svg}");
        }
    }

    #[test]
    fn a_plot_of_nothing_has_its_axes() {
        let mut svg = String::new();
        let series = vec![Series::new("ours", Vec::new())];
        let plot = Plot {
            series,
            ..Plot::sample()
        };
        plot.render(&mut svg).unwrap();
        assert!(svg.contains("messages"));
    }

    #[test]
    fn numbers_are_short() {
        let shown = [0.0, 0.05, 12.5, 1000.0, 2_500_000.0].map(short);
        assert_eq!(shown, ["0", "0.05", "12.5", "1k", "2.5M"]);
    }
}
