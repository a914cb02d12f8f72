//! Whatever stands in a file, `load` says something and does not panic; and what loads can be emitted.

mod common;

use common::{Folder, Memory, codes, root, said, source};
use mcp_agent_codegen::diag::Report;
use mcp_agent_codegen::emit::json;
use mcp_agent_codegen::emit::rust::{self, RustItem};
use mcp_agent_codegen::name;

/// A small generator of chance, so that a failure can be repeated by its seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }
}

const TOKENS: [&str; 40] = [
    "\"",
    "'",
    "\"\"\"",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\n",
    "#",
    "\\",
    "\u{0}",
    "ü",
    "\u{feff}",
    "1",
    "-1",
    "1e999",
    "inf",
    "nan",
    "true",
    "1979-05-27",
    "0x",
    "99999999999999999999",
    "type = \"array\"",
    "items = \"Order\"",
    "type",
    "default = {}",
    "{{",
    "}}",
    "{{ state.x }}",
    "[tools.add]",
    "[types.Order]",
    "optional = true",
    "\"Order\"",
    "enum = []",
    "name",
];

fn mutated(text: &str, chance: &mut Chance) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=chance.below(4) {
        let at = chance.below(chars.len().max(1)).min(chars.len());
        let until = (at + chance.below(12)).min(chars.len());
        match chance.below(4) {
            0 => drop(chars.drain(at..until)),
            1 => {
                let token: Vec<char> = TOKENS[chance.below(TOKENS.len())].chars().collect();
                chars.splice(at..at, token);
            }
            2 => {
                let token: Vec<char> = TOKENS[chance.below(TOKENS.len())].chars().collect();
                chars.splice(at..until, token);
            }
            _ => {
                let copy: Vec<char> = chars[at..until].to_vec();
                let to = chance.below(chars.len() + 1);
                chars.splice(to..to, copy);
            }
        }
    }
    chars.into_iter().collect()
}

#[test]
fn a_mutated_declaration_never_panics() {
    let rich = root().join("codegen/tests/rich");
    let seeds = [root().join("mcp.toml"), rich.join("mcp.toml")]
        .map(|path| std::fs::read_to_string(path).unwrap());
    let files = Folder(rich);
    let rounds = std::env::var("ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(1_500);
    for seed in 1..=rounds {
        let mut chance = Chance(seed);
        let text = mutated(&seeds[chance.below(seeds.len())], &mut chance);
        let outcome = std::panic::catch_unwind(|| {
            emitted(&text, &files);
            let report = Report::new(said(&text, &files));
            let _ = report.render(source(&text), true);
            let _ = report.to_json(source(&text));
            report
        });
        let report = outcome.unwrap_or_else(|_| panic!("seed {seed}:\n{text}"));
        for diagnostic in report.diagnostics() {
            let span = diagnostic.span.clone().unwrap();
            assert!(
                text.get(span.clone()).is_some(),
                "seed {seed}: {span:?} of {}\n{text}",
                text.len()
            );
        }
    }
}

/// What loads can be emitted: items are JSON, the expansion is Rust, the stubs are.
fn emitted(text: &str, files: &Folder) {
    let Ok(loaded) = mcp_agent_codegen::load(source(text), files) else {
        return;
    };
    let agent = &loaded.agent;
    let tools = agent.tools.iter().map(|tool| json::tool(agent, tool));
    let resources = agent
        .resources
        .iter()
        .map(|resource| json::resource(agent, resource));
    let prompts = agent
        .prompts
        .iter()
        .map(|prompt| json::prompt(agent, prompt));
    for item in tools.chain(resources).chain(prompts) {
        serde_json::from_str::<serde_json::Value>(&item).unwrap();
    }
    let ident = quote::format_ident!("{}", name::camel(&agent.server.name));
    let item = RustItem {
        attrs: Vec::new(),
        vis: syn::parse_quote!(pub),
        ident,
        files: Vec::new(),
    };
    syn::parse2::<syn::File>(rust::expand(agent, &item)).unwrap();
    syn::parse_file(&rust::stubs(agent)).unwrap();
}

/// A mutated schema file is judged, and never trusted.
#[test]
fn a_mutated_schema_never_panics() {
    let seed =
        std::fs::read_to_string(root().join("codegen/tests/rich/schemas/catalog.json")).unwrap();
    let text =
        common::PRELUDE.to_owned() + "[tools.a]\ndescription = \"A\"\ninput_schema = \"a.json\"\n";
    for number in 1..=1_000 {
        let mut chance = Chance(number);
        let files = Memory::default().with("a.json", &mutated(&seed, &mut chance));
        let _ = codes(&text, &files);
    }
}

/// Files of schemas that would keep a validator busy for ever, or too deep for any.
#[test]
fn endless_schemas_are_refused() {
    let text =
        common::PRELUDE.to_owned() + "[tools.a]\ndescription = \"A\"\ninput_schema = \"a.json\"\n";
    let chain = |back: bool| {
        let reference = |n: usize| if back { n.max(1) - 1 } else { n + 1 };
        let defs: Vec<_> = (0..4_000)
            .map(|n| {
                format!(
                    "\"d{n}\":{{\"$ref\":\"#/$defs/d{}\"}}",
                    reference(n).min(3_999)
                )
            })
            .collect();
        format!(
            "{{\"type\":\"object\",\"$defs\":{{{}}},\"properties\":{{\"a\":{{\"$ref\":\"#/$defs/d3999\"}}}}}}",
            defs.join(",")
        )
    };
    let cases = [
        (r##"{"type":"object","$ref":"#"}"##.to_owned(), true),
        (r##"{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"anyOf":[{"$ref":"#/$defs/B"}]},"B":{"not":{"$ref":"#/$defs/A"}}}}"##.to_owned(), true),
        (r##"{"type":"object","if":{"else":{"$ref":"#"}}}"##.to_owned(), true),
        (r##"{"type":"object","properties":{"a":{"$ref":"#"}}}"##.to_owned(), false),
        (r##"{"type":"object","properties":{"a":{"$ref":"#/$defs/A"},"b":{"$ref":"#/$defs/A"}},"$defs":{"A":{"allOf":[{"$ref":"#/$defs/B"},{"$ref":"#/$defs/B"}]},"B":{}}}"##.to_owned(), false),
        (r##"{"type":"object","x-shapes":{"A":{"type":"strng"}},"properties":{"a":{"$ref":"#/x-shapes/A"}}}"##.to_owned(), true),
        (chain(true), true),
        (chain(false), true),
    ];
    for (schema, bad) in cases {
        let files = Memory::default().with("a.json", &schema);
        let found = codes(&text, &files).contains(&"E0306");
        let start: String = schema.chars().take(200).collect();
        assert_eq!(found, bad, "{start}");
    }
}

/// Names of every kind either give Rust or are refused.
#[test]
fn names_that_load_are_rust() {
    let files = Folder(root());
    let mut loaded = 0;
    for name in NAMES {
        let quoted = serde_json::Value::from(name);
        let text = format!(
            "{}[state]\nfields.{quoted} = {{ type = \"string\", enum = [{quoted}, \"other value\"], default = {quoted} }}\n\
             [tools.{quoted}]\ndescription = \"T\"\noutput.{quoted} = \"string\"\n\
             params.{quoted} = {{ type = \"object\", fields = {{ {quoted} = {{ type = \"array\", items = {{ type = \"string\", enum = [{quoted}] }} }} }} }}\n\
             [prompts.p-{quoted_bare}]\nparams.{quoted} = \"string\"\n",
            common::PRELUDE,
            quoted_bare = name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"),
        );
        emitted(&text, &files);
        loaded += usize::from(mcp_agent_codegen::load(source(&text), &files).is_ok());
    }
    assert!(loaded > NAMES.len() / 2, "{loaded} of {}", NAMES.len());
}

const NAMES: [&str; 77] = [
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "ref",
    "return",
    "self",
    "Self",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "union",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "macro_rules",
    "raw",
    "safe",
    "auto",
    "default",
    "_",
    "__",
    "_a",
    "a_",
    "A",
    "aB",
    "1a",
    "a1",
    "a-1",
    "a.b",
    "é",
    "",
    " ",
    "a b",
    "r#type",
    "Some",
    "None",
    "Ok",
    "Option",
];
