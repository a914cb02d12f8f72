//! Tools from the Rust registry, built once for each version into the cache.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use super::native_cargo;
use crate::{cache, process};

/// A pinned tool that `cargo install` builds.
pub struct CrateTool {
    /// The package.
    pub package: &'static str,
    /// The binary, and the name of the cache folder.
    pub binary: &'static str,
    /// The only version that will do.
    pub version: &'static str,
    /// Whether the package's own lock file is usable.
    locked: bool,
}

impl CrateTool {
    /// Builds Workers. Its internals are relied upon by the generated entry, hence the exact version.
    pub const WORKER_BUILD: CrateTool = CrateTool {
        package: "worker-build",
        binary: "worker-build",
        version: "0.8.7",
        locked: true,
    };

    /// Has to be the version of the `wasm-bindgen` crate to the digit. A version in its lock file is gone from the registry.
    pub const WASM_BINDGEN: CrateTool = CrateTool {
        package: "wasm-bindgen-cli",
        binary: "wasm-bindgen",
        version: "0.2.130",
        locked: false,
    };

    /// Builds fuzz targets. Only `cargo xtask fuzz` installs it.
    pub const CARGO_FUZZ: CrateTool = CrateTool {
        package: "cargo-fuzz",
        binary: "cargo-fuzz",
        version: "0.13.2",
        locked: true,
    };

    /// Where it belongs, `bin` inside.
    pub fn folder(&self) -> Result<PathBuf> {
        Ok(cache::folder()?.join(format!("{}-{}", self.binary, self.version)))
    }

    /// Where it is, if it is.
    pub fn find(&self) -> Result<Option<PathBuf>> {
        let folder = self.folder()?;
        Ok(folder
            .join("bin")
            .join(self.binary)
            .is_file()
            .then_some(folder))
    }

    /// Installs it when it is missing.
    pub fn ensure(&self) -> Result<PathBuf> {
        if let Some(found) = self.find()? {
            return Ok(found);
        }
        let folder = self.folder()?;
        cache::install(&folder, |temporary| {
            let build = temporary.join("target");
            let mut command = native_cargo();
            // Not run in the checkout: its configuration is not the tool's.
            command
                .current_dir(temporary)
                .args([
                    "install",
                    &format!("{}@{}", self.package, self.version),
                    "--root",
                ])
                .arg(temporary)
                .args(self.locked.then_some("--locked"))
                .env("CARGO_TARGET_DIR", &build);
            let title = format!(
                "cargo install {}@{} (1 to 2 min, once)",
                self.package, self.version
            );
            process::run(&title, &mut command, Duration::from_secs(1200))?;
            std::fs::remove_dir_all(build)?;
            Ok(())
        })?;
        Ok(folder)
    }
}
