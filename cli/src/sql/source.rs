//! Statements in the crate's Rust code.

use super::scratch::Scratch;
use super::{literal, seen};
use crate::declaration::Declaration;
use crate::findings::Findings;
use crate::sources;
use crate::verbs::count;
use anyhow::Result;
use mcp_agent_codegen::diag::{Address, Code, Diagnostic};
use seen::{Seen, Statement};

/// Prepares those that can be seen.
pub fn check(declaration: &Declaration, scratch: &Scratch, found: &mut Findings) -> Result<()> {
    let Some(folder) = declaration.project() else {
        return Ok(());
    };
    let files: Vec<(String, String, Seen)> = sources::below(folder)?
        .into_iter()
        .map(|(path, text)| {
            // A mark at the beginning is no part of the code, and its places are counted without.
            let text = text.trim_start_matches('\u{feff}').to_owned();
            let seen = seen::look(&text);
            (path, text, seen)
        })
        .collect();
    // Of two agents nobody knows whose tables a statement means.
    if files.iter().map(|(.., seen)| seen.agents).sum::<usize>() > 1 {
        return Ok(());
    }
    for (path, text, seen) in files {
        let mut here: Vec<Diagnostic> = Vec::new();
        for statement in &seen.statements {
            let wrong = wrong(scratch, statement, &text);
            // What stands in a `let` may be used twice.
            here.extend(wrong.filter(|it| !here.contains(it)));
        }
        found.add(declaration.beside(&path), text, here);
    }
    Ok(())
}

fn wrong(scratch: &Scratch, statement: &Statement, text: &str) -> Option<Diagnostic> {
    let value = statement.literal.value();
    let expected = match scratch.prepare(&value, statement.kind) {
        Ok(expected) => expected,
        Err(mut wrong) => {
            wrong.at = literal::place(text, &statement.literal, &wrong.at);
            return Some(wrong.diagnostic(Code::FailedStatement, Address::root()));
        }
    };
    let (given, at) = statement.given.clone()?;
    if given == expected {
        return None;
    }
    let message = format!(
        "the statement takes {}, and is given {given}",
        count(expected, "value")
    );
    let mut diagnostic = Diagnostic::new(Code::ParamCount, Address::root(), message);
    diagnostic.span = Some(at);
    diagnostic.help(match expected {
        0 => "nothing to bind is `()`".to_owned(),
        1 => "one value in brackets: `[id]`".to_owned(),
        _ => "a value for each, in their order: `(title, text)`".to_owned(),
    });
    Some(diagnostic)
}

/// The files that the attributes of the crate name.
pub fn configs(declaration: &Declaration) -> Result<Vec<String>> {
    let Some(folder) = declaration.project() else {
        return Ok(Vec::new());
    };
    let files = sources::below(folder)?.into_iter();
    let configs = files.flat_map(|(_, text)| seen::look(&text).configs);
    Ok(configs.collect())
}
