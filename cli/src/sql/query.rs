//! Queries of resources, in the file that declares them.

use super::scratch::Scratch;
use super::source;
use crate::declaration::Declaration;
use crate::findings::Findings;
use anyhow::Result;
use mcp_agent_codegen::diag::{Address, Code, Diagnostic, Part};
use mcp_agent_codegen::model::{Agent, Resource, ResourceBody};
use mcp_agent_codegen::read::toml::Places;
use mcp_agent_protocol::statement::Kind;
use std::fs;
use std::ops::Range;

/// Prepares them all.
pub fn check(
    declaration: &Declaration,
    agent: &Agent,
    scratch: &Scratch,
    found: &mut Findings,
) -> Result<()> {
    let mut wrong = Vec::new();
    for resource in &agent.resources {
        let ResourceBody::Query(statement) = &resource.body else {
            continue;
        };
        if let Err(it) = scratch.prepare(statement, Kind::Read) {
            wrong.push((resource, statement, it));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    for (name, text) in written(declaration)? {
        let places = Places::read(&text);
        let mut here = Vec::new();
        wrong.retain(|(resource, statement, it)| {
            let keys = ["resources", resource.uri.as_str(), "query"];
            let address = Address::root().keys(keys);
            if !places.has(&address) {
                return true;
            }
            let value = places.find(&address, Part::Value);
            let piece = place(&text, &value, resource, statement, &it.at);
            let mut diagnostic = Diagnostic::new(Code::FailedStatement, address, &it.message);
            diagnostic.span = Some(piece.unwrap_or(value));
            diagnostic.help = it.help.clone();
            here.push(diagnostic);
            false
        });
        found.add(name, text, here);
    }
    Ok(())
}

/// The texts that a declaration was read from. What Rust declares has its queries in the file that the attribute names.
fn written(declaration: &Declaration) -> Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    if let (false, Some(folder)) = (declaration.is_file, &declaration.folder) {
        for path in source::configs(declaration)? {
            let text = fs::read_to_string(folder.join(&path));
            all.extend(text.ok().map(|it| (declaration.beside(&path), it)));
        }
    }
    all.push((declaration.name.clone(), declaration.text.clone()));
    Ok(all)
}

/// Where a piece of a statement stands in the value that it was read from, in which names stand for the numbers of its parameters. `None`
/// where the value has escapes.
fn place(
    text: &str,
    value: &Range<usize>,
    resource: &Resource,
    statement: &str,
    piece: &Range<usize>,
) -> Option<Range<usize>> {
    let written = text.get(value.clone())?;
    let inner = written.trim_start_matches(['"', '\'']).trim_start();
    let (mut here, mut there) = (0, written.len() - inner.len());
    let mut begins = None;
    while here < piece.end {
        if here == piece.start {
            begins = Some(there);
        }
        let (ours, theirs) = (&statement[here..], written.get(there..)?);
        if let Some((number, length)) = parameter(ours)
            && let Some(name) = theirs.strip_prefix(':')
        {
            let param = resource.params.get(number.checked_sub(1)?)?;
            name.strip_prefix(param.name.as_str())?;
            here += length;
            there += 1 + param.name.len();
            continue;
        }
        let (one, other) = (ours.chars().next()?, theirs.chars().next()?);
        if one != other {
            return None;
        }
        here += one.len_utf8();
        there += one.len_utf8();
    }
    begins.map(|it| value.start + it..value.start + there)
}

/// The number of the parameter that a text begins with, and its length.
fn parameter(text: &str) -> Option<(usize, usize)> {
    let digits = text.strip_prefix('?')?;
    let end = digits.find(|c: char| !c.is_ascii_digit());
    let digits = &digits[..end.unwrap_or(digits.len())];
    Some((digits.parse().ok()?, 1 + digits.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Rust declares is shown where it is written: in the file that the attribute names.
    #[test]
    fn a_query_is_shown_in_the_file_that_has_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("written");
        };
        let sections = "[state]\nmigrations = [\"0001_init.sql\"]\n\n[resources.\"notes://{id}\"]\nname = \"note\"\nquery = 'SELECT titel FROM note WHERE id = :id'\n";
        let server = "schema_version = 1\n[server]\nname = \"notes\"\nversion = \"1.0.0\"\n";
        put("0001_init.sql", "CREATE TABLE note (id, title);");
        put("worker.toml", sections);
        put(
            "src/lib.rs",
            "#[mcp_agent(name = \"notes\", version = VERSION, config = \"worker.toml\")]\npub struct Notes {}\n",
        );
        let declaration = Declaration {
            name: "(declared in Rust)".to_owned(),
            text: format!("{server}{sections}"),
            problems: Vec::new(),
            tools: None,
            state: None,
            is_file: false,
            folder: Some(folder.path().to_owned()),
        };
        let loaded = declaration.load(false, "").expect("it loads");
        let found = crate::sql::check(&declaration, &loaded.agent, crate::sql::Extent::Code);
        let shown = found.expect("it is checked").describe(false, "");
        assert!(
            shown.contains("worker.toml:6:17") && shown.ends_with("1 mistake\n"),
            "{shown}"
        );
    }
}
