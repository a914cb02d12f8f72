//! Golden projects: `cases/<name>/mcp.toml` becomes `cases/<name>/expected/`, byte for byte.
//!
//! `UPDATE_GOLDEN=1 cargo test -p mcp-agent-codegen --test projects` writes them anew; review the difference. The files that are the
//! same in every project, the entry and the schema, are not repeated here.

use mcp_agent_codegen::emit::project::{self, Options, Owner, Runtime};
use mcp_agent_codegen::emit::rust;
use mcp_agent_codegen::model::Agent;
use mcp_agent_codegen::{Files, Loaded, Source, load};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The runtime as `cases/<name>/expected/Cargo.toml` finds it, so that a golden project can be built where it lies.
const RUNTIME: &str = "../../../../../runtime";

struct Case {
    name: String,
    folder: PathBuf,
    text: String,
}

impl Files for Case {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        fs::read(self.folder.join(path)).map_err(|error| error.to_string())
    }
}

impl Case {
    fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
        let mut cases: Vec<_> = fs::read_dir(folder)
            .expect("tests/cases")
            .map(|entry| entry.expect("a case").path())
            .filter(|folder| folder.join("mcp.toml").is_file())
            .map(|folder| Self {
                name: folder
                    .file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned(),
                text: fs::read_to_string(folder.join("mcp.toml")).expect("mcp.toml"),
                folder,
            })
            .collect();
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        assert!(!cases.is_empty(), "no golden project");
        cases
    }

    fn load(&self) -> Loaded {
        let source = Source {
            name: "mcp.toml",
            text: &self.text,
        };
        load(source, self)
            .unwrap_or_else(|report| panic!("{}:\n{}", self.name, report.render(source, false)))
    }

    /// What `mcp-gen new` writes, but for what is the same in every project.
    fn project(&self) -> BTreeMap<String, Vec<u8>> {
        let Loaded { agent, files, .. } = self.load();
        let handlers = rust::stubs(&agent);
        let runtime = Runtime::Path(RUNTIME.to_owned());
        let options = Options {
            runtime,
            declaration: &self.text,
            handlers: &handlers,
            named: &files,
        };
        let files = project::files(&agent, &options);
        files
            .into_iter()
            .filter(|(_, file)| file.owner != Owner::Derived)
            .map(|(path, file)| (path, file.bytes))
            .collect()
    }
}

#[test]
fn projects_are_as_expected() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1");
    let mut stale = Vec::new();
    for case in Case::all() {
        let folder = case.folder.join("expected");
        let project = case.project();
        for path in below(&folder)
            .into_iter()
            .filter(|path| !project.contains_key(path) && !is_built(path))
        {
            stale.push(format!("{}/{path} is no longer made", case.name));
            if update {
                fs::remove_file(folder.join(path)).expect("removed");
            }
        }
        for (path, bytes) in &project {
            let file = folder.join(path);
            if fs::read(&file).is_ok_and(|present| present == *bytes) {
                continue;
            }
            stale.push(format!("{}/{path} differs", case.name));
            if update {
                fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
                fs::write(file, bytes).expect("written");
            }
        }
    }
    assert!(
        update || stale.is_empty(),
        "{}\nUPDATE_GOLDEN=1 writes them anew; review the difference",
        stale.join("\n")
    );
}

#[test]
fn projects_are_the_same_every_time() {
    for case in Case::all() {
        assert_eq!(case.project(), case.project(), "{}", case.name);
    }
}

/// A new file is already what a merge makes of it, so that `sync` has nothing to do after `new`.
#[test]
fn a_new_project_needs_no_merge() {
    for case in Case::all() {
        let agent: Agent = case.load().agent;
        let project = case.project();
        for path in ["wrangler.jsonc", "package.json"] {
            let text = std::str::from_utf8(&project[path]).expect("text");
            let merged = project::merge(path, text, &agent).expect("mergeable");
            assert_eq!(merged.keys, Vec::<String>::new(), "{}/{path}", case.name);
            assert_eq!(merged.text, text, "{}/{path}", case.name);
        }
    }
}

/// Files below a folder, `/` between folders.
fn below(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(
                    path.strip_prefix(folder)
                        .expect("below")
                        .to_string_lossy()
                        .replace('\\', "/"),
                );
            }
        }
    }
    files
}

/// What building a golden project where it lies leaves there.
fn is_built(path: &str) -> bool {
    path == "Cargo.lock"
        || ["target/", "build/", "node_modules/", ".wrangler/"]
            .iter()
            .any(|folder| path.starts_with(folder))
}
