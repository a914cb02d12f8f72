//! Where things lie in the checkout.

use std::path::{Path, PathBuf};

/// The checkout's root.
pub fn root() -> PathBuf {
    // Cargo sets the variable when it runs us; the compiled-in value serves a binary that is called by its path.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest
        .parent()
        .map_or(manifest.clone(), Path::to_path_buf)
}

/// Cargo's target directory for everything native.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// One target directory for all Workers: their dependencies are compiled once.
pub fn workers_target() -> PathBuf {
    target().join("workers")
}

/// One target directory for what generated projects compile natively. It is the one of the golden projects in codegen's tests, which have
/// the same dependencies, so that these are compiled once.
pub fn projects_target() -> PathBuf {
    target().join("tmp/golden/target")
}

/// What xtask makes and may delete: bundles, storage, logs, generated projects.
pub fn out() -> PathBuf {
    target().join("xtask")
}
