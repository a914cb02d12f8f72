//! Crates that declare their agent in Rust. What needs a compiled crate is tried on the examples, by `cargo xtask test`.

use crate::bench::Bench;

const MANIFEST: &str = "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

#[test]
fn a_crate_without_an_agent_is_told_how_to_have_one() {
    let bench = Bench::new();
    bench.write(
        "shop/Cargo.toml",
        &format!("{MANIFEST}[dependencies]\nmcp-agent = {{ path = \"nowhere\" }}\n"),
    );
    bench.write("shop/src/lib.rs", "pub struct Shop;\n");
    let run = bench.run(&["check", "shop"]).exits(2);
    assert!(
        run.stderr.contains("declares no agent") && run.stderr.contains("#[mcp_agent(name"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_crate_needs_a_library_and_the_runtime() {
    let bench = Bench::new();
    bench.write("shop/Cargo.toml", MANIFEST);
    bench.write("shop/src/main.rs", "fn main() {}\n");
    let run = bench.run(&["sync", "shop"]).exits(2);
    assert!(run.stderr.contains("no library"), "{}", run.stderr);
    bench.write(
        "shop/src/lib.rs",
        "#[mcp_agent(name = \"shop\")] pub struct Shop {}\n",
    );
    let run = bench.run(&["sync", "shop"]).exits(2);
    assert!(run.stderr.contains("cargo add mcp-agent"), "{}", run.stderr);
}
