//! What a user reads when something is wrong: one mistake, one error, at its place.
//!
//! `TRYBUILD=overwrite cargo test -p mcp-agent --test ui` writes the expected texts again.

use std::fs;
use std::path::Path;

/// A declaration is looked for in the folder of the crate that is compiled, and trybuild makes one of its own.
fn copy_declarations() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("the folder of temporary files is in the target folder");
    let to = target.join("tests/trybuild/mcp-agent/tests/ui");
    fs::create_dir_all(&to).expect("the target folder can be written");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    for entry in fs::read_dir(from).expect("the cases are there") {
        let path = entry.expect("the cases can be listed").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            fs::copy(&path, to.join(path.file_name().expect("a file has a name")))
                .expect("a declaration can be copied");
        }
    }
}

/// Agents that Rust declares: each mistake gives one error, whatever the compiler's words are around it.
#[test]
fn one_mistake_is_one_error() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("the cases are there") {
        let path = entry.expect("the cases can be listed").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        if !name.starts_with("rust_") || !name.ends_with(".stderr") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("text");
        let errors = text
            .lines()
            .filter(|line| line.starts_with("error"))
            .count();
        let mistakes = if name.contains("three_mistakes") {
            3
        } else {
            1
        };
        assert_eq!(errors, mistakes, "{name}");
        seen += 1;
    }
    assert!(seen >= 40, "{seen} cases");
}

#[test]
fn mistakes() {
    copy_declarations();
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
