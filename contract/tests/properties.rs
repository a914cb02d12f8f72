//! What holds of all schemas, contracts and declarations, tried on many.

use mcp_agent_codegen::{Files, Source, load};
use mcp_agent_contract::contract::{Contract, Requires, Text, Tool};
use mcp_agent_contract::judge::compare;
use mcp_agent_contract::lock;
use mcp_agent_contract::make::{self, Known};
use mcp_agent_contract::review::review;
use mcp_agent_contract::schema::{Doc, Fact, facts};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A runner that tries the same each time, and writes nothing down.
fn runner(cases: u32) -> TestRunner {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    TestRunner::new_with_rng(config, rng)
}

fn try_all<S: Strategy>(
    cases: u32,
    strategy: S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let result = runner(cases).run(&strategy, test);
    result.unwrap_or_else(|error| panic!("{error}"));
}

fn names() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "c", "default", "required", "hash"]).prop_map(str::to_owned)
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..4).prop_map(Value::from),
        select(vec![0.1, 0.5, 2.0, 1e300, 0.30000000000000004]).prop_map(Value::from),
        select(vec!["", "x", "y", "\u{202e}", "é"]).prop_map(Value::from),
    ]
}

fn keyword(inner: BoxedStrategy<Value>) -> impl Strategy<Value = (String, Value)> {
    let named = |key: &'static str, value: BoxedStrategy<Value>| {
        value.prop_map(move |it| (key.to_owned(), it)).boxed()
    };
    let types = || {
        select(vec![
            "string", "integer", "number", "boolean", "null", "array", "object",
        ])
        .prop_map(Value::from)
    };
    let small = || (0i64..5).prop_map(Value::from).boxed();
    let list = |of: BoxedStrategy<Value>| {
        prop::collection::vec(of, 0..4)
            .prop_map(Value::Array)
            .boxed()
    };
    let members = |of: BoxedStrategy<Value>| {
        prop::collection::btree_map(names(), of, 0..4)
            .prop_map(|it| Value::Object(it.into_iter().collect()))
            .boxed()
    };
    let bound = || {
        prop_oneof![
            (-3i64..4).prop_map(Value::from),
            select(vec![-0.5, 0.5, 2.0]).prop_map(Value::from)
        ]
        .boxed()
    };
    let reference = select(vec![
        "#",
        "#/$defs/a",
        "#/$defs/b",
        "#/types/c",
        "#/types/a",
        "x",
    ]);
    prop::strategy::Union::new_weighted(vec![
        (4, named("type", types().boxed())),
        (1, named("type", list(types().boxed()))),
        (4, named("properties", members(inner.clone()))),
        (
            2,
            named("required", list(names().prop_map(Value::from).boxed())),
        ),
        (1, named("additionalProperties", inner.clone())),
        (1, named("patternProperties", members(inner.clone()))),
        (2, named("items", inner.clone())),
        (1, named("prefixItems", list(inner.clone()))),
        (1, named("anyOf", list(inner.clone()))),
        (1, named("oneOf", list(inner.clone()))),
        (1, named("allOf", list(inner.clone()))),
        (1, named("not", inner.clone())),
        (1, named("$defs", members(inner))),
        (3, named("$ref", reference.prop_map(Value::from).boxed())),
        (1, named("enum", list(scalar().boxed()))),
        (1, named("const", scalar().boxed())),
        (1, named("default", scalar().boxed())),
        (1, named("description", scalar().boxed())),
        (1, named("x-mcp-header", scalar().boxed())),
        (1, named("format", scalar().boxed())),
        (1, named("minimum", bound())),
        (1, named("maximum", bound())),
        (1, named("exclusiveMinimum", bound())),
        (1, named("exclusiveMaximum", bound())),
        (1, named("minLength", small())),
        (1, named("maxLength", small())),
        (1, named("minItems", small())),
        (1, named("maxItems", small())),
        (
            1,
            named("uniqueItems", any::<bool>().prop_map(Value::from).boxed()),
        ),
        (1, named("hash", scalar().boxed())),
    ])
}

fn schema() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        4 => select(vec!["string", "integer", "number", "object"]).prop_map(|it| json!({ "type": it })),
        1 => any::<bool>().prop_map(Value::from),
        1 => scalar(),
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop::collection::vec(keyword(inner.boxed()), 0..5)
            .prop_map(|all| Value::Object(all.into_iter().collect::<Map<_, _>>()))
    })
    .boxed()
}

/// One that is near another: some of its places say something else.
fn edited(of: Value, edits: &[(usize, u8, Value)]) -> Value {
    let mut out = of;
    for (place, how, value) in edits {
        let mut left = place % count(&out).max(1);
        edit(&mut out, &mut left, *how, value);
    }
    out
}

fn count(of: &Value) -> usize {
    1 + match of {
        Value::Object(map) => map.values().map(count).sum::<usize>(),
        Value::Array(all) => all.iter().map(count).sum(),
        _ => 0,
    }
}

fn edit(at: &mut Value, left: &mut usize, how: u8, value: &Value) -> bool {
    if *left == 0 {
        match (how % 4, &mut *at) {
            (0, it) => *it = value.clone(),
            (1, Value::Object(map)) => {
                let first = map.keys().next().cloned();
                first.and_then(|it| map.shift_remove(&it));
            }
            (2, Value::Object(map)) => {
                map.insert("b".into(), value.clone());
            }
            (3, Value::Array(all)) => all.push(value.clone()),
            (_, it) => *it = Value::Null,
        }
        return true;
    }
    *left -= 1;
    match at {
        Value::Object(map) => map.values_mut().any(|it| edit(it, left, how, value)),
        Value::Array(all) => all.iter_mut().any(|it| edit(it, left, how, value)),
        _ => false,
    }
}

type Edits = Vec<(usize, u8, Value)>;

fn edits() -> impl Strategy<Value = Edits> {
    let value = prop_oneof![scalar(), schema()];
    prop::collection::vec((0usize..200, any::<u8>(), value), 0..4)
}

fn types() -> impl Strategy<Value = BTreeMap<String, Value>> {
    prop::collection::btree_map(names(), schema(), 0..3)
}

fn as_set(facts: impl IntoIterator<Item = Fact>) -> Vec<String> {
    let mut out: Vec<String> = facts.into_iter().map(|it| format!("{it:?}")).collect();
    out.sort();
    out
}

fn between(a: &Value, b: &Value, before: &Types, after: &Types) -> Vec<Fact> {
    facts(
        Doc {
            root: a,
            types: before,
        },
        Doc {
            root: b,
            types: after,
        },
    )
}

type Types = BTreeMap<String, Value>;

#[test]
fn nothing_lies_between_a_schema_and_itself() {
    try_all(400, (schema(), types()), |(a, types)| {
        prop_assert_eq!(between(&a, &a, &types, &types), Vec::new());
        Ok(())
    });
}

#[test]
fn what_lies_between_two_schemas_is_the_same_from_either_side() {
    try_all(400, (schema(), schema(), types()), |(a, b, types)| {
        let there = between(&a, &b, &types, &types);
        let back = between(&b, &a, &types, &types);
        prop_assert_eq!(as_set(there.into_iter().map(Fact::mirror)), as_set(back));
        Ok(())
    });
    try_all(400, (schema(), edits(), types()), |(a, edits, types)| {
        let b = edited(a.clone(), &edits);
        let there = between(&a, &b, &types, &types);
        let back = between(&b, &a, &types, &types);
        prop_assert_eq!(as_set(there.into_iter().map(Fact::mirror)), as_set(back));
        Ok(())
    });
}

/// Schemas that somebody made to keep a reviewer busy: this test ends.
#[test]
fn hostile_schemas_end() {
    let mut deep = json!({ "type": "string" });
    let mut other = json!({ "type": "integer" });
    for _ in 0..100 {
        deep = json!({ "properties": { "x": deep } });
        other = json!({ "properties": { "x": other } });
    }
    let list = |of: &dyn Fn(usize) -> Value| (0..1000).map(of).collect::<Vec<_>>();
    let twice = |keyword: &str, more: Value| {
        let again = json!({ "$ref": "#/$defs/a" });
        json!({ "$ref": "#/$defs/a", "$defs": { "a": { keyword: [again, again, again], "title": more } } })
    };
    let tree = |name: &str| {
        json!({ "$ref": "#/$defs/a", "$defs": { "a": { "allOf": [
            { "properties": { "l": { "$ref": "#/$defs/a" }, "r": { "$ref": "#/$defs/a" }, name: { "type": "string" } } },
            { "properties": { "l": { "$ref": "#/$defs/b" }, "r": { "$ref": "#/$defs/b" } } },
        ] }, "b": { "properties": { "l": { "properties": { "l": { "$ref": "#/$defs/a" } } }, "r": { "$ref": "#/$defs/a" } } } } })
    };
    let pairs = [
        (deep, other),
        (
            json!({ "$ref": "#" }),
            json!({ "$ref": "#", "minLength": 1 }),
        ),
        (
            json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } } }),
            json!({ "$ref": "#/$defs/b", "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } } }),
        ),
        (
            json!({ "anyOf": list(&|n| json!({ "const": n })) }),
            json!({ "oneOf": list(&|n| json!({ "type": "object", "properties": { "k": { "const": n } } })) }),
        ),
        (
            json!({ "allOf": list(&|n| json!({ "minimum": n })) }),
            json!({ "allOf": list(&|n| json!({ "anyOf": [{ "maximum": n }, { "pattern": "x" }] })) }),
        ),
        (twice("anyOf", json!("x")), twice("anyOf", json!("y"))),
        (twice("allOf", json!("x")), twice("oneOf", json!("y"))),
        (tree("x"), tree("y")),
        (
            json!({ "enum": list(&|n| json!(n)) }),
            json!({ "enum": list(&|n| json!(n + 1)) }),
        ),
    ];
    let types = Types::new();
    for (a, b) in &pairs {
        let there = between(a, b, &types, &types);
        let back = between(b, a, &types, &types);
        assert_eq!(
            as_set(there.into_iter().map(Fact::mirror)),
            as_set(back),
            "{}",
            a.to_string().chars().take(200).collect::<String>()
        );
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{1,6}",
        1 => "[a-z]{0,3}\n[a-z]{0,3}\r\n",
        1 => Just(String::new()),
        1 => any::<String>(),
    ]
}

fn tool() -> impl Strategy<Value = Tool> {
    let some = || prop::option::of(word());
    let requires = prop::option::of(prop::collection::vec(word(), 0..2));
    let meta = prop::collection::btree_map(names(), scalar(), 0..3);
    (
        (some(), some(), some(), requires),
        (schema(), prop::option::of(schema()), meta),
    )
        .prop_map(
            |((title, description, confirm, requires), (input, output, meta))| Tool {
                title,
                description: description.map(Text),
                confirm: confirm.map(Text),
                requires: requires.map(|scopes| Requires {
                    scopes,
                    ..Requires::default()
                }),
                input,
                output,
                meta: meta.into_iter().collect(),
                ..Tool::default()
            },
        )
}

fn contracts() -> impl Strategy<Value = Contract> {
    let tools = prop::collection::btree_map(word(), tool(), 0..4);
    let objects = schema().prop_filter("a type is an object", |it| {
        it.as_object().is_some_and(|it| !it.contains_key("hash"))
    });
    let types = prop::collection::btree_map(word(), objects, 0..3);
    (word(), tools, types).prop_map(|(name, tools, types)| {
        let mut out = Contract {
            tools,
            types,
            ..Contract::default()
        };
        out.server.name = name;
        out.server.version = "1.0.0".to_owned();
        out
    })
}

#[test]
fn a_lock_is_read_as_it_was_written() {
    try_all(150, contracts(), |contract| {
        let text = lock::write(&contract);
        prop_assert_eq!(lock::read(&text), Ok(contract));
        Ok(())
    });
}

#[test]
fn contracts_are_compared_whatever_they_are() {
    try_all(100, (contracts(), contracts()), |(a, b)| {
        let same = compare(&a, &a);
        prop_assert!(same.findings.is_empty() && same.additions.is_empty() && !same.differs);
        review(&a, &b, &Default::default());
        Ok(())
    });
}

/// All that may stand in a declaration, about.
const DECLARATION: &str = include_str!("pairs/everything_at_once/before.toml");

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("no such file".to_owned())
    }
}

fn declared(text: &str) -> Option<Contract> {
    let name = "mcp.toml";
    let loaded = load(Source { name, text }, &NoFiles).ok()?;
    Some(make::contract(&loaded.agent, Known::default()))
}

#[test]
fn a_lock_that_was_edited_is_refused_or_says_something_else() {
    let contract = declared(DECLARATION).expect("a declaration");
    let text = lock::write(&contract);
    // Behind what is said of the format.
    let start = text.find("\"server\"").expect("a server");
    let letters: Vec<usize> = (start..text.len())
        .filter(|at| text.as_bytes()[*at].is_ascii_alphanumeric())
        .collect();
    try_all(300, (select(letters), 0u8..36), |(at, by)| {
        let by = char::from(if by < 10 { b'0' + by } else { b'a' + by - 10 });
        if text[at..].starts_with(by) {
            return Ok(());
        }
        let mut edited = text.clone();
        edited.replace_range(at..=at, &by.to_string());
        prop_assert!(
            lock::read(&edited).as_ref() != Ok(&contract),
            "{}",
            &edited[at - 20..at + 20]
        );
        Ok(())
    });
}

/// Lines that go, come twice, are exchanged, and words that become others.
#[test]
fn random_edits_of_a_declaration_never_panic() {
    let base = declared(DECLARATION).expect("a declaration");
    let words: Vec<&str> = DECLARATION
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|it| !it.is_empty())
        .collect();
    let lines = DECLARATION.lines().count();
    let edit = (
        0u8..4,
        0..lines,
        0..lines,
        select(words.clone()),
        select(words),
    );
    let loaded = std::cell::Cell::new(0);
    try_all(250, prop::collection::vec(edit, 1..3), |edits| {
        let mut text: Vec<String> = DECLARATION.lines().map(str::to_owned).collect();
        for (how, at, to, from, into) in edits {
            let (at, to) = (at % text.len(), to % text.len());
            match how {
                0 => drop(text.remove(at)),
                1 => text.insert(to, text[at].clone()),
                2 => text.swap(at, to),
                _ => text[at] = text[at].replace(from, into),
            }
        }
        if let Some(head) = declared(&text.join("\n")) {
            loaded.set(loaded.get() + 1);
            let there = compare(&base, &head);
            prop_assert_eq!(there.differs, compare(&head, &base).differs);
            review(&base, &head, &Default::default());
            prop_assert_eq!(lock::read(&lock::write(&head)), Ok(head));
        }
        Ok(())
    });
    assert!(loaded.get() >= 20, "{} declarations", loaded.get());
}
