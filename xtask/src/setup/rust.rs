//! A Rust toolchain with a standard library for `wasm32-unknown-unknown`: there already, by rustup, or from Debian's packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::{clean, debian};
use crate::{cache, process};

/// The target that Workers are compiled to.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The oldest Rust that compiles this repository (`rust-version` of the workspace).
pub const OLDEST: Version = Version(1, 95, 0);

/// A Rust version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// The first `1.2.3` in a text such as `rustc 1.95.0 (59807616e 2026-04-14)` or `1.96.0+dfsg1-1~deb12u2`.
    pub fn find(text: &str) -> Option<Version> {
        text.split(|c: char| !c.is_ascii_digit() && c != '.')
            .find_map(|word| {
                let mut parts = word.split('.').map(str::parse::<u32>);
                match (parts.next(), parts.next(), parts.next()) {
                    (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch))) => {
                        Some(Version(major, minor, patch))
                    }
                    _ => None,
                }
            })
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// A toolchain that compiles to wasm.
pub struct Toolchain {
    /// What `rustc` says it is.
    pub version: Version,
    /// The folder to put first in PATH; none when PATH has the right one already.
    pub bin: Option<PathBuf>,
    /// rustup's name of it, when rustup chose it.
    pub rustup: Option<String>,
}

/// A command of the toolchain that runs xtask.
fn here(program: &str) -> Command {
    let mut command = Command::new(program);
    clean(&mut command);
    command
}

/// The `rustc` that PATH has, whatever it can compile to.
pub fn ordinary() -> Option<Version> {
    Version::find(&process::ask(here("rustc").arg("-V"))?)
}

/// Whether this `rustc` has a standard library for wasm.
fn compiles_to_wasm(mut rustc: Command) -> bool {
    process::ask(rustc.args(["--target", TARGET, "--print", "target-libdir"]))
        .is_some_and(|folder| has_std(Path::new(&folder)))
}

fn has_std(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    })
}

/// Looks for a toolchain with wasm; installs nothing.
pub fn find() -> Result<Option<Toolchain>> {
    if let Some(version) = ordinary().filter(|version| *version >= OLDEST)
        && compiles_to_wasm(here("rustc"))
    {
        let rustup = std::env::var("RUSTUP_TOOLCHAIN").ok();
        return Ok(Some(Toolchain {
            version,
            bin: None,
            rustup,
        }));
    }
    let Ok(entries) = fs::read_dir(cache::folder()?) else {
        return Ok(None);
    };
    let assembled = entries.flatten().filter_map(|entry| {
        let path = entry.path();
        entry.file_name().to_str()?.strip_prefix("rust-wasm-")?;
        let bin = path.join("bin");
        let version = Version::find(&process::ask(
            here(&bin.join("rustc").to_string_lossy()).arg("-V"),
        )?)?;
        // The packages under it may have been upgraded since: then its libraries are of another compiler.
        let current = path.ends_with(format!("rust-wasm-{version}"));
        (current
            && version >= OLDEST
            && compiles_to_wasm(here(&bin.join("rustc").to_string_lossy())))
        .then_some(Toolchain {
            version,
            bin: Some(bin),
            rustup: None,
        })
    });
    Ok(assembled.max_by_key(|toolchain| toolchain.version))
}

/// The ways to get one, for people.
pub const WAYS: &str = "get one in one of three ways:\n  \
    1. a toolchain that has it: put a Rust >= 1.95 with the wasm32-unknown-unknown target first in PATH\n  \
    2. rustup: `rustup target add wasm32-unknown-unknown` (xtask does so itself unless RUSTUP_AUTO_INSTALL=0)\n  \
    3. Debian: as root, xtask installs rustc-web, cargo-web, rust-web-src and lld and builds the library from them";

/// Whether rustup is there and may install.
pub fn rustup_may_install() -> bool {
    std::env::var("RUSTUP_AUTO_INSTALL").as_deref() != Ok("0")
        && process::ask(here("rustup").arg("-V")).is_some()
        && process::ask(here("rustc").args(["--print", "sysroot"]))
            .is_some_and(|sysroot| sysroot.contains("toolchains"))
}

/// Whether [`ensure`] would try to make one.
pub fn can_install() -> bool {
    rustup_may_install() || debian::is_here()
}

/// Finds a toolchain with wasm or makes one.
pub fn ensure() -> Result<Toolchain> {
    if let Some(found) = find()? {
        return Ok(found);
    }
    if rustup_may_install() {
        process::run(
            "rustup target add wasm32-unknown-unknown",
            here("rustup").args(["target", "add", TARGET]),
            Duration::from_secs(600),
        )?;
    } else if debian::is_here() {
        debian::install()?;
    } else {
        bail!("no Rust toolchain here compiles to wasm32-unknown-unknown; {WAYS}");
    }
    match find()? {
        Some(found) => Ok(found),
        None => bail!(
            "the installed toolchain still does not compile to wasm32-unknown-unknown; {WAYS}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_found_in_what_tools_print() {
        assert_eq!(
            Version::find("rustc 1.95.0 (59807616e 2026-04-14)"),
            Some(Version(1, 95, 0))
        );
        assert_eq!(
            Version::find("  Candidate: 1.96.0+dfsg1-1~deb12u2"),
            Some(Version(1, 96, 0))
        );
        assert_eq!(Version::find("  Candidate: (none)"), None);
        assert!(Version(1, 95, 0) < Version(1, 100, 0));
    }
}
