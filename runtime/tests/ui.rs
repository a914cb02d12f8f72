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

#[test]
fn mistakes() {
    copy_declarations();
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
