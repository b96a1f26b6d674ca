//! The server's engine, as the example `judge` runs it.

use std::{
    env, fs,
    io::{BufRead, BufReader, BufWriter, Write},
    path::PathBuf,
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, Result, bail};

use super::{compare::Verdict, texts::Text};
use crate::workspace;

/// The engine's program.
#[derive(Debug)]
pub(super) struct Engine(PathBuf);

/// Builds it with the embedded backend; with the machine's ONNX Runtime alone where `ORT_DYLIB_PATH`
/// names one, which saves the ten minutes that the embedded one takes to compile.
pub(super) fn build() -> Result<Engine> {
    let library = env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty());
    let backend = if library.is_some() { "native" } else { "tract" };
    let mut command = workspace::cargo();
    command.args(["build", "--release", "--package", "messaging-moderation"]);
    command.args(["--example", "judge", "--features", backend]);
    let status = workspace::run(&mut command)?;
    if !status.success() {
        bail!("the engine cannot be built ({status})");
    }
    Ok(Engine(workspace::release_dir().join("examples/judge")))
}

impl Engine {
    /// Judges `texts` under the built-in policy, or under `policy`.
    pub(super) fn judge(&self, texts: &[Text], policy: Option<&str>) -> Result<Vec<Verdict>> {
        let mut command = Command::new(&self.0);
        command
            .arg("--json")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(policy) = policy {
            let file = workspace::target_dir().join("web-test-policy.toml");
            fs::write(&file, policy)?;
            command.arg("--policy").arg(file);
        }
        let mut child = command.spawn().context("cannot run the engine")?;
        let input = child.stdin.take().context("the engine takes no texts")?;
        let output = child
            .stdout
            .take()
            .context("the engine gives no verdicts")?;
        let lines = texts
            .iter()
            .map(serde_json::to_string)
            .collect::<Result<Vec<_>, _>>()?;
        // Written from beside: neither side waits for the other's full pipe.
        let writer = thread::spawn(move || {
            let mut input = BufWriter::new(input);
            lines.iter().try_for_each(|line| writeln!(input, "{line}"))
        });
        let verdicts = BufReader::new(output)
            .lines()
            .map(|line| Ok(serde_json::from_str(&line?)?))
            .collect::<Result<Vec<_>>>()?;
        let status = child.wait()?;
        if !status.success() {
            bail!("the engine failed ({status})");
        }
        writer.join().ok().context("the engine takes no texts")??;
        Ok(verdicts)
    }
}
