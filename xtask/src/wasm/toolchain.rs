//! A compiler that knows WebAssembly.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::{CRATE, PROFILE, TARGET, step};
use crate::{apt, workspace};

const HOW: &str = "the browser build needs a Rust compiler for wasm32-unknown-unknown. Either
  with rustup      rustup target add wasm32-unknown-unknown
  Debian, Ubuntu   sudo apt-get install cargo-web rustc-web rust-web-src";

/// Debian's packages: a compiler, and the source of its standard library.
const DEBIAN: [&str; 3] = ["cargo-web", "rustc-web", "rust-web-src"];

/// Where they put the compiler and that source.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// Where the standard library for WebAssembly comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Toolchain {
    /// The compiler that builds everything else has it.
    Own,
    /// Debian's compiler builds it first.
    Debian,
}

/// The one that is there; else Debian's is installed, where we may.
pub(super) fn find() -> Result<Toolchain> {
    let library = print(&["--print", "target-libdir", "--target", TARGET])?;
    if Path::new(&library).exists() {
        return Ok(Toolchain::Own);
    }
    if !has_debian() {
        apt::install(&DEBIAN, HOW)?;
        if !has_debian() {
            bail!("{} brought no {DEBIAN_SOURCE}\n{HOW}", DEBIAN.join(", "));
        }
    }
    Ok(Toolchain::Debian)
}

fn has_debian() -> bool {
    [DEBIAN_RUSTC, DEBIAN_CARGO, DEBIAN_SOURCE]
        .into_iter()
        .all(|file| Path::new(file).exists())
}

impl Toolchain {
    /// Builds the crate and answers where the file is.
    pub(super) fn build(self) -> Result<PathBuf> {
        let mut command = match self {
            Self::Own => workspace::cargo(),
            Self::Debian => debian()?,
        };
        command.args(["build", "--locked", "--package", CRATE]);
        command.args(["--profile", PROFILE, "--target", TARGET]);
        if matches!(self, Self::Debian) {
            command.args(["-Z", "build-std=std,panic_abort"]);
        }
        // Every browser with module workers has SIMD; searches over text use it.
        command.env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            "-C target-feature=+simd128",
        );
        step(&mut command)?;
        let file = format!("{}.wasm", CRATE.replace('-', "_"));
        Ok(workspace::target_dir()
            .join(TARGET)
            .join(PROFILE)
            .join(file))
    }
}

fn debian() -> Result<Command> {
    let mut command = Command::new(DEBIAN_CARGO);
    command.current_dir(workspace::root());
    // Building the standard library is for a compiler's own developers, they say.
    command.env("RUSTC", DEBIAN_RUSTC);
    command.env("RUSTC_BOOTSTRAP", "1");
    if let Some(linker) = linker()? {
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }
    Ok(command)
}

/// The linker that came with the compiler that builds everything else: Debian's brings none.
fn linker() -> Result<Option<PathBuf>> {
    let sysroot = PathBuf::from(print(&["--print", "sysroot"])?);
    let version = print(&["-vV"])?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc -vV names no host")?;
    let linker = sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");
    Ok(linker.exists().then_some(linker))
}

/// What the compiler that builds everything else says of itself.
fn print(args: &[&str]) -> Result<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(args)
        .current_dir(workspace::root())
        .output()
        .context("cannot run rustc")?;
    if !output.status.success() {
        bail!(
            "rustc {}: {}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
