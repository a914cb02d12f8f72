//! The committed seeds of the fuzz targets (`fuzz/seeds`), and what fuzzing once found: what must hold for every input holds for these.
//! `cargo xtask fuzz` looks for more.

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/seeds")
        .join(target);
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        // Shown when the seed fails.
        eprintln!("{}", path.display());
        let bytes = fs::read(path).unwrap();
        run(&bytes);
        // Cut anywhere, and with each byte changed: what a fuzzer would do first.
        for at in 0..bytes.len() {
            run(&bytes[..at]);
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            run(&changed);
        }
        count += 1;
    }
    assert!(count >= 3, "{count} seeds of {target}");
}

#[test]
fn frames() {
    replay("frames", targets::frames);
}

#[test]
fn headers() {
    replay("headers", targets::headers);
}

#[test]
fn tokens() {
    replay("tokens", targets::tokens);
}

#[test]
fn cursors() {
    replay("cursors", targets::cursors);
}
