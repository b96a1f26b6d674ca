//! Judges each line of standard input and prints its verdict as JSON: the engine alone, without the
//! rest of the project. A text's own line breaks are written `\n`.
//!
//! `--json`: each line is an object with `text` and, where the context is not the default one,
//! `audience` and `surface`. `--policy FILE`: a policy of TOML.
//!
//! By the rules alone without the feature `model`, by rules and model with it.

use std::error::Error;
use std::io::{self, BufRead as _, BufWriter, Write as _};

use messaging_moderation::{Audience, Context, Engine, Policy, Surface};

/// One text of `--json`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
    #[serde(default)]
    audience: Audience,
    #[serde(default)]
    surface: Surface,
}

fn main() -> Result<(), Box<dyn Error>> {
    let (json, policy) = arguments()?;
    #[cfg(feature = "model")]
    let engine = {
        use messaging_moderation::{Backend, Model};
        Engine::new(policy, Model::shipped(&Backend::from_env(), 1)?)
    };
    #[cfg(not(feature = "model"))]
    let engine = Engine::rules(policy);
    let mut output = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (text, context) = if json {
            let line: Line = serde_json::from_str(&line)?;
            (line.text, Context::new(line.audience, line.surface))
        } else {
            (line.replace("\\n", "\n"), Context::default())
        };
        let verdict = engine.moderate(&text, context)?;
        serde_json::to_writer(&mut output, &verdict)?;
        writeln!(output)?;
    }
    output.flush()?;
    Ok(())
}

/// Whether lines are JSON, and the policy.
fn arguments() -> Result<(bool, Policy), Box<dyn Error>> {
    let (mut json, mut policy) = (false, Policy::builtin());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => json = true,
            "--policy" => {
                let file = arguments.next().ok_or("--policy needs a file")?;
                policy = policy.overridden(&std::fs::read_to_string(file)?)?;
            }
            other => return Err(format!("unknown argument `{other}`").into()),
        }
    }
    Ok((json, policy))
}
