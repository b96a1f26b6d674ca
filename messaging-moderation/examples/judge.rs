//! Judges each line of standard input and prints its verdict as JSON: the engine alone, without the
//! rest of the project. A text's own line breaks are written `\n`.
//!
//! By the rules alone without the feature `model`, by rules and model with it.

use std::error::Error;
use std::io::{self, BufRead as _, BufWriter, Write as _};

use messaging_moderation::{Context, Engine, Policy};

fn main() -> Result<(), Box<dyn Error>> {
    #[cfg(feature = "model")]
    let engine = {
        use messaging_moderation::{Backend, Model};
        Engine::new(Policy::builtin(), Model::shipped(&Backend::from_env(), 1)?)
    };
    #[cfg(not(feature = "model"))]
    let engine = Engine::rules(Policy::builtin());
    let mut output = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let verdict = engine.moderate(&line?.replace("\\n", "\n"), Context::default())?;
        serde_json::to_writer(&mut output, &verdict)?;
        writeln!(output)?;
    }
    output.flush()?;
    Ok(())
}
