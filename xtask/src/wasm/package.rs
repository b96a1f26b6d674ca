//! `target/web`: everything that a browser loads, ready to be served as it is.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::{CRATE, step};
use crate::workspace;

/// The finished folder.
#[derive(Debug)]
pub(super) struct Package {
    folder: PathBuf,
    /// Bytes of each file, by its path in the folder.
    sizes: BTreeMap<String, u64>,
}

/// Puts the folder together.
pub(super) fn assemble(bindings: &Path) -> Result<Package> {
    let root = workspace::root();
    let js = root.join(CRATE).join("js");
    let runtime = onnx_runtime(&js)?;
    let folder = workspace::target_dir().join("web");
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let mut package = Package {
        folder,
        sizes: BTreeMap::new(),
    };
    for name in ["index.html", "index.js", "index.d.ts", "worker.js"] {
        package.add(&js, name, "")?;
    }
    for name in ["moderation.js", "moderation_bg.wasm"] {
        package.add(bindings, name, "")?;
    }
    for name in ["model.toml", "tokenizer.json", "model.onnx"] {
        package.add(&root.join("messaging-moderation/model"), name, "")?;
    }
    for name in [
        "ort.wasm.min.mjs",
        "ort-wasm-simd-threaded.mjs",
        "ort-wasm-simd-threaded.wasm",
    ] {
        package.add(&runtime, name, "ort/")?;
    }
    let sizes = serde_json::to_string_pretty(&package.sizes)?;
    fs::write(package.folder.join("files.json"), sizes + "\n")?;
    Ok(package)
}

/// ONNX Runtime Web as package-lock.json has it. No script of a package runs: one of them would
/// download more.
fn onnx_runtime(js: &Path) -> Result<PathBuf> {
    let mut command = Command::new("npm");
    command.current_dir(js);
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    step(&mut command).context("ONNX Runtime Web comes by npm, of Node.js 18 or later")?;
    Ok(js.join("node_modules/onnxruntime-web/dist"))
}

impl Package {
    fn add(&mut self, from: &Path, name: &str, into: &str) -> Result<()> {
        let source = from.join(name);
        let path = format!("{into}{name}");
        fs::create_dir_all(self.folder.join(into))?;
        let size = fs::copy(&source, self.folder.join(&path))
            .with_context(|| format!("cannot copy {}", source.display()))?;
        self.sizes.insert(path, size);
        Ok(())
    }

    /// What is in it, for people.
    pub(super) fn describe(&self) -> String {
        let mut text = format!("{}:", self.folder.display());
        for (path, size) in &self.sizes {
            let _ = write!(text, "\n{:>10} KB  {path}", size.div_ceil(1000));
        }
        let all: u64 = self.sizes.values().sum();
        let _ = write!(text, "\n{:>10} KB  in all", all.div_ceil(1000));
        text
    }
}
