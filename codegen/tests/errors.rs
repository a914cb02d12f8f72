//! Every mistake has a fixture and an explanation, and the examples of the explanation are true.

mod common;

use common::{Folder, Memory, PRELUDE, codes, drawn, golden, root, said};
use mcp_agent_codegen::diag::{Code, Severity};
use mcp_agent_codegen::explain;
use mcp_agent_codegen::read::tokens::{self, Errors};
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
    let mut found: BTreeSet<_> = fixtures().into_iter().map(|(name, _)| name).collect();
    // What only Rust can get wrong does not compile, and has its fixtures where that is tried.
    let refused = refused();
    for code in Code::ALL.iter().filter(|it| it.as_str().starts_with("E09")) {
        if COMPILED.contains(code) || refused.contains(&format!("[{code}]")) {
            found.insert(format!("{code}_{}", slug(code.title())));
        }
    }
    // What waits for no key has nothing that it could be shown with; the reader of TOML tries it with one of its own.
    found.insert(format!("{LATER}_{}", slug(LATER.title())));
    // What takes SQLite to find has its fixtures with `mcp-gen`, which has one.
    for code in CHECKED {
        let name = format!("{code}_{}", slug(code.title()));
        let folder = root().join("cli/tests/errors").join(&name);
        if folder.join("expected.txt").is_file() {
            found.insert(name);
        }
    }
    assert_eq!(found, expected);
}

/// What the compiler is expected to say of crates that are wrong.
fn refused() -> String {
    let files = std::fs::read_dir(root().join("runtime/tests/ui")).unwrap();
    let files = files.map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|it| it == "stderr"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
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

/// There is no key of a release to come.
const LATER: Code = Code::LaterKey;
/// Cannot be shown in a few lines, or not in this release.
const WITHOUT_EXAMPLES: [Code; 3] = [LATER, Code::TooLarge, Code::StateTooLarge];
/// Found by the crate once it is compiled: `runtime/tests/types.rs` has them.
const COMPILED: [Code; 1] = [Code::TypeMismatch];
/// Found by `mcp-gen check`: `cli/tests/cli/sql.rs` has them, and tries their examples.
const CHECKED: [Code; 4] = [
    Code::FailedMigration,
    Code::FailedStatement,
    Code::ParamCount,
    Code::ChangedMigration,
];

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
        let is_found_later = COMPILED.contains(code) || CHECKED.contains(code);
        assert!(
            is_found_later || found.contains(&code.as_str()),
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

/// The codes that an example in Rust gives.
fn rust_example(text: &str, sections: &str) -> Vec<&'static str> {
    let file = syn::parse_file(text).unwrap();
    let mut errors = Errors::default();
    let files = Memory::default().with("worker.toml", sections);
    for item in file.items {
        match item {
            syn::Item::Struct(mut item) => {
                let Some(attribute) = take(&mut item.attrs) else {
                    continue;
                };
                let read = tokens::structure(attribute, item, &files, &mut errors);
                let loaded = tokens::judge(&read.text, &files, &mut errors);
                if let (Some(loaded), Some(config)) = (&loaded, &read.config) {
                    tokens::check_bodies(&loaded.agent, config, &mut errors);
                }
            }
            syn::Item::Impl(mut item) => {
                let Some(attribute) = take(&mut item.attrs) else {
                    continue;
                };
                let read = tokens::block(attribute, item, &mut errors);
                if let Some(loaded) = tokens::judge(&read.text, &files, &mut errors) {
                    tokens::check_variables(&loaded.agent, &read.handlers, &mut errors);
                }
            }
            _ => {}
        }
    }
    errors.codes().map(Code::as_str).collect()
}

/// Takes `#[mcp_agent]` off, and answers what is in its parentheses.
fn take(attrs: &mut Vec<syn::Attribute>) -> Option<proc_macro2::TokenStream> {
    let at = attrs
        .iter()
        .position(|it| it.path().is_ident("mcp_agent"))?;
    match attrs.remove(at).meta {
        syn::Meta::List(list) => Some(list.tokens),
        _ => Some(proc_macro2::TokenStream::new()),
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
        .with("migrations/0001_init.sql", "CREATE TABLE notes (day TEXT);")
        .with(
            "migrations/0002_title.sql",
            "ALTER TABLE notes ADD COLUMN title TEXT;",
        )
        .with(
            "schemas/import.json",
            &block("json").unwrap_or_else(|| "{ \"type\": \"object\" }".to_owned()),
        );
    if let Some(rust) = block("rust") {
        return rust_example(&rust, &block("toml").unwrap_or_default());
    }
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
