//! The way without rustup: Debian's Rust packages, which ship no standard library for wasm, and one built from their sources.
//!
//! The result is a sysroot of our own whose `bin`, first in PATH, makes plain `cargo build --target wasm32-unknown-unknown` work: no
//! nightly flag, no bootstrap variable and no linker setting in the projects that use it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::rust::{OLDEST, TARGET, Version, WAYS};
use crate::{cache, process, ui};

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

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

fn apt(title: &str, arguments: &[&str]) -> Result<()> {
    ensure!(
        is_root(),
        "Debian's packages are needed and only root can install them: `apt-get {}`; or {WAYS}",
        arguments.join(" ")
    );
    let mut command = Command::new("apt-get");
    command
        .args(["-y", "-q", "-o", "DPkg::Lock::Timeout=300"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    process::run(title, &mut command, Duration::from_secs(900))
}

fn install_packages(packages: &[&str]) -> Result<()> {
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
    )
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
            apt("apt-get update", &["update"])?;
            new_enough().with_context(|| format!("this Debian has no Rust >= {OLDEST}; {WAYS}"))?
        }
    };
    install_packages(&family)?;
    // The linker has to understand what the compiler's LLVM writes.
    let about =
        process::ask(Command::new(RUSTC).arg("-vV")).context("Debian's rustc does not run")?;
    let fact = |name: &str| {
        about
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    };
    let version = Version::find(&about).context("Debian's rustc does not say its version")?;
    let llvm = fact("LLVM version:")
        .and_then(|text| text.split('.').next())
        .context("Debian's rustc does not say its LLVM")?;
    let host = fact("host:").context("Debian's rustc does not say its host")?;
    install_packages(&[&format!("lld-{llvm}")])?;
    let sysroot = cache::folder()?.join(format!("rust-wasm-{version}"));
    cache::install(&sysroot, |folder| {
        let seed = folder.join("seed");
        build_library(&seed)?;
        assemble(
            folder,
            &sysroot,
            &seed,
            host,
            Path::new(&format!("/usr/bin/lld-{llvm}")),
        )?;
        fs::remove_dir_all(&seed)?;
        Ok(())
    })?;
    prove(&sysroot)
}

/// Compiles the standard library for wasm as a dependency of an empty crate.
fn build_library(seed: &Path) -> Result<()> {
    fs::create_dir_all(seed.join("src"))?;
    fs::write(
        seed.join("Cargo.toml"),
        "[package]\nname = \"std-seed\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[profile.release]\nlto = false\ndebug = false\ncodegen-units = 1\n\n[workspace]\n",
    )?;
    fs::write(seed.join("src/lib.rs"), "#![no_std]\n")?;
    let mut command = Command::new(CARGO);
    super::clean(&mut command);
    command
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUSTC_WRAPPER")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
        .current_dir(seed)
        .env("CARGO", CARGO)
        .env("RUSTC", RUSTC)
        // The sources are those of this very compiler, which is what the variable asks one to know.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env("CARGO_TARGET_DIR", seed.join("target"))
        .args([
            "build",
            "--release",
            "-Zbuild-std=std,panic_abort,panic_unwind,proc_macro",
            "--target",
            TARGET,
        ]);
    process::run(
        "building Rust's standard library for wasm (about 30 s)",
        &mut command,
        Duration::from_secs(900),
    )
}

fn assemble(folder: &Path, sysroot: &Path, seed: &Path, host: &str, linker: &Path) -> Result<()> {
    let libraries = folder.join("lib/rustlib");
    let wasm = libraries.join(TARGET).join("lib");
    let native = libraries.join(host);
    fs::create_dir_all(&wasm)?;
    fs::create_dir_all(native.join("bin"))?;
    fs::create_dir_all(folder.join("bin"))?;
    for entry in fs::read_dir(seed.join("target").join(TARGET).join("release/deps"))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libstd_seed") {
            fs::copy(&path, wasm.join(name))?;
        }
    }
    symlink(
        Path::new("/usr/lib/rustlib").join(host).join("lib"),
        native.join("lib"),
    )?;
    symlink(linker, native.join("bin/rust-lld"))?;
    symlink(CARGO, folder.join("bin/cargo"))?;
    // A link to rustc would find the packaged sysroot; a wrapper names ours, at its final place.
    let rustc = folder.join("bin/rustc");
    fs::write(
        &rustc,
        format!(
            "#!/bin/sh\nexec {RUSTC} --sysroot '{}' \"$@\"\n",
            sysroot.display()
        ),
    )?;
    fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// Links something, so that a library or linker that does not fit is found now and not in somebody's build.
fn prove(sysroot: &Path) -> Result<()> {
    let step = ui::step("trying the wasm toolchain");
    let folder: PathBuf = sysroot.with_file_name(".try-wasm");
    fs::create_dir_all(&folder)?;
    fs::write(
        folder.join("lib.rs"),
        "#[unsafe(no_mangle)]\npub extern \"C\" fn one() -> usize { vec![1].len() }\n",
    )?;
    let mut command = Command::new(sysroot.join("bin/rustc"));
    super::clean(&mut command);
    command.current_dir(&folder).args([
        "--edition=2024",
        "--crate-type=cdylib",
        "--target",
        TARGET,
        "lib.rs",
    ]);
    let tried = process::capture(
        "trying the wasm toolchain",
        &mut command,
        Duration::from_secs(120),
    );
    fs::remove_dir_all(&folder)?;
    if let Err(error) = tried {
        fs::remove_dir_all(sysroot)?;
        bail!("the assembled wasm toolchain does not work\n{error}");
    }
    step.done();
    Ok(())
}
