//! Golden projects: `cases/<name>/mcp.toml` becomes `cases/<name>/expected/`, byte for byte.
//!
//! `UPDATE_GOLDEN=1 cargo test -p mcp-agent-codegen --test projects` writes them anew; review the difference. The files that are the
//! same in every project, the entry and the schema, are not repeated here.

mod case;
mod compile;
mod merge;

use case::Case;
use mcp_agent_codegen::emit::project::{self, Declared};
use mcp_agent_codegen::model::Agent;
use std::fs;
use std::path::Path;

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

/// The modules of `[auth]` are the same in every project of a mode, and no project has one that it does not need.
#[test]
fn a_mode_has_its_modules() {
    let modules = |name: &str| {
        let case = Case::all().into_iter().find(|case| case.name == name);
        let case = case.expect("a case");
        let files = project::lasting(&case.load().agent, Declared::InFile(&case.text));
        let modules = files.keys().filter_map(|path| path.strip_prefix("auth/"));
        let modules: Vec<&str> = modules.filter_map(|it| it.strip_suffix(".mjs")).collect();
        modules.join(" ")
    };
    assert_eq!(modules("minimal"), "");
    assert_eq!(
        modules("handed"),
        "bearer failures front guard header principal settings"
    );
    assert_eq!(
        modules("federated"),
        "failures front guard header jwt keys principal remote resource settings"
    );
    assert_eq!(
        modules("intranet"),
        "access failures front guard jwt keys principal remote settings"
    );
    assert_eq!(
        modules("signin"),
        "authorize consent cookies endpoints failures front github guard header lines oauth oidc page password principal providers reach redeem secret server settings shard store upstream vault"
    );
}

/// A new file is already what a merge makes of it, so that `sync` has nothing to do after `new`.
#[test]
fn a_new_project_needs_no_merge() {
    for case in Case::all() {
        let agent: Agent = case.load().agent;
        let project = case.project();
        let merged = ["wrangler.jsonc", "package.json", ".dev.vars.example"];
        for path in merged {
            let text = std::str::from_utf8(&project[path]).expect("text");
            let merged = project::merge(path, text, &agent, Declared::InFile(&case.text))
                .expect("mergeable");
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
