//! What `mcp-gen` says of SQL: migrations, queries, statements in Rust, and `migrations.lock`.
//!
//! `UPDATE=1 cargo test -p mcp-gen sql` writes what is expected of the fixtures anew; review the difference.

use crate::bench::{Bench, SMALL};
use mcp_agent_codegen::explain;
use serde_json::json;
use std::fs;
use std::path::Path;

const TABLE: &str = "CREATE TABLE note (id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE);\n";
const FIRST: &str =
    "ebc5f4a70eebe14e6fcc4c63af63dcabb25c168687aff956680c6057a49642b7 migrations/0001_init.sql\n";

/// A folder with an agent that has tables.
fn with_tables() -> Bench {
    let bench = Bench::new();
    let migrations = "\n[state]\nmigrations = [\"migrations/0001_init.sql\"]\n";
    bench.write("mcp.toml", &format!("{SMALL}{migrations}"));
    bench.write("migrations/0001_init.sql", TABLE);
    bench
}

/// Adds a migration.
fn add(bench: &Bench, path: &str, text: &str) {
    bench.edit("mcp.toml", ".sql\"]", &format!(".sql\", \"{path}\"]"));
    bench.write(path, text);
}

#[test]
fn every_fixture_says_what_is_expected() {
    let update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/errors");
    for entry in fs::read_dir(folder).expect("fixtures") {
        let fixture = entry.expect("a fixture").path();
        let name = fixture.file_name().expect("a name").to_string_lossy();
        let (code, _) = name.split_once('_').expect("a code");
        let bench = Bench::over(&fixture);
        let run = bench.run(&["check"]).exits(1);
        assert!(run.stderr.contains(code), "{name}: {}", run.stderr);
        let json = bench.run(&["check", "--format", "json"]).exits(1).json();
        let found = json["diagnostics"].as_array().expect("diagnostics");
        assert!(
            found.iter().all(|it| it["line"].is_u64()),
            "{name}: {found:?}"
        );
        let expected = fixture.join("expected.txt");
        if update {
            fs::write(&expected, &run.stderr).expect("written");
        }
        let expected = fs::read_to_string(expected).unwrap_or_default();
        assert_eq!(run.stderr, expected, "{name}");
    }
}

#[test]
fn the_examples_of_explanations_are_true() {
    for code in ["E0615", "E0616", "E0617", "E0618"] {
        let text = explain::find(code).expect(code).text;
        let (_, examples) = text.split_once("\nWrong:\n").expect("a wrong example");
        let (wrong, right) = examples.split_once("\nRight:\n").expect("a right one");
        let run = example(wrong).run(&["check"]).exits(1);
        assert!(
            run.stderr.starts_with(&format!("error[{code}]")),
            "{}",
            run.stderr
        );
        example(right).run(&["check"]).exits(0);
    }
}

fn example(text: &str) -> Bench {
    let bench = Bench::new();
    let block = |kind: &str| {
        let (_, rest) = text.split_once(&format!("```{kind}\n"))?;
        Some(rest.split_once("```").expect("its end").0.to_owned())
    };
    let declaration = block("toml").expect("a declaration");
    bench.write("mcp.toml", &format!("{SMALL}\n{declaration}"));
    let table = "CREATE TABLE notes (id INTEGER PRIMARY KEY, day TEXT NOT NULL);";
    let first = block("sql").unwrap_or_else(|| table.to_owned());
    bench.write("migrations/0001_init.sql", &first);
    let title = "ALTER TABLE notes ADD COLUMN title TEXT;";
    bench.write("migrations/0002_title.sql", title);
    for (kind, path) in [("rust", "src/lib.rs"), ("lock", "migrations.lock")] {
        if let Some(text) = block(kind) {
            bench.write(path, &text);
        }
    }
    bench
}

/// What a migration does as it runs is shown at the statement that does it, and what it is not allowed to say at the word.
#[test]
fn a_migration_fails_where_it_fails() {
    for (migration, expected) in [
        (
            "INSERT INTO note (title) VALUES ('a');\n\n-- Again.\nINSERT INTO note (title)\n  VALUES ('a');\n",
            "\
error[E0615]: UNIQUE constraint failed: note.title
 --> migrations/0002_more.sql:4:1
  |
4 | INSERT INTO note (title)
  | ^^^^^^^^^^^^^^^^^^^^^^^^ the migration fails here

1 mistake
",
        ),
        (
            "CREATE TABLE tag (\n  note INTEGER REFERENCES note,\n  name TEXT,,\n);\n",
            "\
error[E0615]: near \",\": syntax error
 --> migrations/0002_more.sql:3:13
  |
3 |   name TEXT,,
  |             ^ the migration fails here

1 mistake
",
        ),
        (
            "CREATE TABLE tag (note INTEGER REFERENCES note);\nINSERT INTO tag VALUES (7);\n",
            "\
error[E0615]: FOREIGN KEY constraint failed
 --> migrations/0002_more.sql:2:1
  |
2 | INSERT INTO tag VALUES (7);
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^ the migration fails here

1 mistake
",
        ),
        (
            "PRAGMA foreign_keys = off;\n",
            "\
error[E0615]: a migration is one transaction already, and has no `PRAGMA`, `ATTACH` or `VACUUM`
 --> migrations/0002_more.sql:1:1
  |
1 | PRAGMA foreign_keys = off;
  | ^^^^^^ the migration fails here

1 mistake
",
        ),
        (
            "CREATE VIEW old AS SELECT *\nFROM _mcp_state;\n",
            "\
error[E0615]: tables that begin with `_mcp_` are the runtime's own
 --> migrations/0002_more.sql:2:6
  |
2 | FROM _mcp_state;
  |      ^^^^^^^^^^ the migration fails here

1 mistake
",
        ),
    ] {
        let bench = with_tables();
        add(&bench, "migrations/0002_more.sql", migration);
        let run = bench.run(&["check"]).exits(1);
        assert_eq!(run.stderr, expected);
        let before = bench.files(".");
        let run = bench.run(&["sync"]).exits(1);
        let nothing = expected.replace("1 mistake", "1 mistake, so nothing was written");
        assert_eq!(run.stderr, nothing);
        assert_eq!(bench.files("."), before);
        let run = bench.run(&["new", "agent", "--from", "mcp.toml"]).exits(1);
        assert_eq!(run.stderr, nothing);
        assert_eq!(bench.files("."), before);
    }
}

#[test]
fn the_lock_grows_with_the_migrations() {
    let bench = with_tables();
    let run = bench.run(&["sync"]).exits(0);
    assert!(
        run.stdout.contains("created migrations.lock\n"),
        "{}",
        run.stdout
    );
    assert_eq!(bench.read("migrations.lock"), FIRST);
    bench.run(&["sync"]).exits(0);
    assert_eq!(bench.read("migrations.lock"), FIRST);

    add(
        &bench,
        "migrations/0002_day.sql",
        "CREATE TABLE day (day TEXT);",
    );
    let run = bench.run(&["check"]).exits(1);
    assert_eq!(
        run.stderr,
        "migrations.lock is out of date: migrations/0002_day.sql: run `mcp-gen sync`\n"
    );
    let run = bench.run(&["sync", "--check"]).exits(1);
    assert!(
        run.stderr
            .starts_with("migrations.lock is out of date: migrations/0002_day.sql\n"),
        "{}",
        run.stderr
    );
    let run = bench.run(&["sync"]).exits(0);
    assert_eq!(
        run.stdout,
        "merged migrations.lock: migrations/0002_day.sql\n"
    );
    let lock = bench.read("migrations.lock");
    assert!(
        lock.starts_with(FIRST) && lock.ends_with(" migrations/0002_day.sql\n"),
        "{lock}"
    );
    assert_eq!(lock.lines().count(), 2);
    // As another system checks them out.
    bench.write("migrations.lock", &lock.replace('\n', "\r\n"));
    bench.write("migrations/0001_init.sql", &TABLE.replace('\n', "\r\n"));
    let run = bench.run(&["sync"]).exits(0);
    assert_eq!(run.stdout, "");
    bench.run(&["check"]).exits(0);
}

#[test]
fn a_locked_migration_stays_as_it_is() {
    let bench = with_tables();
    bench.run(&["sync"]).exits(0);
    bench.write("migrations/0001_init.sql", &format!("{TABLE}-- more\n"));
    let mistake = format!(
        "\
error[E0618]: the migration 1, `migrations/0001_init.sql`, is not what it was
 --> migrations.lock:1:1
  |
1 | {FIRST}  | {}
  |
  = help: put it back as it was, and write what is to change as a new migration; if it was never deployed, `mcp-gen sync --relock`

1 mistake",
        "^".repeat(FIRST.len() - 1)
    );
    let said = |args: &[&str]| bench.run(args).exits(1).stderr;
    assert_eq!(said(&["check"]), format!("{mistake}\n"));
    assert!(said(&["sync", "--check"]).starts_with(&format!("{mistake}\n")));
    let nothing = format!("{mistake}, so nothing was written\n");
    assert_eq!(said(&["sync"]), nothing);
    assert_eq!(bench.read("migrations.lock"), FIRST);
    let json = bench.run(&["check", "--format", "json"]).exits(1).json();
    let found = &json["diagnostics"][0];
    assert_eq!(found["code"], "E0618");
    assert_eq!(
        (&found["file"], &found["line"], &found["address"]),
        (&json!("migrations.lock"), &json!(1), &json!(null))
    );

    let run = bench.run(&["sync", "--relock"]).exits(0);
    assert_eq!(run.stdout, "wrote migrations.lock\n");
    assert_ne!(bench.read("migrations.lock"), FIRST);
    bench.run(&["check"]).exits(0);
    bench.run(&["sync", "--relock", "--check"]).exits(2);
}

#[test]
fn a_lock_without_migrations_is_emptied_on_demand() {
    let bench = with_tables();
    bench.run(&["sync"]).exits(0);
    bench.write("mcp.toml", SMALL);
    let run = bench.run(&["sync"]).exits(1);
    assert!(
        run.stderr.contains("is not declared any more"),
        "{}",
        run.stderr
    );
    bench.run(&["sync", "--relock"]).exits(0);
    assert_eq!(bench.read("migrations.lock"), "");
    bench.run(&["check"]).exits(0);
}

#[test]
fn a_new_project_has_its_lock() {
    let bench = with_tables();
    bench.run(&["new", "agent", "--from", "mcp.toml"]).exits(0);
    assert_eq!(bench.read("agent/migrations.lock"), FIRST);
    bench.run(&["sync", "agent", "--check"]).exits(0);
    bench.edit("agent/migrations/0001_init.sql", "note", "notes");
    let run = bench.run(&["check", "agent"]).exits(1);
    assert!(
        run.stderr.contains(" --> agent/migrations.lock:1:1\n"),
        "{}",
        run.stderr
    );
}

/// A statement in a handler does not keep the rest from being brought up to date; `sync --check` names it.
#[test]
fn a_wrong_statement_in_rust_is_found_by_the_checks() {
    let bench = with_tables();
    bench.run(&["sync"]).exits(0);
    let code = "fn all(cx: &Cx) -> Result<Vec<i64>> {\n    cx.sql().query(\"SELECT idd FROM note\", ())\n}\n";
    bench.write("src/lib.rs", code);
    let mistake = "\
error[E0616]: no such column: idd
 --> src/lib.rs:2:28
  |
2 |     cx.sql().query(\"SELECT idd FROM note\", ())
  |                            ^^^
  |
  = help: did you mean `id`?

1 mistake
";
    assert_eq!(bench.run(&["check"]).exits(1).stderr, mistake);
    let check = bench.run(&["sync", "--check"]).exits(1);
    assert!(check.stderr.starts_with(mistake), "{}", check.stderr);
    bench.run(&["sync"]).exits(0);
    // A declaration of another name is on its own.
    bench.write("other.toml", &bench.read("mcp.toml"));
    bench.run(&["check", "other.toml"]).exits(0);
    // Of two agents nobody knows whose tables are meant.
    let two = "#[mcp_agent(config = \"mcp.toml\")] struct A;\n#[mcp_agent(config = \"other.toml\")] struct B;\n";
    bench.write("src/lib.rs", &format!("{two}{code}"));
    bench.run(&["check"]).exits(0);
}

#[test]
fn the_example_with_tables_is_right() {
    let notes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/notes");
    let bench = Bench::over(&notes);
    bench.run(&["check"]).exits(0);
    bench.edit(
        "src/lib.rs",
        "RETURNING id, title, text\"",
        "RETURNING id, titel\"",
    );
    bench.edit("src/lib.rs", "rank LIMIT ?", "rnak LIMIT ?");
    let run = bench.run(&["check"]).exits(1);
    let source = bench.read("src/lib.rs");
    let line = |of: &str| 1 + source.lines().position(|line| line.contains(of)).unwrap();
    let (rnak, titel) = (line("rnak"), line("titel"));
    assert_eq!(
        run.stderr,
        format!(
            "\
error[E0616]: no such column: rnak
  --> src/lib.rs:{rnak}:50
   |
{rnak} |                     WHERE found MATCH ? ORDER BY rnak LIMIT ?\";
   |                                                  ^^^^
   |
   = help: did you mean `rank`?

error[E0616]: no such column: titel
  --> src/lib.rs:{titel}:117
   |
{titel} |         let back = \"INSERT INTO note (id, title, text) SELECT id, title, text FROM trash WHERE id = ? RETURNING id, titel\";
   |                                                                                                                     ^^^^^
   |
   = help: did you mean `title`?

2 mistakes
"
)
    );
}
