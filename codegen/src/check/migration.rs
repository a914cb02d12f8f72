//! `[state] migrations`: the files that make tables.

use super::Cx;
use super::file::{MAX_MIGRATION, check_text_file};
use crate::diag::{Address, Code};
use crate::model::Migration;
use sha2::{Digest, Sha256};

/// Migrations are numbered, so that their order is in their names too: each runs once in each object, after all before it, and whoever adds
/// one adds it at the end.
pub(super) fn check_migrations(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&Vec<String>>,
) -> Vec<Migration> {
    let paths = raw.map_or(&[][..], Vec::as_slice);
    let mut next = 1;
    let mut migrations = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        let place = at.index(index);
        if let Some(first) = paths[..index].iter().position(|it| it == path) {
            cx.report(
                Code::BadMigration,
                &place,
                format!("`{path}` is listed twice"),
            )
            .related(at.index(first), "the first time")
            .help("keep one of them: a migration runs once");
            continue;
        }
        next = check_number(cx, &place, path, next);
        migrations.extend(check_migration(cx, &place, path));
    }
    migrations
}

/// Gives the number of the one after it.
fn check_number(cx: &mut Cx<'_>, at: &Address, path: &str, expected: u64) -> u64 {
    let (folder, name) = path
        .rfind('/')
        .map_or(("", path), |end| path.split_at(end + 1));
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &name[..name.len() - rest.len()];
    let number = digits.parse::<u64>().ok();
    if number == Some(expected) {
        return expected + 1;
    }
    let what = match number {
        None => format!("the name of `{path}` does not begin with a number"),
        Some(number) => format!("`{path}` has the number {number}, and not {expected}"),
    };
    // As many digits as there are, so that a folder is listed in the order of the numbers.
    let width = digits.len().max(4);
    let rest = match number {
        None => format!("_{}", rest.trim_start_matches('_')),
        Some(_) => rest.to_owned(),
    };
    cx.report(Code::BadMigration, at, what)
        .label("the first is 1, and each is one more than the one before")
        .help(format!("\"{folder}{expected:0width$}{rest}\""));
    match number {
        Some(number) if number > expected => number + 1,
        _ => expected,
    }
}

fn check_migration(cx: &mut Cx<'_>, at: &Address, path: &str) -> Option<Migration> {
    let text = check_text_file(cx, at, path, MAX_MIGRATION)?;
    if text.trim().is_empty() {
        cx.report(Code::BadMigration, at, format!("`{path}` is empty"))
            .help("write what makes the tables, as in `CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);`, or leave it out");
        return None;
    }
    Some(Migration {
        path: path.to_owned(),
        hash: hash(&text),
        text,
    })
}

/// How lines end depends on who checked the file out, and is no other migration.
fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.replace("\r\n", "\n"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn the_hash_is_of_the_lines() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash("abc"), abc);
        assert_eq!(hash("a\r\nb\r\n"), hash("a\nb\n"));
        assert_ne!(hash("a\rb"), hash("a\nb"));
    }
}
