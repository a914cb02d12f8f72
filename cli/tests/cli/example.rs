//! `examples/counter` is what `mcp-gen new` writes from the root's `mcp.toml`, and `examples/counter-rust` what it writes of the template
//! `attribute`, each with a README of its own.
//!
//! `UPDATE_GOLDEN=1 cargo test -p mcp-gen example` brings it up to date.

use crate::bench::Bench;
use std::fs;
use std::path::Path;

#[test]
fn the_example_is_what_new_writes() {
    is_what_new_writes("counter", "counter");
}

#[test]
fn the_example_in_rust_is_what_new_writes() {
    is_what_new_writes("counter-rust", "attribute");
}

fn is_what_new_writes(name: &str, template: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let example = root.join("examples").join(name);
    let bench = Bench::new();
    bench.run(&["new", name, "--template", template]).exits(0);
    let runtime = fs::canonicalize(root.join("runtime")).expect("the runtime");
    bench.edit(
        &format!("{name}/Cargo.toml"),
        &runtime.display().to_string(),
        "../../runtime",
    );

    let update = std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1");
    let mut stale = Vec::new();
    for (path, bytes) in bench.files(name) {
        let file = example.join(&path);
        if path == "README.md" || fs::read(&file).is_ok_and(|present| present == bytes) {
            continue;
        }
        if update {
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, bytes).expect("written");
        }
        stale.push(path);
    }
    assert!(
        update || stale.is_empty(),
        "out of date in examples/{name}: {stale:?}; UPDATE_GOLDEN=1 brings it up to date"
    );
}
