//! `cargo xtask instructions`: what each workload of the benches costs, in instructions an operation,
//! beside what it cost when that was last recorded. Unlike times, the figures are the same on a busy
//! machine.

mod callgrind;
mod recorded;
mod report;

use std::{
    fs,
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, ensure};

use self::{callgrind::Callgrind, recorded::Recorded, report::Line};
use crate::workspace;

const PACKAGE: &str = "messaging-bench";
const PROGRAM: &str = "messaging-instructions";

/// What to count.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only these workloads; all when there is none.
    workloads: Vec<String>,
    /// Keeps the counts as those to compare with from now on.
    #[arg(long)]
    record: bool,
}

/// A workload, and over how many operations it is counted.
struct Workload {
    name: String,
    operations: u64,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let callgrind = Callgrind::find()?;
    build()?;
    let workloads = chosen(list()?, &args.workloads)?;
    let mut recorded = Recorded::load()?;
    let compiler = compiler()?;
    report::print_head(&recorded, &compiler);
    let mut grown = Vec::new();
    for Workload { name, operations } in workloads {
        let line = Line {
            instructions: callgrind.count(&name, operations)?,
            recorded: recorded.instructions.get(&name).copied(),
        };
        line.print(&name);
        if line.has_grown() {
            grown.push(name.clone());
        }
        recorded.instructions.insert(name, line.instructions);
    }
    eprintln!(
        "where they are spent: callgrind_annotate {}/…",
        callgrind.folder().display()
    );
    if args.record {
        recorded.compiler = compiler;
        recorded.save()?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(report::conclude(&grown))
}

fn build() -> Result<()> {
    let mut command = workspace::cargo();
    command.args(["build", "--release", "--package", PACKAGE, "--bin", PROGRAM]);
    let status = workspace::run(&mut command)?;
    ensure!(status.success(), "{PROGRAM} does not build");
    Ok(())
}

/// Asks the program what there is to count.
fn list() -> Result<Vec<Workload>> {
    let program = workspace::release_dir().join(PROGRAM);
    let text = output_of(Command::new(program).arg("list"))?;
    let lines = text.lines().map(|line| {
        let (name, operations) = line.split_once(' ').context("a workload and a number")?;
        Ok(Workload {
            name: name.to_owned(),
            operations: operations.parse()?,
        })
    });
    lines.collect()
}

fn chosen(mut all: Vec<Workload>, names: &[String]) -> Result<Vec<Workload>> {
    for name in names {
        let known = all.iter().any(|workload| workload.name == *name);
        ensure!(known, "there is no workload {name}");
    }
    all.retain(|workload| names.is_empty() || names.contains(&workload.name));
    Ok(all)
}

/// Which compiler the counts are of: another one makes other code.
fn compiler() -> Result<String> {
    let text = output_of(Command::new("rustc").arg("--version"))?;
    Ok(text.trim().to_owned())
}

fn output_of(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_owned();
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("cannot run {}", program.display()))?;
    ensure!(output.status.success(), "{} failed", program.display());
    Ok(String::from_utf8(output.stdout)?)
}

/// Reads a file of the workspace.
fn read(path: &std::path::Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
