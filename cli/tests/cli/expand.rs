//! `mcp-gen expand`. That the expansion is what the macro gives follows from both calling the same; that it is short is tried in codegen.

use crate::bench::Bench;

#[test]
fn a_project_with_a_declaration() {
    let bench = Bench::with_project();
    let run = bench.run(&["expand", "agent"]).exits(0);
    assert_eq!(run.stderr, "");
    assert!(
        run.stdout
            .starts_with("// agent/src/lib.rs:6: struct Counter\n"),
        "{}",
        run.stdout
    );
    for part in [
        "pub struct Counter {\n",
        "pub trait Handlers",
        "impl ::mcp_agent::__rt1::Agent for Counter {\n",
    ] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
    // The impl of the handlers is not ours.
    assert!(
        !run.stdout.contains("\nimpl counter::Handlers"),
        "{}",
        run.stdout
    );

    let run = bench.run(&["expand", "agent", "--tool", "greet"]).exits(0);
    assert!(
        run.stdout.contains("GreetParams") && !run.stdout.contains("AddParams"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_crate_that_declares_in_rust() {
    let bench = Bench::new();
    bench
        .run(&["new", "agent", "--template", "attribute"])
        .exits(0);
    let run = bench.run(&["expand", "agent"]).exits(0);
    for part in [
        "// agent/src/lib.rs:6: struct Counter\n",
        "\n// agent/src/lib.rs:18: impl Counter\nimpl Counter {\n    /// Add to the counter",
        "> for Counter {\n",
    ] {
        assert!(run.stdout.contains(part), "{part}\n{}", run.stdout);
    }

    // A file by its name, from anywhere below; one tool alone.
    let file = ["expand", "agent/src/lib.rs", "--tool", "value"];
    let run = bench.run(&file).exits(0);
    assert!(
        run.stdout.contains("fn value(&self)") && !run.stdout.contains("fn add("),
        "{}",
        run.stdout
    );
    let run = bench.run(&["expand", "agent", "--tool", "values"]).exits(2);
    assert_eq!(
        run.stderr,
        "error: there is no tool `values`; the tools are `add`, `value`, `greet`\n"
    );
}

#[test]
fn the_attribute_is_found_in_files_and_modules() {
    let bench = Bench::new();
    bench.write("shop/src/lib.rs", "mod sells;\n");
    bench.write(
        "shop/src/sells/mod.rs",
        "pub mod apples {\n    #[mcp_agent::mcp_agent]\n    impl crate::Shop {\n        /// Sells.\n        #[tool]\n        fn sell() {}\n    }\n}\n",
    );
    let json = bench
        .run(&["--format", "json", "expand", "shop"])
        .exits(0)
        .json();
    let found = &json["expansions"][0];
    assert_eq!(found["file"], "shop/src/sells/mod.rs");
    assert_eq!(found["line"], 2);
    assert_eq!(found["item"], "impl crate::Shop");
    assert!(json["expansions"][1].is_null());
}

#[test]
fn mistakes_are_shown_where_they_are() {
    let bench = Bench::new();
    bench
        .run(&["new", "agent", "--template", "attribute"])
        .exits(0);
    bench.edit("agent/src/lib.rs", "a: i64,", "a: &[u8],");
    bench.edit("agent/src/lib.rs", "title = \"Value\"", "titel = \"Value\"");
    let run = bench.run(&["expand", "agent"]).exits(1);
    for part in [
        "--> agent/src/lib.rs:26:12",
        "error: expected a type that owns what it holds",
        "--> agent/src/lib.rs:37:12",
        "unknown key `titel` in `tools.value`",
        "help: did you mean `title`?",
        "\n2 mistakes\n",
    ] {
        assert!(run.stderr.contains(part), "{part}\n{}", run.stderr);
    }
    // What is right is printed.
    assert!(run.stdout.contains("pub struct Counter"), "{}", run.stdout);
    let json = bench
        .run(&["--format", "json", "expand", "agent"])
        .exits(1)
        .json();
    let second = &json["diagnostics"][1];
    assert_eq!(
        (&second["code"], &second["line"], &second["column"]),
        (&"E0003".into(), &37.into(), &12.into())
    );

    bench.write("agent/src/lib.rs", "#[mcp_agent]\nstruct\n");
    let run = bench.run(&["expand", "agent"]).exits(1);
    assert!(run.stderr.contains("agent/src/lib.rs"), "{}", run.stderr);
}

#[test]
fn a_declaration_with_mistakes_is_shown_whole() {
    let bench = Bench::with_project();
    bench.edit("agent/mcp.toml", "type = \"integer\"", "type = \"int\"");
    let run = bench.run(&["expand", "agent"]).exits(1);
    for part in [
        "`mcp.toml` does not declare an agent",
        "--> agent/src/lib.rs:6:22",
        "error[E0201]: unknown type `int`",
        "did you mean `integer`?",
    ] {
        assert!(run.stderr.contains(part), "{part}\n{}", run.stderr);
    }
    assert_eq!(run.stdout, "");
}

#[test]
fn nothing_to_expand_is_said() {
    let bench = Bench::new();
    bench.write("shop/src/lib.rs", "pub struct Shop;\n");
    let run = bench.run(&["expand", "shop"]).exits(2);
    assert!(
        run.stderr.contains("no `#[mcp_agent]` in `shop`"),
        "{}",
        run.stderr
    );
    let run = bench.run(&["expand", "nowhere.rs"]).exits(2);
    assert!(
        run.stderr.contains("cannot read `nowhere.rs`"),
        "{}",
        run.stderr
    );
}
