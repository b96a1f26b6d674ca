//! The figures as a page with plots.

use std::fmt::Write as _;

use anyhow::{Result, anyhow};
use messaging_moderation::Flag;
use plotters::prelude::*;

use super::figures::{Figures, share};

/// One HTML file that needs nothing else.
pub(super) fn page(figures: &Figures) -> Result<String> {
    let mut page = String::from(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Moderation: figures</title>\
         <style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;\
         color:#1c1c28}table{border-collapse:collapse;margin:1rem 0}td,th{padding:.15rem .6rem;\
         text-align:right}td:first-child,th:first-child{text-align:left}tr:nth-child(even){background:#f4f4f8}\
         .confusion{overflow-x:auto;font-size:11px}.confusion th{writing-mode:vertical-rl;text-align:right}\
         .confusion th:first-child{writing-mode:initial}svg{max-width:100%;height:auto}</style>",
    );
    write!(
        page,
        "<h1>Moderation: figures</h1><p>{} on {}, {} lines. Macro F1 {:.4}.</p><ul>",
        figures.model,
        figures.backend,
        figures.lines,
        figures.macro_f1(Flag::ALL.into_iter()),
    )?;
    for (name, flagged, lines) in figures.false_alarms() {
        write!(
            page,
            "<li>{name}: {flagged} of {lines}, {:.2} %",
            100.0 * share(flagged, lines)
        )?;
    }
    let (median, slow) = (figures.percentile(50), figures.percentile(99));
    write!(
        page,
        "<li>time a line: {median:.2?} median, {slow:.2?} for 99 of 100</ul>"
    )?;
    page.push_str("<h2>Precision and recall</h2>");
    page.push_str(&bars(figures).map_err(|error| anyhow!("the plot: {error}"))?);
    page.push_str("<h2>Flags</h2>");
    flags(figures, &mut page)?;
    page.push_str("<h2>Time a line</h2>");
    page.push_str(&times(figures).map_err(|error| anyhow!("the plot: {error}"))?);
    page.push_str(
        "<h2>Confusion</h2><p>A row a label: on the diagonal where it was said, else what was wrongly \
         said in its place, or nothing.</p><div class=confusion>",
    );
    confusion(figures, &mut page)?;
    page.push_str("</div></html>\n");
    Ok(page)
}

fn flags(figures: &Figures, page: &mut String) -> Result<()> {
    page.push_str("<table><tr><th>flag<th>hits<th>wrong<th>missed<th>precision<th>recall<th>F1");
    for flag in Flag::ALL {
        let count = figures.flags[flag.index()];
        write!(
            page,
            "<tr><td>{flag}<td>{}<td>{}<td>{}<td>{:.3}<td>{:.3}<td>{:.3}",
            count.hits,
            count.wrong,
            count.missed,
            count.precision(),
            count.recall(),
            count.f1(),
        )?;
    }
    page.push_str("</table>");
    Ok(())
}

fn confusion(figures: &Figures, page: &mut String) -> Result<()> {
    page.push_str("<table><tr><th>");
    for flag in Flag::ALL {
        write!(page, "<th>{flag}")?;
    }
    page.push_str("<th>nothing");
    for flag in Flag::ALL {
        let row = &figures.confusion[flag.index()];
        let most = row.iter().copied().max().unwrap_or(0);
        write!(page, "<tr><td>{flag}")?;
        for (place, count) in row.iter().enumerate() {
            let hue = if place == flag.index() { 145 } else { 12 };
            let depth = 97.0 - 45.0 * share(*count, most);
            if *count == 0 {
                page.push_str("<td>");
            } else {
                write!(
                    page,
                    "<td style=\"background:hsl({hue} 60% {depth:.0}%)\">{count}"
                )?;
            }
        }
    }
    page.push_str("</table>");
    Ok(())
}

type PlotError = Box<dyn std::error::Error>;

/// Two bars a flag.
fn bars(figures: &Figures) -> Result<String, PlotError> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (1080, 420)).into_drawing_area();
        root.fill(&WHITE)?;
        #[expect(clippy::cast_precision_loss, reason = "there are 32 flags")]
        let flags = Flag::ALL.len() as f64;
        let mut chart = ChartBuilder::on(&root)
            .margin(10)
            .x_label_area_size(130)
            .y_label_area_size(45)
            .build_cartesian_2d(0.0..flags, 0.0..1.0)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(Flag::ALL.len())
            .x_label_formatter(&|place| {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a flag's place"
                )]
                let place = *place as usize;
                Flag::ALL
                    .get(place)
                    .map_or_else(String::new, |flag| flag.name().to_owned())
            })
            .x_label_style(
                ("sans-serif", 12)
                    .into_font()
                    .transform(FontTransform::Rotate90),
            )
            .draw()?;
        for (offset, color) in [
            (0.12, RGBColor(64, 110, 200)),
            (0.52, RGBColor(240, 150, 60)),
        ] {
            chart.draw_series(Flag::ALL.into_iter().map(|flag| {
                let count = figures.flags[flag.index()];
                let height = if offset < 0.5 {
                    count.precision()
                } else {
                    count.recall()
                };
                #[expect(clippy::cast_precision_loss, reason = "a flag's place")]
                let left = flag.index() as f64 + offset;
                Rectangle::new([(left, 0.0), (left + 0.36, height)], color.filled())
            }))?;
        }
        root.present()?;
    }
    Ok(format!("<p>Blue: precision. Orange: recall.</p>{svg}"))
}

/// How many lines took how long.
fn times(figures: &Figures) -> Result<String, PlotError> {
    const BARS: usize = 60;
    let most = figures.percentile(99).as_secs_f64().max(1e-6) * 1e3;
    let mut counts = [0_usize; BARS];
    for time in &figures.times {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a bar's place"
        )]
        let bar = (time.as_secs_f64() * 1e3 / most * BARS as f64) as usize;
        counts[bar.min(BARS - 1)] += 1;
    }
    let highest = counts.iter().copied().max().unwrap_or(1);
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (1080, 260)).into_drawing_area();
        root.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&root)
            .margin(10)
            .x_label_area_size(40)
            .y_label_area_size(45)
            .build_cartesian_2d(0.0..most, 0..highest + 1)?;
        chart
            .configure_mesh()
            .x_desc("milliseconds")
            .y_desc("lines")
            .draw()?;
        chart.draw_series(counts.iter().enumerate().map(|(bar, count)| {
            #[expect(clippy::cast_precision_loss, reason = "a bar's place")]
            let (left, right) = (
                most * bar as f64 / BARS as f64,
                most * (bar + 1) as f64 / BARS as f64,
            );
            Rectangle::new(
                [(left, 0), (right, *count)],
                RGBColor(64, 110, 200).filled(),
            )
        }))?;
        root.present()?;
    }
    Ok(svg)
}
