//! Crates that declare their agent in Rust. What needs a compiled crate is tried on the examples, by `cargo xtask test`.

use crate::bench::{Bench, SMALL};
use crate::new::PROJECT;

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

#[test]
fn the_template_attribute_declares_in_rust() {
    let bench = Bench::new();
    let run = bench
        .run(&[
            "--format",
            "json",
            "new",
            "My Shop",
            "--template",
            "attribute",
        ])
        .exits(0);
    assert_eq!(run.json()["diagnostics"], serde_json::json!([]));
    let files: Vec<_> = bench.files("My Shop").into_keys().collect();
    let of_a_file = ["mcp.lock", "mcp.toml", "schema/mcp.schema.json"];
    let expected: Vec<_> = PROJECT
        .iter()
        .filter(|it| !of_a_file.contains(it))
        .collect();
    assert_eq!(files.iter().collect::<Vec<_>>(), expected);

    let library = bench.read("My Shop/src/lib.rs");
    assert!(
        library.contains("name = \"my-shop\"") && library.contains("#[tool"),
        "{library}"
    );
    // The type is the template's, the crate the folder's.
    assert!(
        bench
            .read("My Shop/src/main.rs")
            .contains("<my_shop::Counter>")
    );
    let wrangler = bench.read("My Shop/wrangler.jsonc");
    assert!(
        wrangler.contains("\"watch_dir\": [\"src\"]") && !wrangler.contains("mcp.toml"),
        "{wrangler}"
    );
    let readme = bench.read("My Shop/README.md");
    assert!(
        readme.contains("`src/lib.rs` declares and implements it.")
            && !readme.contains("mcp.toml")
            && !readme.contains("schema/"),
        "{readme}"
    );
}

#[test]
fn the_template_attribute_is_not_put_beside_a_declaration() {
    let bench = Bench::new();
    bench.write("agent/mcp.toml", SMALL);
    let before = bench.files(".");
    let run = bench
        .run(&["new", "agent", "--template", "attribute", "--force"])
        .exits(2);
    assert!(
        run.stderr
            .contains("`agent/mcp.toml` declares an agent already"),
        "{}",
        run.stderr
    );
    assert_eq!(bench.files("."), before);
}

#[test]
fn an_agent_is_described() {
    let bench = Bench::new();
    bench.run(&["new", "agent"]).exits(0);
    let run = bench.run(&["describe", "agent"]).exits(0);
    assert_eq!(run.stdout, bench.read("agent/mcp.toml"));
    let said = bench
        .run(&["--format", "json", "describe", "agent"])
        .exits(0)
        .json();
    assert_eq!(said["server"]["name"], "counter");
    let add = &said["tools"][0];
    assert_eq!(add["name"], "add");
    assert_eq!(add["inputSchema"]["properties"]["a"]["type"], "integer");
    assert_eq!(said["resources"][0]["uri"], "counter://value");
    assert_eq!(said["prompts"][0]["name"], "report");
    bench.edit("agent/mcp.toml", "type = \"integer\"", "type = \"int\"");
    bench.run(&["describe", "agent"]).exits(1);
}
