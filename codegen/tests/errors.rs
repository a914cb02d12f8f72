//! Every mistake has a fixture and an explanation, and the examples of the explanation are true.

mod common;

use common::{Folder, Memory, PRELUDE, codes, drawn, golden, root, said};
use mcp_agent_codegen::diag::{Code, Severity};
use mcp_agent_codegen::explain;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn fixtures() -> Vec<(String, PathBuf)> {
    let folder = root().join("codegen/tests/errors");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .collect();
    found.sort();
    found
}

/// A fixture's text. One that says so grows beyond what is read, which nobody wants in a repository.
fn text(folder: &std::path::Path) -> String {
    let text = std::fs::read_to_string(folder.join("mcp.toml")).unwrap();
    if text.starts_with("# grows") {
        text + &"# more\n".repeat(160_000)
    } else {
        text
    }
}

#[test]
fn every_fixture_draws_what_is_expected() {
    let mut wrong = Vec::new();
    for (name, path) in fixtures() {
        let (text, files) = (text(&path), Folder(path.clone()));
        let (code, _) = name.split_once('_').unwrap();
        let codes = codes(&text, &files);
        if !codes.contains(&code) {
            wrong.push(format!("{name} does not give {code}, but {codes:?}"));
        }
        wrong.extend(golden(&path.join("expected.txt"), &drawn(&text, &files)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_code_has_a_fixture() {
    let expected: BTreeSet<_> = Code::ALL
        .iter()
        .map(|code| format!("{code}_{}", slug(code.title())))
        .collect();
    let found: BTreeSet<_> = fixtures().into_iter().map(|(name, _)| name).collect();
    assert_eq!(found, expected);
}

fn slug(title: &str) -> String {
    title
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .collect::<Vec<_>>()
        .join("_")
}

#[test]
fn every_diagnostic_has_a_place_and_a_help() {
    for (name, path) in fixtures() {
        for diagnostic in said(&text(&path), &Folder(path.clone())) {
            let message = &diagnostic.message;
            assert!(diagnostic.span.is_some(), "{name}: no place for: {message}");
            assert!(diagnostic.help.is_some(), "{name}: no help for: {message}");
            assert!(
                !message.starts_with(char::is_uppercase),
                "{name}: {message}"
            );
        }
    }
}

#[test]
fn codes_are_in_order_and_explained() {
    let sort = |code: &Code| code.as_str()[1..].to_owned();
    assert!(Code::ALL.is_sorted_by_key(sort));
    for code in Code::ALL {
        let explanation = explain::find(code.as_str()).unwrap();
        assert!(explanation.text.len() > 40, "{code} is not explained");
    }
    assert_eq!(explain::all().len(), Code::ALL.len());
    assert!(explain::find("E9999").is_none());
}

/// Cannot be shown in a few lines.
const WITHOUT_EXAMPLES: [Code; 2] = [Code::TooLarge, Code::StateTooLarge];

#[test]
fn the_examples_of_explanations_are_true() {
    for code in Code::ALL {
        let explanation = explain::find(code.as_str()).unwrap();
        let Some((_, examples)) = explanation.text.split_once("\nWrong:\n") else {
            assert!(WITHOUT_EXAMPLES.contains(code), "{code} has no examples");
            continue;
        };
        let (wrong, right) = examples.split_once("\nRight:\n").unwrap();
        let found = example(wrong);
        assert!(
            found.contains(&code.as_str()),
            "{code}: the wrong example gives {found:?}"
        );
        let found = example(right);
        let bad = |code: &&str| {
            Code::ALL
                .iter()
                .any(|c| c.as_str() == *code && c.severity() == Severity::Error)
        };
        assert!(
            !found.contains(&code.as_str()) && !found.iter().any(bad),
            "{code}: the right example gives {found:?}"
        );
    }
}

/// The codes that an example gives. A block of JSON is the file that it names.
fn example(text: &str) -> Vec<&'static str> {
    let block = |kind: &str| {
        let (_, rest) = text.split_once(&format!("```{kind}\n"))?;
        Some(rest.split_once("```").unwrap().0.to_owned())
    };
    let files = Memory::default()
        .with("docs/about.md", "# About\n")
        .with("prompts/report.txt", "Write a report.")
        .with(
            "schemas/import.json",
            &block("json").unwrap_or_else(|| "{ \"type\": \"object\" }".to_owned()),
        );
    let declaration = block("toml").unwrap();
    let whole = declaration.contains("schema_version") || declaration.contains("[server]");
    codes(
        &if whole {
            declaration
        } else {
            PRELUDE.to_owned() + &declaration
        },
        &files,
    )
}

#[test]
fn the_page_of_errors_is_current() {
    assert_eq!(
        golden(&root().join("docs/errors.md"), &explain::page()),
        None
    );
}
