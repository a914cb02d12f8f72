//! What git has of a project at a revision. The program `git` is asked, as the repository may be of any kind.

use anyhow::{Context, Result, bail};
use mcp_agent_codegen::Files;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of a repository at a revision.
pub struct Revision {
    folder: PathBuf,
    /// The commit.
    id: String,
    /// The folder, from the root of the repository on, with a `/` at its end.
    prefix: String,
}

impl Revision {
    /// The revision `name`, as git takes it.
    pub fn named(folder: &Path, name: &str) -> Result<Self> {
        match commit(folder, name)? {
            Some(id) => Self::of(folder, id),
            None => bail!("`{name}` is neither a file nor a revision that git knows here"),
        }
    }

    /// Where this branch left the main one, and the name of that.
    pub fn merge_base(folder: &Path) -> Result<(Self, String)> {
        let main = main_branch(folder)?;
        let output = git(folder, &["merge-base", "HEAD", "--", &main])?;
        if !output.status.success() {
            bail!(
                "git finds no common commit of HEAD and `{main}`: in a shallow clone fetch more (`fetch-depth: 0`), or name what to compare with"
            );
        }
        Ok((Self::of(folder, text(&output))?, main))
    }

    fn of(folder: &Path, id: String) -> Result<Self> {
        let prefix = git(folder, &["rev-parse", "--show-prefix"])?;
        Ok(Self {
            folder: folder.to_owned(),
            id,
            prefix: text(&prefix),
        })
    }

    /// A file of the folder; `None` where there was none.
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>> {
        // Without `..`, which git does not take in a path of a revision.
        let whole = format!("{}:{}{path}", self.id, self.prefix);
        let exists = git(&self.folder, &["cat-file", "-e", &whole])?;
        if !exists.status.success() {
            return Ok(None);
        }
        let output = git(&self.folder, &["cat-file", "blob", &whole])?;
        if !output.status.success() {
            bail!(
                "git cannot show `{whole}`: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(Some(output.stdout))
    }
}

impl Files for Revision {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match self.file(path) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err("no such file".to_owned()),
            Err(error) => Err(format!("{error:#}")),
        }
    }
}

/// The branch that others are compared with.
fn main_branch(folder: &Path) -> Result<String> {
    // The base of a pull request, in a workflow of GitHub.
    let target = std::env::var("GITHUB_BASE_REF")
        .ok()
        .filter(|it| !it.is_empty());
    let head = git(folder, &["rev-parse", "--abbrev-ref", "origin/HEAD"])?;
    let head = head.status.success().then(|| text(&head));
    let candidates = target
        .map(|it| format!("origin/{it}"))
        .into_iter()
        .chain(head.filter(|it| it != "origin/HEAD"))
        .chain(["origin/main", "origin/master", "main", "master"].map(str::to_owned));
    for name in candidates {
        if commit(folder, &name)?.is_some() {
            return Ok(name);
        }
    }
    bail!(
        "no branch `main` or `master` is here: name what to compare with, as `mcp-gen diff HEAD~1` or `mcp-gen diff old.lock`"
    )
}

/// The commit that git knows by a name, if it does.
fn commit(folder: &Path, name: &str) -> Result<Option<String>> {
    let spec = format!("{name}^{{commit}}");
    let args = [
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &spec,
    ];
    let found = git(folder, &args)?;
    Ok(found.status.success().then(|| text(&found)))
}

fn git(folder: &Path, args: &[&str]) -> Result<Output> {
    Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(args)
        .output()
        .context("cannot run git, which knows what was there before: name a lock to compare with instead")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
