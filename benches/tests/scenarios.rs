//! The harness from its command line to its report.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{fs, path::Path, process::Command};

use serde_json::Value;

/// Runs a scenario for a second; its `result.json`.
fn run(scenario: &str, options: &[&str], out: &Path) -> Value {
    let ran = Command::new(env!("CARGO_BIN_EXE_messaging-bench"))
        // The server that is there will do: without this it would be built again.
        .env_remove("CARGO")
        .arg(scenario)
        .args(["--rounds", "1", "--seconds", "1", "--out"])
        .arg(out)
        .args(options)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{scenario}: {said}");
    assert!(said.contains("report: "), "{said}");
    serde_json::from_slice(&fs::read(out.join("result.json")).unwrap()).unwrap()
}

/// The median of a row's figure in the first column.
fn median(result: &Value, row: &str) -> f64 {
    let tables = result["tables"].as_array().unwrap().iter();
    let mut rows = tables.flat_map(|table| table["rows"].as_array().unwrap());
    let row = rows.find(|found| found["name"] == row).unwrap();
    row["figures"][0]["median"].as_f64().unwrap()
}

#[test]
fn pairs_come_to_a_report_with_plots() {
    let out = tempfile::tempdir().unwrap();
    let result = run("pairs", &["--pairs", "3", "--warm-up", "0"], out.path());
    assert!(median(&result, "acknowledged") > 0.0);
    assert!(median(&result, "send to the other's socket, p99") > 0.0);
    assert!(!result["machine"]["kernel"].as_str().unwrap().is_empty());
    let report = fs::read_to_string(out.path().join("report.md")).unwrap();
    for plot in ["latency.svg", "rounds.svg"] {
        assert!(report.contains(plot), "{report}");
        let svg = fs::read_to_string(out.path().join(plot)).unwrap();
        assert!(svg.starts_with("<svg"), "{svg}");
    }
}

#[test]
fn an_open_loop_keeps_its_rate() {
    let out = tempfile::tempdir().unwrap();
    let result = run("open", &["--pairs", "4", "--rate", "40"], out.path());
    let delivered = median(&result, "delivered");
    // A busy machine may fall behind the rate; nothing may get ahead of it.
    assert!(
        delivered > 0.0 && delivered <= 41.0,
        "{delivered} messages/s"
    );
}

#[test]
fn one_thread_takes_the_messages_of_many() {
    let out = tempfile::tempdir().unwrap();
    let options = [
        "--senders",
        "5",
        "--members",
        "3",
        "--listeners",
        "2",
        "--warm-up",
        "0",
    ];
    let result = run("hot-thread", &options, out.path());
    assert!(median(&result, "delivered") > median(&result, "acknowledged"));
}
