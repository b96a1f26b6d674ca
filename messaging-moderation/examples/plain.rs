//! Prints each line of standard input as the model reads it: what the training does with its data
//! is what the engine does with a message.
//!
//! A text's own line breaks are written `\n`, as in the training data.

use std::io::{self, BufRead as _, BufWriter, Write as _};

use messaging_moderation::View;

fn main() -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let text = line?.replace("\\n", "\n");
        let plain = View::new(&text)
            .plain()
            .replace(['\n', '\r', '\u{2028}', '\u{85}'], " ");
        writeln!(output, "{plain}")?;
    }
    output.flush()
}
