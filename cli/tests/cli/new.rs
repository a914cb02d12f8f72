//! `mcp-gen new`.

use crate::bench::{Bench, SMALL};
use std::fs;
use std::path::Path;

/// The files of a project.
pub const PROJECT: [&str; 15] = [
    ".dev.vars.example",
    ".github/workflows/contract.yml",
    ".gitignore",
    "Cargo.toml",
    "README.md",
    "build.rs",
    "entry.mjs",
    "mcp.lock",
    "mcp.toml",
    "package.json",
    "schema/mcp.schema.json",
    "src/lib.rs",
    "src/main.rs",
    "test/agent.test.mjs",
    "wrangler.jsonc",
];

#[test]
fn a_project_has_these_files_and_no_other() {
    let bench = Bench::new();
    let run = bench.run(&["new", "deep/down/agent"]).exits(0);
    let files: Vec<_> = bench.files("deep").into_keys().collect();
    let expected: Vec<_> = PROJECT
        .iter()
        .map(|path| format!("down/agent/{path}"))
        .collect();
    assert_eq!(files, expected);
    assert_eq!(
        run.stdout,
        "made `counter` in deep/down/agent\n\nnext:\n  cd deep/down/agent\n  npm install\n  npm run dev\n"
    );
    assert_eq!(run.stderr, "");
}

#[test]
fn the_same_declaration_gives_the_same_bytes() {
    let bench = Bench::new();
    bench.write("mcp.toml", SMALL);
    bench.run(&["new", "one", "--from", "mcp.toml"]).exits(0);
    bench.run(&["new", "two", "--from", "mcp.toml"]).exits(0);
    assert_eq!(bench.files("one"), bench.files("two"));
}

#[test]
fn the_template_counter_is_the_reference_agent() {
    let bench = Bench::with_project();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (path, original) in [
        ("mcp.toml", "mcp.toml"),
        ("src/lib.rs", "examples/counter/src/lib.rs"),
    ] {
        assert_eq!(
            bench.read(&format!("agent/{path}")),
            fs::read_to_string(root.join(original)).expect(original)
        );
    }
}

#[test]
fn the_template_empty_takes_the_name_of_its_folder() {
    let bench = Bench::new();
    bench
        .run(&["new", "My Weather!", "--template", "empty"])
        .exits(0);
    assert!(
        bench
            .read("My Weather!/mcp.toml")
            .contains("name = \"my-weather\"")
    );
    assert!(
        bench
            .read("My Weather!/src/lib.rs")
            .contains("not implemented yet")
    );
    bench.run(&["check", "My Weather!"]).exits(0);
}

#[test]
fn next_commands_can_be_pasted() {
    let bench = Bench::new();
    let run = bench
        .run(&["--format", "json", "new", "it's here"])
        .exits(0);
    assert_eq!(
        run.json()["next"],
        serde_json::json!(["cd 'it'\\''s here'", "npm install", "npm run dev"])
    );

    let here = Bench::new();
    let run = here.run(&["--format", "json", "new", "."]).exits(0);
    assert_eq!(
        run.json()["next"],
        serde_json::json!(["npm install", "npm test", "npm run dev"])
    );
    assert!(here.path("wrangler.jsonc").exists());
}

#[test]
fn an_unknown_template_is_refused_with_the_known_ones() {
    let bench = Bench::new();
    let run = bench.run(&["new", "agent", "--template", "blog"]).exits(2);
    assert!(
        run.stderr.contains("counter, empty, attribute"),
        "{}",
        run.stderr
    );
    let run = bench
        .run(&["new", "agent", "--template", "atribute"])
        .exits(2);
    assert!(
        run.stderr.contains("a similar value exists: 'attribute'"),
        "{}",
        run.stderr
    );
    assert!(bench.files(".").is_empty());
}

#[test]
fn files_that_the_declaration_names_come_along() {
    let bench = Bench::new();
    let declaration = format!(
        "{SMALL}\n[resources.\"docs://readme\"]\nfile = \"README.md\"\n\n[resources.\"docs://logo\"]\nfile = \"./assets/logo.png\"\nmime = \"image/png\"\n"
    );
    bench.write("from/mcp.toml", &declaration);
    bench.write("from/README.md", "# Mine\n");
    fs::create_dir(bench.path("from/assets")).expect("a folder");
    fs::write(
        bench.path("from/assets/logo.png"),
        [0x89, b'P', b'N', b'G', 0, 0xff],
    )
    .expect("a file");
    bench
        .run(&["new", "agent", "--from", "from/mcp.toml"])
        .exits(0);
    assert_eq!(bench.read("agent/README.md"), "# Mine\n");
    assert_eq!(
        fs::read(bench.path("agent/assets/logo.png")).expect("copied"),
        [0x89, b'P', b'N', b'G', 0, 0xff]
    );
    assert!(
        bench
            .read("agent/wrangler.jsonc")
            .contains("\"watch_dir\": [\"src\", \"mcp.toml\", \"README.md\", \"assets\"]")
    );
    bench.run(&["check", "agent"]).exits(0);
}

#[test]
fn a_named_file_in_the_place_of_one_of_ours_is_refused() {
    let bench = Bench::new();
    bench.write(
        "mcp.toml",
        &format!("{SMALL}\n[resources.\"docs://package\"]\nfile = \"package.json\"\n"),
    );
    bench.write("package.json", "{}");
    let run = bench.run(&["new", "agent", "--from", "mcp.toml"]).exits(2);
    assert!(
        run.stderr
            .contains("`package.json`, which the project needs for itself"),
        "{}",
        run.stderr
    );
    assert!(!bench.path("agent").exists());
}

#[test]
fn a_named_file_in_a_place_of_tools_is_refused() {
    for path in [
        "build.rs",
        "Build.rs",
        ".cargo/config.toml",
        "./.npmrc",
        "build/about.md",
        "test/more.test.mjs",
    ] {
        let bench = Bench::new();
        bench.write(
            "from/mcp.toml",
            &format!("{SMALL}\n[resources.\"docs://x\"]\nfile = \"{path}\"\n"),
        );
        bench.write(&format!("from/{path}"), "text");
        let run = bench
            .run(&["new", "agent", "--from", "from/mcp.toml"])
            .exits(2);
        assert!(
            run.stderr
                .contains(&format!("`{path}`, which the project needs for itself")),
            "{}",
            run.stderr
        );
        assert!(!bench.path("agent").exists());
    }
}

#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let bench = Bench::new();
    bench.write("secret.txt", "secret");
    bench.write(
        "from/mcp.toml",
        &format!("{SMALL}\n[resources.\"docs://x\"]\nfile = \"x.txt\"\n"),
    );
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../secret.txt", bench.path("from/x.txt")).expect("a link");
        let run = bench
            .run(&["new", "agent", "--from", "from/mcp.toml"])
            .exits(1);
        assert!(run.stderr.contains("leads out of"), "{}", run.stderr);
        assert!(!bench.path("agent").exists());
    }
}

#[test]
fn the_schema_line_is_added_where_it_is_missing() {
    let bench = Bench::new();
    for (name, text) in [
        ("lf", SMALL.to_owned()),
        ("crlf", SMALL.replace('\n', "\r\n")),
    ] {
        bench.write("mcp.toml", &text);
        bench.run(&["new", name, "--from", "mcp.toml"]).exits(0);
        let newline = if name == "crlf" { "\r\n" } else { "\n" };
        assert_eq!(
            bench.read(&format!("{name}/mcp.toml")),
            format!("#:schema ./schema/mcp.schema.json{newline}{text}")
        );
        bench.run(&["sync", name, "--check"]).exits(0);
    }
}

#[test]
fn a_folder_that_is_not_empty_is_refused() {
    let bench = Bench::new();
    bench.write("agent/notes.txt", "mine");
    let before = bench.files(".");
    let run = bench.run(&["new", "agent"]).exits(2);
    assert!(
        run.stderr.contains("`agent` is not empty; with `--force`"),
        "{}",
        run.stderr
    );
    assert_eq!(bench.files("."), before);
}

#[test]
fn a_folder_with_nothing_but_a_repository_is_as_good_as_empty() {
    let bench = Bench::new();
    bench.write("agent/.git/HEAD", "ref: refs/heads/main\n");
    bench.run(&["new", "agent"]).exits(0);
    assert!(bench.path("agent/mcp.toml").exists());
    assert_eq!(bench.read("agent/.git/HEAD"), "ref: refs/heads/main\n");
}

#[test]
fn force_keeps_what_is_there() {
    let bench = Bench::new();
    bench.write("agent/mcp.toml", SMALL);
    bench.write("agent/src/lib.rs", "// mine\n");
    bench.write("agent/README.md", "mine\n");
    bench.write("agent/package.json", "{\n  \"name\": \"mine\",\n  \"devDependencies\": { \"wrangler\": \"4.0.0\", \"left-pad\": \"1.0.0\" }\n}\n");
    let run = bench
        .run(&[
            "--format",
            "json",
            "new",
            "agent",
            "--from",
            "agent/mcp.toml",
            "--force",
        ])
        .exits(0);
    let json = run.json();
    let action = |path: &str| {
        let files = json["files"].as_array().expect("files");
        files
            .iter()
            .find(|file| file["path"] == path)
            .map(|file| file["action"].as_str().expect("text").to_owned())
    };
    assert_eq!(action("mcp.toml").as_deref(), Some("kept"));
    assert_eq!(action("src/lib.rs").as_deref(), Some("kept"));
    assert_eq!(action("package.json").as_deref(), Some("merged"));
    assert_eq!(action("wrangler.jsonc").as_deref(), Some("created"));
    assert_eq!(bench.read("agent/mcp.toml"), SMALL);
    assert_eq!(bench.read("agent/src/lib.rs"), "// mine\n");
    assert_eq!(bench.read("agent/README.md"), "mine\n");
    let package = bench.read("agent/package.json");
    assert!(
        package.contains("\"name\": \"mine\"")
            && package.contains("\"left-pad\": \"1.0.0\"")
            && !package.contains("4.0.0"),
        "{package}"
    );
}

#[test]
fn force_says_what_a_manifest_lacks() {
    let bench = Bench::new();
    bench.write("agent/Cargo.toml", "[package]\nname = \"mine\"\n");
    let run = bench.run(&["new", "agent", "--force"]).exits(0);
    assert!(
        run.stdout
            .contains("  kept Cargo.toml\n  Cargo.toml must depend on `mcp-agent`"),
        "{}",
        run.stdout
    );
    bench.run(&["new", "other"]).exits(0);
    let run = bench.run(&["new", "other", "--force"]).exits(0);
    assert!(!run.stdout.contains("must depend"), "{}", run.stdout);
}

#[test]
fn force_never_overwrites_a_foreign_entry_or_declaration() {
    let bench = Bench::new();
    bench.write("agent/entry.mjs", "export default {};\n");
    let before = bench.files(".");
    let run = bench.run(&["new", "agent", "--force"]).exits(2);
    assert!(
        run.stderr.contains("not a file that mcp-gen wrote"),
        "{}",
        run.stderr
    );
    assert_eq!(bench.files("."), before);

    fs::remove_file(bench.path("agent/entry.mjs")).expect("removed");
    bench.write("agent/mcp.toml", SMALL);
    let before = bench.files(".");
    let run = bench.run(&["new", "agent", "--force"]).exits(2);
    assert!(
        run.stderr.contains("is another declaration"),
        "{}",
        run.stderr
    );
    assert_eq!(bench.files("."), before);
}

#[test]
fn a_declaration_with_mistakes_writes_nothing() {
    let bench = Bench::new();
    bench.write(
        "mcp.toml",
        &SMALL.replace("version = \"1.0.0\"", "verison = \"1.0.0\""),
    );
    let before = bench.files(".");
    let run = bench.run(&["new", "agent", "--from", "mcp.toml"]).exits(1);
    assert!(
        run.stderr.contains("verison") && run.stderr.contains("nothing was written"),
        "{}",
        run.stderr
    );
    assert_eq!(run.stdout, "");
    assert_eq!(bench.files("."), before);

    let run = bench
        .run(&["--format", "json", "new", "agent", "--from", "mcp.toml"])
        .exits(1);
    let json = run.json();
    assert_eq!(json["command"], "new");
    assert_eq!(json["status"], "findings");
    assert_eq!(json["diagnostics"][0]["file"], "mcp.toml");
    assert_eq!(run.stderr, "");
    assert_eq!(bench.files("."), before);
}

#[test]
fn what_cannot_be_written_leaves_nothing_behind() {
    let bench = Bench::new();
    // A file where a folder is wanted.
    bench.write("agent/src", "a file\n");
    let before = bench.files(".");
    let run = bench.run(&["new", "agent", "--force"]).exits(2);
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    assert_eq!(bench.files("."), before);

    let run = bench.run(&["new", "agent/src/deeper"]).exits(2);
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    assert_eq!(bench.files("."), before);
}

#[test]
fn the_runtime_comes_by_path_by_version_or_from_the_checkout() {
    let bench = Bench::new();
    let dependency = |project: &str| {
        let manifest = bench.read(&format!("{project}/Cargo.toml"));
        manifest
            .lines()
            .find(|line| line.starts_with("mcp-agent"))
            .expect("a dependency")
            .to_owned()
    };
    bench
        .run(&["new", "version", "--runtime", "1.2.3"])
        .exits(0);
    assert_eq!(dependency("version"), "mcp-agent = \"=1.2.3\"");

    bench.run(&["new", "checkout"]).exits(0);
    let runtime = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime"))
        .expect("the runtime");
    assert_eq!(
        dependency("checkout"),
        format!("mcp-agent = {{ path = \"{}\" }}", runtime.display())
    );

    bench.write(
        "repo/runtime/Cargo.toml",
        "[package]\nname = \"mcp-agent\"\n",
    );
    bench
        .run(&["new", "repo/examples/one", "--runtime", "repo/runtime"])
        .exits(0);
    assert_eq!(
        dependency("repo/examples/one"),
        "mcp-agent = { path = \"../../runtime\" }"
    );

    let run = bench
        .run(&["new", "none", "--runtime", "repo/examples"])
        .exits(2);
    assert!(
        run.stderr.contains("is not the crate `mcp-agent`"),
        "{}",
        run.stderr
    );
    assert!(!bench.path("none").exists());
}

#[test]
fn no_path_of_this_machine_is_in_a_project_but_the_dependency() {
    let bench = Bench::with_project();
    let checkout =
        fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).expect("the checkout");
    let checkout = checkout.display().to_string();
    for (path, bytes) in bench.files("agent") {
        let text = String::from_utf8_lossy(&bytes);
        let expected = usize::from(path == "Cargo.toml");
        assert_eq!(text.matches(&checkout).count(), expected, "{path}");
    }
}
