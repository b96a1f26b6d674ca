//! Writes the JSON Schemas of all events into a folder: `cargo xtask schemas` calls it.

use std::{env, error::Error, fs, path::Path};

use messaging_core::event::schemas;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("the folder is missing")?;
    for schema in schemas() {
        let side = if schema.is_sent { "sent" } else { "received" };
        let folder = Path::new(&folder).join(side);
        fs::create_dir_all(&folder)?;
        let file = folder.join(format!("{}.json", schema.kind));
        let text = serde_json::to_string_pretty(&schema.schema)?;
        fs::write(file, text + "\n")?;
    }
    Ok(())
}
