//! Tools from the npm registry: `tools/package-lock.json`, installed into the cache under the lock's hash.
//!
//! No package's scripts run: Node, workerd and esbuild come as packages for the platform, whose binaries are called directly.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::clean;
use super::rust::Version;
use crate::{cache, files, process, repo};

/// The oldest Node that wrangler runs on.
pub const OLDEST_NODE: Version = Version(22, 12, 0);

/// What else it holds that a person may want to know of.
pub const PACKAGES: [&str; 6] = [
    "wrangler",
    "binaryen",
    "@modelcontextprotocol/sdk",
    "@modelcontextprotocol/client",
    "@modelcontextprotocol/inspector",
    "mcp-remote",
];

/// The version of an installed package.
pub fn version(package: &Path) -> Option<String> {
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(package.join("package.json")).ok()?).ok()?;
    Some(manifest["version"].as_str()?.to_owned())
}

/// What the npm installation holds.
pub struct NpmTools {
    /// Its `node_modules`.
    pub modules: PathBuf,
    /// Node.
    pub node: PathBuf,
    /// The Workers runtime.
    pub workerd: PathBuf,
    /// wrangler's script, to be run with [`NpmTools::node`].
    pub wrangler: PathBuf,
    /// The bundler.
    pub esbuild: PathBuf,
}

impl NpmTools {
    /// A `node_modules` for a project, without an installation of its own.
    pub fn link_modules(&self, project: &Path) -> Result<()> {
        let link = project.join("node_modules");
        files::remove(&link)?;
        std::os::unix::fs::symlink(&self.modules, link)?;
        Ok(())
    }

    /// The folder of Node's binary, for PATH.
    pub fn node_folder(&self) -> PathBuf {
        self.node.parent().unwrap_or(Path::new("/")).to_path_buf()
    }
}

/// Where it belongs.
pub fn folder() -> Result<PathBuf> {
    let lock = repo::root().join("tools/package-lock.json");
    let text = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    Ok(cache::folder()?.join(format!("npm-{:016x}", fnv1a(&text))))
}

/// FNV-1a: names a folder by content, and needs no crate.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Names of a platform package: npm calls Intel `x64`, workerd calls it `64`.
fn platform() -> Result<(&'static str, &'static str, &'static str)> {
    let system = match std::env::consts::OS {
        "linux" => "linux",
        "macos" => "darwin",
        other => bail!("no tools for {other}: use Linux or macOS (on Windows: WSL)"),
    };
    match std::env::consts::ARCH {
        "x86_64" => Ok((system, "x64", "64")),
        "aarch64" => Ok((system, "arm64", "arm64")),
        other => bail!("no tools for {other}"),
    }
}

/// Looks for the installation; installs nothing.
pub fn find() -> Result<Option<NpmTools>> {
    let (system, node_cpu, workerd_cpu) = platform()?;
    let modules = folder()?.join("node_modules");
    let packaged = modules.join(format!("node-{system}-{node_cpu}/bin/node"));
    // npm has no recent Node for some platforms; there the one of PATH serves.
    let Some(node) = packaged.is_file().then_some(packaged).or_else(node_of_path) else {
        return Ok(None);
    };
    let tools = NpmTools {
        node,
        workerd: modules.join(format!(
            "@cloudflare/workerd-{system}-{workerd_cpu}/bin/workerd"
        )),
        wrangler: modules.join("wrangler/bin/wrangler.js"),
        esbuild: modules.join(format!("@esbuild/{system}-{node_cpu}/bin/esbuild")),
        modules,
    };
    let complete = [&tools.workerd, &tools.wrangler, &tools.esbuild]
        .iter()
        .all(|path| path.is_file());
    Ok(complete.then_some(tools))
}

fn node_of_path() -> Option<PathBuf> {
    let version =
        Version::find(&process::ask(Command::new("node").arg("--version"))?.replace('v', ""))?;
    if version < OLDEST_NODE {
        return None;
    }
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join("node"))
        .find(|path| path.is_file())
}

/// Installs them when they are missing.
pub fn ensure() -> Result<NpmTools> {
    if let Some(found) = find()? {
        return Ok(found);
    }
    if process::ask(Command::new("npm").arg("--version")).is_none() {
        bail!(
            "npm is needed to fetch Node, workerd and wrangler: install Node.js from your distribution or https://nodejs.org (any version since 18; the pinned Node comes with the tools)"
        );
    }
    cache::install(&folder()?, |temporary| {
        for name in ["package.json", "package-lock.json"] {
            fs::copy(repo::root().join("tools").join(name), temporary.join(name))?;
        }
        let mut command = Command::new("npm");
        clean(&mut command);
        command.current_dir(temporary).args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefer-offline",
            "--loglevel=error",
        ]);
        process::run(
            "npm ci: Node, workerd, wrangler and the clients (650 MB, once)",
            &mut command,
            Duration::from_secs(900),
        )
    })?;
    find()?.context("npm installed the tools, but not all of them for this platform; if it has no packaged Node, put Node >= 22.12 in PATH")
}
