//! How long it takes to compare two contracts of a thousand tools: `cargo run --release -p mcp-agent-contract --example thousand`.

use mcp_agent_codegen::{Files, Source, load};
use mcp_agent_contract::contract::Contract;
use mcp_agent_contract::judge::compare;
use mcp_agent_contract::lock;
use mcp_agent_contract::make::{self, Known};
use mcp_agent_contract::review::review;
use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

/// As in `mcp-gen`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("no such file".to_owned())
    }
}

/// A declaration of a thousand tools. Of those whose number `is_changed` says, something is otherwise.
fn declaration(is_changed: impl Fn(usize) -> bool) -> String {
    let mut out =
        String::from("schema_version = 1\n[server]\nname = \"many\"\nversion = \"1.0.0\"\n");
    for n in 0..50 {
        let inner = if n % 4 > 0 {
            format!(
                "fields.before = {{ type = \"T{}\", optional = true }}\n",
                n - 1
            )
        } else {
            String::new()
        };
        let _ = write!(
            out,
            "[types.T{n}]\nfields.id = \"string\"\nfields.count = {{ type = \"integer\", minimum = 0 }}\n{inner}"
        );
    }
    for n in 0..1000 {
        let most = if is_changed(n) { 50 } else { 100 };
        let name = if n % 100 == 0 && is_changed(n) {
            "renamed"
        } else {
            "tool"
        };
        let of = n % 50;
        let _ = write!(
            out,
            "[tools.{name}_{n}]\ndescription = \"Does number {n}.\"\nparams.a = {{ type = \"string\", max_length = {most}, description = \"The first of {n}\" }}\nparams.b = {{ type = \"integer\", minimum = 0, maximum = 9 }}\nparams.c = {{ type = \"string\", enum = [\"x\", \"y\", \"z\"], default = \"x\" }}\nparams.d = {{ type = \"array\", items = \"string\", optional = true }}\nparams.e = \"boolean\"\nparams.f = {{ type = \"object\", fields = {{ g = \"string\", h = {{ type = \"number\", optional = true }} }} }}\nparams.t = \"T{of}\"\nparams.u = {{ type = \"array\", items = \"T{of}\", optional = true }}\noutput.t = \"T{of}\"\n"
        );
    }
    out
}

fn contract(text: &str) -> Contract {
    let name = "mcp.toml";
    let loaded = load(Source { name, text }, &NoFiles);
    let loaded = loaded.unwrap_or_else(|report| {
        panic!("{}", report.render(Source { name, text }, false));
    });
    make::contract(&loaded.agent, Known::default())
}

fn timed<T>(what: &str, run: impl Fn() -> T) -> T {
    let mut best = None;
    let mut out = run();
    for _ in 0..5 {
        let start = Instant::now();
        out = black_box(run());
        let took = start.elapsed();
        best = Some(best.map_or(took, |it: std::time::Duration| it.min(took)));
    }
    let best = best.unwrap_or_default();
    println!("{what:<24} {:>8.1} ms", best.as_secs_f64() * 1000.0);
    out
}

fn main() {
    let (before, after) = (declaration(|_| false), declaration(|n| n % 10 == 0));
    if let Some(path) = std::env::args().nth(1) {
        // To be given to `mcp-gen check`.
        if let Err(error) = std::fs::write(&path, &before) {
            eprintln!("cannot write `{path}`: {error}");
        }
        return;
    }
    let base = timed("load and make", || contract(&before));
    let head = contract(&after);
    let text = timed("write the lock", || lock::write(&base));
    let read = timed("read the lock", || lock::read(&text).ok());
    assert!(
        read.as_ref() == Some(&base),
        "the lock says what was written"
    );
    let found = timed("review", || review(&base, &head, &Default::default()));
    println!(
        "{} findings of {} tools",
        found.found.len(),
        base.tools.len()
    );
    let bare = timed("of that, to compare", || compare(&base, &head));
    println!("{} findings", bare.findings.len());
    let none = timed("review of no change", || {
        review(&base, &base, &Default::default())
    });
    println!("{} findings", none.found.len());
    let other = contract(&declaration(|_| true));
    let all = timed("review of all changed", || {
        review(&base, &other, &Default::default())
    });
    println!("{} findings", all.found.len());
}
