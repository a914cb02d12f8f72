//! Sysroots of our own: a compiler that is there, and a standard library for wasm that was built from its sources.
//!
//! The `bin` of one, first in PATH, makes plain `cargo build --target wasm32-unknown-unknown` work: no nightly flag, no bootstrap variable and no
//! linker setting in the projects that use it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::rust::{TARGET, Version};
use crate::{cache, process, ui};

/// A compiler, and what it is to build.
pub struct Recipe {
    /// The sysroot that the compiler comes with: `bin/rustc` and `bin/cargo` are in it.
    pub compiler: PathBuf,
    /// The platform that it runs on.
    pub host: String,
    /// What links wasm.
    pub linker: PathBuf,
    /// The crates that cargo is told to build: as in `-Zbuild-std`.
    pub crates: &'static str,
    /// How they are compiled.
    pub flags: &'static str,
    /// What answers when rustup's nightly is called, if anything.
    pub nightly: Option<Nightly>,
}

/// Scripts.
pub struct Nightly {
    /// What is called as `cargo`; `CARGO` in it becomes the compiler's own.
    pub cargo: &'static str,
    /// What is called as `rustup`.
    pub rustup: &'static str,
}

/// What a compiler says of itself: its version, and the other facts of `rustc -vV`.
pub fn facts(rustc: &Path) -> Result<(Version, impl Fn(&str) -> Option<String> + use<>)> {
    let mut command = Command::new(rustc);
    super::clean(&mut command);
    let about = process::ask(command.arg("-vV"))
        .with_context(|| format!("{} does not run", rustc.display()))?;
    let version = Version::find(&about)
        .with_context(|| format!("{} does not say its version", rustc.display()))?;
    let fact = move |name: &str| {
        let line = about.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().to_owned())
    };
    Ok((version, fact))
}

impl Recipe {
    /// Makes the sysroot, and tries it. To be called under [`cache::lock`].
    pub fn make(&self, sysroot: &Path) -> Result<()> {
        cache::install(sysroot, |folder| {
            let seed = folder.join("seed");
            self.build_library(&seed)?;
            self.assemble(folder, sysroot, &seed)?;
            fs::remove_dir_all(&seed)?;
            Ok(())
        })?;
        self.prove(sysroot)
    }

    /// Compiles the standard library for wasm as a dependency of an empty crate.
    fn build_library(&self, seed: &Path) -> Result<()> {
        fs::create_dir_all(seed.join("src"))?;
        fs::write(
            seed.join("Cargo.toml"),
            "[package]\nname = \"std-seed\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[profile.release]\nlto = false\ndebug = false\ncodegen-units = 1\n\n[workspace]\n",
        )?;
        fs::write(seed.join("src/lib.rs"), "#![no_std]\n")?;
        let cargo = self.compiler.join("bin/cargo");
        let mut command = Command::new(&cargo);
        super::clean(&mut command);
        command
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("RUSTC_WRAPPER")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        command
            .current_dir(seed)
            .env("CARGO", &cargo)
            .env("RUSTC", self.compiler.join("bin/rustc"))
            // The sources are those of this very compiler, which is what the variable asks one to know.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", self.flags)
            .env("CARGO_TARGET_DIR", seed.join("target"))
            .args(["build", "--release"])
            .arg(format!("-Zbuild-std={}", self.crates))
            .args(["--target", TARGET]);
        process::run(
            "building Rust's standard library for wasm (about 30 s, once)",
            &mut command,
            Duration::from_secs(900),
        )
    }

    fn assemble(&self, folder: &Path, sysroot: &Path, seed: &Path) -> Result<()> {
        let libraries = folder.join("lib/rustlib");
        let wasm = libraries.join(TARGET).join("lib");
        let native = libraries.join(&self.host);
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
        let theirs = self.compiler.join("lib/rustlib").join(&self.host);
        symlink(theirs.join("lib"), native.join("lib"))?;
        symlink(&self.linker, native.join("bin/rust-lld"))?;
        let (bin, theirs) = (folder.join("bin"), self.compiler.join("bin"));
        // A link to rustc would find the compiler's sysroot; a wrapper names ours, at its final place.
        let rustc = format!(
            "exec '{}' --sysroot '{}' \"$@\"\n",
            theirs.join("rustc").display(),
            sysroot.display()
        );
        match &self.nightly {
            None => {
                symlink(theirs.join("cargo"), bin.join("cargo"))?;
                script(&bin.join("rustc"), &rustc)
            }
            Some(nightly) => {
                let cargo = format!("'{}'", theirs.join("cargo").display());
                script(&bin.join("cargo"), &nightly.cargo.replace("CARGO", &cargo))?;
                script(&bin.join("rustup"), nightly.rustup)?;
                let rustc = format!("[ \"$1\" != +nightly ] || shift\n{rustc}");
                script(&bin.join("rustc"), &rustc)
            }
        }
    }

    /// Links something, so that a library or linker that does not fit is found now and not in somebody's build.
    fn prove(&self, sysroot: &Path) -> Result<()> {
        let step = ui::step("trying the wasm toolchain");
        let folder: PathBuf = sysroot.with_file_name(".try-wasm");
        fs::create_dir_all(&folder)?;
        fs::write(
            folder.join("lib.rs"),
            "#[unsafe(no_mangle)]\npub extern \"C\" fn one() -> usize { std::panic::catch_unwind(|| vec![1].len()).unwrap_or(0) }\n",
        )?;
        let mut command = Command::new(sysroot.join("bin/rustc"));
        super::clean(&mut command);
        command
            .current_dir(&folder)
            .args(["--edition=2024", "--crate-type=cdylib", "--target", TARGET])
            .args(self.flags.split(' '))
            .arg("lib.rs");
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
}

/// A file that is run by the shell.
fn script(path: &Path, text: &str) -> Result<()> {
    fs::write(path, format!("#!/bin/sh\n{text}"))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
