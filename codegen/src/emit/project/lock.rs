//! `migrations.lock`: what every migration was when it was written down, a line each, `<sha256> <path>`.
//!
//! An object refuses to start when a migration is no longer what it applied, and only a deployed one knows what that was. The lock says it
//! before anything is deployed, as it lies in the repository.

use super::Merged;
use crate::diag::{Address, Code, Diagnostic};
use crate::model::{Migration, Model};

/// Where it lies, beside the declaration.
pub const LOCK: &str = "migrations.lock";

/// A line of it, and its place.
struct Locked<'t> {
    hash: &'t str,
    path: &'t str,
    begins: usize,
}

/// The lock of these migrations. Empty where there are none.
pub fn fresh(agent: &Model) -> String {
    migrations(agent).iter().map(line).collect()
}

fn migrations(agent: &Model) -> &[Migration] {
    agent.state.as_ref().map_or(&[], |it| &it.migrations)
}

fn line(migration: &Migration) -> String {
    format!("{} {}\n", migration.hash, migration.path)
}

/// Appends the migrations that are new, and names them. One that says something else of the others is left as it is.
pub(super) fn merge(text: &str, agent: &Model) -> Merged {
    let mut merged = Merged {
        text: text.to_owned(),
        keys: Vec::new(),
    };
    if !check(text, agent).is_empty() {
        return merged;
    }
    if !text.is_empty() && !text.ends_with('\n') {
        merged.text.push('\n');
    }
    let new = migrations(agent).iter().skip(read(text).count());
    for migration in new {
        merged.text.push_str(&line(migration));
        merged.keys.push(migration.path.clone());
    }
    if merged.keys.is_empty() {
        merged.text = text.to_owned();
    }
    merged
}

/// A migration that was applied somewhere is not changed any more: each that is locked is there, at its place, and as it was. The places
/// of what is reported are those of the lock.
pub fn check(text: &str, agent: &Model) -> Vec<Diagnostic> {
    let declared = migrations(agent);
    let mut found = Vec::new();
    for (at, locked) in read(text).enumerate() {
        let (number, path) = (at + 1, locked.path);
        let message = match declared.get(at) {
            _ if !locked.is_whole() => format!("this is no line of `{LOCK}`"),
            Some(it) if it.path == path && it.hash == locked.hash => continue,
            Some(it) if it.path == path => {
                format!("the migration {number}, `{path}`, is not what it was")
            }
            Some(it) => format!(
                "the migration {number} was `{path}`, and now it is `{}`",
                it.path
            ),
            None => format!("the migration {number}, `{path}`, is not declared any more"),
        };
        let mut diagnostic = Diagnostic::new(Code::ChangedMigration, Address::root(), message);
        diagnostic.span = Some(locked.begins..locked.begins + locked.written());
        diagnostic.help(help(&locked));
        found.push(diagnostic);
    }
    found
}

fn help(locked: &Locked<'_>) -> &'static str {
    if locked.is_whole() {
        "put it back as it was, and write what is to change as a new migration; if it was never deployed, `mcp-gen sync --relock`"
    } else {
        "put the file back as it was; if nothing was ever deployed, `mcp-gen sync --relock`"
    }
}

impl Locked<'_> {
    fn is_whole(&self) -> bool {
        let is_hash = self.hash.len() == 64 && self.hash.bytes().all(|it| it.is_ascii_hexdigit());
        is_hash && !self.path.is_empty()
    }

    /// The length of the line.
    fn written(&self) -> usize {
        let space = usize::from(!self.path.is_empty());
        self.hash.len() + space + self.path.len()
    }
}

/// Its lines. How they end depends on who checked the file out.
fn read(text: &str) -> impl Iterator<Item = Locked<'_>> {
    let mut end = 0;
    let lines = text.split_inclusive('\n').map(move |line| {
        let begins = end;
        end += line.len();
        let line = line.trim_end();
        let (hash, path) = line.split_once(' ').unwrap_or((line, ""));
        Locked { hash, path, begins }
    });
    lines.filter(|it| !it.hash.is_empty() || !it.path.is_empty())
}
