//! What the attribute says of code that is wrong, without a compiler: code, place and words of every fixture of `runtime/tests/ui` that the
//! attribute itself refuses. There, one version of the compiler shows them in full; here, none is asked.

use mcp_agent_codegen::Files;
use mcp_agent_codegen::expand;
use std::path::{Path, PathBuf};

/// The crate that the fixtures belong to.
struct Runtime(PathBuf);

impl Files for Runtime {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.0.join(path)).map_err(|error| error.to_string())
    }
}

/// A mistake: its line, its column, and the first line of what is said.
type Said = (usize, usize, String);

/// What the compiler shows of the attribute's own words, which have no code of rustc's.
fn expected(stderr: &str) -> Vec<Said> {
    let mut said = Vec::new();
    for block in stderr
        .split("\n\nerror")
        .map(|it| it.trim_start_matches("error"))
    {
        let Some(message) = block.strip_prefix(": ") else {
            continue;
        };
        // A file of sections has a place of its own, which is a part of the message.
        let mut places = message
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("--> "));
        let place = places.find(|it| it.contains(".rs:"));
        let mut place = place.expect("a place").rsplit(':');
        let mut number = || {
            place
                .next()
                .and_then(|it| it.parse().ok())
                .expect("a number")
        };
        let (column, line) = (number(), number());
        said.push((
            line,
            column,
            message.lines().next().unwrap_or_default().to_owned(),
        ));
    }
    said.sort();
    said
}

fn found(text: &str, runtime: &Runtime) -> Vec<Said> {
    let expansions = expand::file(text, runtime, None).unwrap_or_default();
    let mistakes = expansions
        .iter()
        .filter_map(|it| it.result.as_ref().err())
        .flatten();
    let mut said: Vec<Said> = mistakes
        .map(|it| {
            let before = &text[..it.span.start];
            let line = before.lines().count().max(1) + usize::from(before.ends_with('\n'));
            let column = before
                .rsplit('\n')
                .next()
                .unwrap_or_default()
                .chars()
                .count()
                + 1;
            (
                line,
                column,
                it.message.lines().next().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    said.sort();
    said
}

#[test]
fn what_is_refused_is_said_at_its_place() {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
    let mut cases = 0;
    let mut paths: Vec<_> = std::fs::read_dir(runtime.join("tests/ui"))
        .expect("the cases are there")
        .map(|entry| entry.expect("the cases can be listed").path())
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .filter(|path| {
            path.file_name()
                .is_some_and(|it| it.to_string_lossy().starts_with("rust_"))
        })
        .collect();
    paths.sort();
    for path in paths {
        let stderr = std::fs::read_to_string(path.with_extension("stderr")).expect("text");
        let text = std::fs::read_to_string(&path).expect("text");
        let expected = expected(&stderr);
        assert_eq!(
            found(&text, &Runtime(runtime.clone())),
            expected,
            "{}",
            path.display()
        );
        cases += usize::from(!expected.is_empty());
    }
    assert!(cases >= 40, "{cases} cases");
}
