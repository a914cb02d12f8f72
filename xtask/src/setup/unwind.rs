//! The toolchain for Workers whose panics unwind.
//!
//! `worker-build --panic-unwind` asks for rustup's nightly, which builds the standard library anew for every project. Ours answers to that name: it is
//! the compiler that everything else is built with, beside a library that was built once, as those flags would build it. So nothing is fetched, a
//! test is about the same compiler on every day, and what is built is what nightly's cargo would build.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::rust::{self, Toolchain, Version};
use super::sysroot::{Nightly, Recipe, facts};
use super::{clean, debian};
use crate::{cache, process};

/// Without what only nightly understands: the library is built already.
const CARGO: &str = r#"for argument; do
  shift
  case "$argument" in
    +nightly | -Z | build-std=*) ;;
    *) set -- "$@" "$argument" ;;
  esac
done
exec CARGO "$@"
"#;

/// All that worker-build asks of it.
const RUSTUP: &str = r#"case "$*" in
  "component list --toolchain nightly") echo "rust-src (installed)" ;;
  *) echo "this rustup of cargo xtask knows nothing of: $*" >&2; exit 1 ;;
esac
"#;

/// Where the toolchain of this version belongs.
fn sysroot(version: Version) -> Result<PathBuf> {
    Ok(cache::folder()?.join(format!("rust-unwind-{version}")))
}

/// The folder to put first in PATH, if it is there.
pub fn find(wasm: &Toolchain) -> Result<Option<PathBuf>> {
    let bin = sysroot(wasm.version)?.join("bin");
    Ok(bin.join("rustc").is_file().then_some(bin))
}

/// The same, made when it is missing.
pub fn ensure(wasm: &Toolchain) -> Result<PathBuf> {
    let _lock = cache::lock()?;
    if let Some(found) = find(wasm)? {
        return Ok(found);
    }
    let compiler = compiler(wasm)?;
    let (version, fact) = facts(&compiler.join("bin/rustc"))?;
    let host = fact("host:").context("rustc does not say its host")?;
    // Debian's compiler has no linker for wasm, but the sysroot has that was made for it.
    let with_linker = wasm.bin.as_deref().and_then(Path::parent);
    let linker = with_linker
        .unwrap_or(&compiler)
        .join("lib/rustlib")
        .join(&host)
        .join("bin/rust-lld");
    sources(&compiler)?;
    let recipe = Recipe {
        compiler,
        host,
        linker,
        crates: "std,panic_unwind",
        flags: "-Cembed-bitcode=yes -Cpanic=unwind",
        nightly: Some(Nightly {
            cargo: CARGO,
            rustup: RUSTUP,
        }),
    };
    let sysroot = sysroot(version)?;
    recipe.make(&sysroot)?;
    Ok(sysroot.join("bin"))
}

/// The sysroot that the compiler of a toolchain comes with.
fn compiler(wasm: &Toolchain) -> Result<PathBuf> {
    if wasm.bin.is_some() {
        return Ok(debian::COMPILER.into());
    }
    let mut rustc = Command::new("rustc");
    clean(&mut rustc);
    let sysroot = process::ask(rustc.args(["--print", "sysroot"]));
    sysroot
        .map(PathBuf::from)
        .context("rustc does not say where it lies")
}

/// The sources of its standard library.
fn sources(compiler: &Path) -> Result<()> {
    let are_here = || compiler.join("lib/rustlib/src/rust/library").is_dir();
    if !are_here() && rust::rustup_may_install() {
        let mut rustup = Command::new("rustup");
        clean(&mut rustup);
        process::run(
            "rustup component add rust-src",
            rustup.args(["component", "add", "rust-src"]),
            Duration::from_secs(600),
        )?;
    }
    if !are_here() {
        bail!(
            "Workers whose panics unwind need the sources of Rust's standard library, and {} has none: `rustup component add rust-src`, or your \
             distribution's package of them",
            compiler.display()
        );
    }
    Ok(())
}
