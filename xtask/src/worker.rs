//! From a generated project to what workerd runs: worker-build, then one bundle of its entry.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::setup::Tools;
use crate::{cache, files, page, process, repo};

/// How to compile.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Fast to build: for a look at it.
    Dev,
    /// As it is deployed, but for wasm-opt, which takes longer than all that Rust has to compile of a Worker: for tests.
    Tested,
    /// As it is deployed: for numbers.
    Release,
}

impl Profile {
    /// worker-build's flags.
    fn flags(self) -> &'static [&'static str] {
        match self {
            Profile::Dev => &["--dev"],
            Profile::Tested => &["--release", "--no-opt"],
            Profile::Release => &["--release"],
        }
    }
}

/// A module of a Worker.
pub struct Module {
    /// What `import` calls it.
    pub name: String,
    /// The file, in the Worker's folder.
    pub file: String,
}

/// A Worker, ready for [`crate::workerd`]: what wrangler would upload.
pub struct Worker {
    /// Its name; also keys its objects' storage.
    pub name: String,
    /// The folder of its modules.
    pub folder: PathBuf,
    /// The first is the entry.
    pub modules: Vec<Module>,
    /// `compatibility_date`.
    pub date: String,
    /// `compatibility_flags`.
    pub flags: Vec<String>,
    /// Binding and class of each Durable Object, all with SQLite.
    pub objects: Vec<(String, String)>,
    /// Text bindings: `vars` and, in tests, secrets.
    pub vars: Vec<(String, String)>,
    /// The folder of its static assets, if it has any.
    pub assets: Option<PathBuf>,
}

/// Compiles a project with worker-build. One at a time: they share a target directory, and worker-build reads from it after cargo's lock is free.
pub fn compile(tools: &Tools, project: &Path, profile: Profile) -> Result<()> {
    let _lock = cache::lock_file(
        &repo::workers_target().join("xtask.lock"),
        "waiting for another Worker build",
    )?;
    files::claim(&repo::workers_target(), project)?;
    let config = read_config(&project.join("wrangler.jsonc"))?;
    page::build(tools, &config, project)?;
    let name = project.file_name().unwrap_or_default().to_string_lossy();
    let unwinds = unwinds(&config);
    let mut command = match unwinds {
        true => tools.for_unwinding_workers("worker-build")?,
        false => tools.for_workers("worker-build")?,
    };
    command.current_dir(project).args(profile.flags());
    command.args(unwinds.then_some(UNWIND));
    process::run(
        &format!("worker-build {} {name}", profile.flags().join(" ")),
        &mut command,
        Duration::from_secs(1200),
    )
}

/// worker-build's flag for panics that unwind.
const UNWIND: &str = "--panic-unwind";

/// Whether the project is to be built so: its build command has the flag.
fn unwinds(config: &Value) -> bool {
    let command = config["build"]["command"].as_str().unwrap_or_default();
    command.split_whitespace().any(|word| word == UNWIND)
}

/// Compiles a project and bundles it into `out`.
pub fn build(tools: &Tools, project: &Path, profile: Profile, out: &Path) -> Result<Worker> {
    compile(tools, project, profile)?;
    bundle(tools, project, out)
}

/// Bundles what worker-build and the entry make, and reads how it is deployed from `wrangler.jsonc`.
pub fn bundle(tools: &Tools, project: &Path, out: &Path) -> Result<Worker> {
    let config = read_config(&project.join("wrangler.jsonc"))?;
    let main = config["main"]
        .as_str()
        .context("wrangler.jsonc names no `main`")?;
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    fs::create_dir_all(out)?;
    let mut command = tools.for_workers(&tools.npm.esbuild.to_string_lossy())?;
    // What `[auth]` needs of the npm registry is where the other tools are.
    command.env("NODE_PATH", &tools.npm.modules);
    command.current_dir(project).arg(main).args([
        "--bundle",
        "--format=esm",
        "--target=es2022",
        "--platform=neutral",
        "--conditions=workerd,worker,browser",
        "--main-fields=browser,module,main",
        "--external:cloudflare:*",
        "--external:node:*",
        // The wasm goes beside the bundle as a module of its own, as wrangler does it.
        "--loader:.wasm=copy",
        "--asset-names=[name]",
        "--log-level=warning",
    ]);
    command.arg(format!("--outfile={}", out.join(ENTRY).display()));
    process::capture("esbuild", &mut command, Duration::from_secs(120))?;
    let mut modules = vec![Module {
        name: ENTRY.to_owned(),
        file: ENTRY.to_owned(),
    }];
    for entry in fs::read_dir(out)? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        if file.ends_with(".wasm") {
            modules.push(Module {
                name: file.clone(),
                file,
            });
        }
    }
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let objects = list(&config["durable_objects"]["bindings"])
        .iter()
        .filter_map(|binding| Some((text(&binding["name"])?, text(&binding["class_name"])?)))
        .collect();
    let vars = config["vars"]
        .as_object()
        .map(|vars| {
            vars.iter()
                .map(|(name, value)| {
                    (
                        name.clone(),
                        text(value).unwrap_or_else(|| value.to_string()),
                    )
                })
                .collect()
        })
        .unwrap_or_default();
    Ok(Worker {
        name: text(&config["name"]).context("wrangler.jsonc names no `name`")?,
        folder: out.to_path_buf(),
        modules,
        date: text(&config["compatibility_date"])
            .context("wrangler.jsonc names no `compatibility_date`")?,
        flags: list(&config["compatibility_flags"])
            .iter()
            .filter_map(text)
            .collect(),
        objects,
        vars,
        assets: page::folder(&config, project),
    })
}

const ENTRY: &str = "worker.js";

fn read_config(path: &Path) -> Result<Value> {
    let source =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let value: Option<Value> =
        jsonc_parser::parse_to_serde_value(&source, &jsonc_parser::ParseOptions::default())
            .with_context(|| format!("{} is not JSON with comments", path.display()))?;
    let value = value.unwrap_or(Value::Null);
    ensure!(value.is_object(), "{} holds no object", path.display());
    Ok(value)
}

/// What a Worker weighs when it is uploaded: its modules together, compressed.
pub fn gzip_size(tools: &Tools, worker: &Worker) -> Result<u64> {
    const SCRIPT: &str = "const {readFileSync: read} = require('node:fs'), {gzipSync} = require('node:zlib');\
        console.log(process.argv.slice(1).reduce((sum, file) => sum + gzipSync(read(file)).length, 0))";
    let mut command = tools.node();
    command.args(["-e", SCRIPT]).args(
        worker
            .modules
            .iter()
            .map(|module| worker.folder.join(&module.file)),
    );
    process::ask(&mut command)
        .and_then(|size| size.parse().ok())
        .context("cannot compress the Worker")
}
