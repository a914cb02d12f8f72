//! Set-up: finds or installs the tools that Workers are built and tested with, each pinned, cached by version.
//!
//! `find` only looks, for `doctor`; `ensure` installs what is missing, under one lock, and then finds everything.

pub mod chromium;
pub mod crates;
mod debian;
pub mod npm;
pub mod rust;
mod sysroot;
pub mod unwind;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{cache, repo};
use crates::CrateTool;
use npm::NpmTools;
use rust::Toolchain;

/// Everything that building and running Workers needs, found.
pub struct Tools {
    /// Compiles to wasm.
    pub wasm: Toolchain,
    /// The npm tools: Node, workerd, wrangler, esbuild, wasm-opt, the MCP clients.
    pub npm: NpmTools,
    worker_build: PathBuf,
    wasm_bindgen: PathBuf,
}

/// Finds all tools, installing what is missing.
pub fn ensure() -> Result<Tools> {
    let _lock = cache::lock()?;
    Ok(Tools {
        wasm: rust::ensure()?,
        npm: npm::ensure()?,
        worker_build: CrateTool::WORKER_BUILD.ensure()?,
        wasm_bindgen: CrateTool::WASM_BINDGEN.ensure()?,
    })
}

impl Tools {
    /// Variables for building Workers, as `wrangler deploy`, `worker-build` and cargo read them.
    ///
    /// The generated project knows nothing of them: its plain build command finds the cached worker-build because cargo's installation
    /// root names it.
    pub fn build_variables(&self) -> Result<Vec<(&'static str, OsString)>> {
        let mut path = vec![self.worker_build.join("bin")];
        path.extend(self.wasm.bin.clone());
        path.push(self.npm.node_folder());
        path.push(self.npm.modules.join(".bin"));
        path.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        let mut all: Vec<(&'static str, OsString)> = vec![
            (
                "PATH",
                std::env::join_paths(path).context("a folder in PATH has a colon in its name")?,
            ),
            (
                "WASM_BINDGEN_BIN",
                self.wasm_bindgen.join("bin/wasm-bindgen").into(),
            ),
            (
                "WASM_OPT_BIN",
                self.npm.modules.join("binaryen/bin/wasm-opt").into(),
            ),
            ("ESBUILD_BIN", self.npm.esbuild.clone().into()),
            ("CARGO_INSTALL_ROOT", self.worker_build.clone().into()),
        ];
        all.extend(
            self.wasm
                .rustup
                .iter()
                .map(|name| ("RUSTUP_TOOLCHAIN", name.clone().into())),
        );
        all.extend(OFFLINE.iter().map(|(name, value)| (*name, value.into())));
        Ok(all)
    }

    /// A command that builds a Worker: the wasm toolchain first, and nothing of the caller's that is meant for native code.
    pub fn for_workers(&self, program: &str) -> Result<Command> {
        let variables = self.build_variables()?;
        // The program is looked up in the PATH of the command, not in ours.
        let mut command = Command::new(program);
        clean(&mut command);
        for name in [
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_BUILD_TARGET",
            "RUSTC_WRAPPER",
            "RUSTUP_TOOLCHAIN",
        ] {
            command.env_remove(name);
        }
        command.envs(variables);
        // For projects that `files::claim` keeps apart. It is none of the variables that are given to people and tests for this reason.
        command.env("CARGO_TARGET_DIR", repo::workers_target());
        Ok(command)
    }

    /// The same for a Worker whose panics unwind. Makes the toolchain when it is missing.
    pub fn for_unwinding_workers(&self, program: &str) -> Result<Command> {
        let mut path = vec![unwind::ensure(&self.wasm)?];
        let variables = self.build_variables()?;
        let others = variables.iter().find(|(name, _)| *name == "PATH");
        path.extend(
            others
                .iter()
                .flat_map(|(_, path)| std::env::split_paths(path)),
        );
        let mut command = self.for_workers(program)?;
        command.env("PATH", std::env::join_paths(path)?);
        Ok(command)
    }

    /// Node with a script, finding the pinned npm tools by PATH.
    pub fn node(&self) -> Command {
        let mut path = vec![self.npm.node_folder(), self.npm.modules.join(".bin")];
        path.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        let mut command = Command::new(&self.npm.node);
        clean(&mut command);
        if let Ok(path) = std::env::join_paths(path) {
            command.env("PATH", path);
        }
        command.envs(OFFLINE.iter().copied());
        command
    }
}

/// Keeps wrangler from asking, counting and calling home.
const OFFLINE: [(&str, &str); 4] = [
    ("WRANGLER_SEND_METRICS", "false"),
    ("CLOUDFLARE_CF_FETCH_ENABLED", "false"),
    ("WRANGLER_HIDE_BANNER", "true"),
    ("CI", "1"),
];

/// Cargo with the ordinary toolchain, the one that runs xtask.
pub fn native_cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    clean(&mut command);
    command.env("CARGO_TARGET_DIR", repo::target());
    command
}

/// Takes out what `cargo run` told xtask about xtask itself, which would mislead another cargo.
pub fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let ours = text.starts_with("CARGO_PKG_")
            || text.starts_with("CARGO_MANIFEST_")
            || ["CARGO", "RUSTC", "RUSTDOC", "CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"].contains(&&*text)
            // Cargo points it at its own toolchain's libraries.
            || text == "LD_LIBRARY_PATH" && std::env::var_os("CARGO_MANIFEST_DIR").is_some();
        if ours {
            command.env_remove(&name);
        }
    }
}
