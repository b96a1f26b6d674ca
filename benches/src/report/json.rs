//! The report for programs.

use super::Report;

pub(super) fn render(report: &Report) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_json_with_every_round() {
        let text = render(&Report::sample()).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["scenario"], "pairs");
        assert_eq!(json["goals"][0]["reached"], false);
        assert_eq!(json["goals"][0]["bound"]["at_least"], 3.0);
        let figures = &json["tables"][0]["rows"][0]["figures"];
        assert_eq!(figures[0]["rounds"], serde_json::json!([1.0, 2.0, 3.0]));
        assert!(figures[1].is_null());
    }
}
