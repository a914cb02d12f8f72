//! The way without rustup: Debian's Rust packages, which ship no standard library for wasm, and one built from their sources.
//!
//! The result is a sysroot of our own ([`super::sysroot`]).

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::rust::{OLDEST, Version, WAYS};
use super::sysroot::{Recipe, facts};
use crate::{cache, process};

/// The sysroot of the packaged compiler.
pub const COMPILER: &str = "/usr";

/// The packages of one Rust: compiler, cargo, sources of the standard library. Debian's stable releases get a current one for their browsers
/// as `-web`.
const FAMILIES: [[&str; 3]; 2] = [
    ["rustc-web", "cargo-web", "rust-web-src"],
    ["rustc", "cargo", "rust-src"],
];

/// Whether this is Debian (or of its kind).
pub fn is_here() -> bool {
    Path::new("/etc/debian_version").exists()
        && process::ask(Command::new("apt-cache").arg("--version")).is_some()
}

/// What apt would install of a package.
fn candidate(package: &str) -> Option<Version> {
    let policy = process::ask(
        Command::new("apt-cache")
            .args(["policy", package])
            .env("LC_ALL", "C"),
    )?;
    Version::find(policy.lines().find(|line| line.contains("Candidate:"))?)
}

fn installed(package: &str) -> bool {
    process::ask(Command::new("dpkg-query").args(["-W", "-f=${db:Status-Status}", package]))
        .as_deref()
        == Some("installed")
}

fn is_root() -> bool {
    process::ask(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// `otherwise` is what a person can do who may not install packages.
fn apt(title: &str, arguments: &[&str], otherwise: &str) -> Result<()> {
    ensure!(
        is_root(),
        "Debian's packages are needed and only root can install them: `apt-get {}`; or {otherwise}",
        arguments.join(" ")
    );
    let mut command = Command::new("apt-get");
    command
        .args(["-y", "-q", "-o", "DPkg::Lock::Timeout=300"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    process::run(title, &mut command, Duration::from_secs(900))
}

fn install_packages(packages: &[&str], otherwise: &str) -> Result<()> {
    let missing: Vec<&str> = packages
        .iter()
        .copied()
        .filter(|package| !installed(package))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let title = format!("apt-get install {}", missing.join(" "));
    apt(
        &title,
        &[&["install", "--no-install-recommends"], missing.as_slice()].concat(),
        otherwise,
    )
}

/// Installs Chromium. There is a new one every few days, and the old ones are gone.
pub fn install_browser(otherwise: &str) -> Result<()> {
    apt("apt-get update", &["update"], otherwise)?;
    install_packages(&["chromium"], otherwise)
}

fn new_enough() -> Option<[&'static str; 3]> {
    FAMILIES
        .into_iter()
        .find(|family| candidate(family[0]).is_some_and(|version| version >= OLDEST))
}

/// Installs the packages and builds the library.
pub fn install() -> Result<()> {
    let family = match new_enough() {
        Some(family) => family,
        None => {
            apt("apt-get update", &["update"], WAYS)?;
            new_enough().with_context(|| format!("this Debian has no Rust >= {OLDEST}; {WAYS}"))?
        }
    };
    install_packages(&family, WAYS)?;
    // The linker has to understand what the compiler's LLVM writes.
    let (version, fact) = facts(&Path::new(COMPILER).join("bin/rustc"))?;
    let llvm = fact("LLVM version:")
        .and_then(|text| text.split('.').next().map(str::to_owned))
        .context("Debian's rustc does not say its LLVM")?;
    let host = fact("host:").context("Debian's rustc does not say its host")?;
    install_packages(&[&format!("lld-{llvm}")], WAYS)?;
    let sysroot = cache::folder()?.join(format!("rust-wasm-{version}"));
    let recipe = Recipe {
        compiler: COMPILER.into(),
        host,
        linker: format!("/usr/bin/lld-{llvm}").into(),
        crates: "std,panic_abort,panic_unwind,proc_macro",
        flags: "-Cembed-bitcode=yes",
        nightly: None,
    };
    recipe.make(&sysroot)
}
