//! The validator against the `jsonschema` crate: thousands of schemas and instances from a seeded generator must be judged alike.

use mcp_agent_protocol::schema::compile;
use serde_json::{Value, json};

/// A small generator (xorshift64*), so that a failure is the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % sides
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }
}

const NAMES: [&str; 6] = ["a", "b", "a~b", "x/y", "", "ü"];
const TYPES: [&str; 7] = [
    "null", "boolean", "number", "integer", "string", "array", "object",
];
const PATTERNS: [&str; 7] = [
    "^a",
    "b$",
    "^[a-c]+$",
    "a.c",
    "^(ab|cd){1,2}$",
    "\\d+",
    "^\\w*$",
];
const FORMATS: [&str; 8] = [
    "date",
    "date-time",
    "email",
    "ipv4",
    "ipv6",
    "time",
    "uri",
    "uuid",
];
const STRINGS: [&str; 40] = [
    "",
    "a",
    "b",
    "ab",
    "abc",
    "cd",
    "abcd",
    "äöü",
    "🦀",
    "🦀🦀",
    "a c",
    "aXc",
    "42",
    "4 2",
    "2026-07-28",
    "2024-02-29",
    "2023-02-29",
    "2026-13-01",
    "2026-07-28T12:30:00Z",
    "2026-07-28T12:30:00.5+02:00",
    "2026-07-28T25:00:00Z",
    "2026-07-28 12:30:00Z",
    "12:30:00Z",
    "12:30:00",
    "23:59:60Z",
    "12:30:60Z",
    "24:00:00Z",
    "me@example.com",
    "me",
    "@example.com",
    "a..b@example.com",
    "127.0.0.1",
    "127.0.0.256",
    "01.2.3.4",
    "::1",
    ":::",
    "https://example.com/a?b#c",
    "/a/b",
    "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
    "2eb8aa08",
];

fn number(dice: &mut Dice) -> Value {
    match dice.roll(12) {
        0 => json!(0.5),
        1 => json!(-1.5),
        2 => json!(3.0),
        3 => json!(i64::MIN),
        4 => json!(i64::MAX),
        5 => json!(u64::MAX),
        6 => json!(1e300),
        7 => json!(9_007_199_254_740_993_u64),
        8 => json!(9_007_199_254_740_992.0),
        n => json!(n as i64 * 3 - 30 + dice.roll(9) as i64),
    }
}

fn scalar(dice: &mut Dice) -> Value {
    match dice.roll(5) {
        0 => Value::Null,
        1 => json!(dice.one_in(2)),
        2 | 3 => number(dice),
        _ => json!(dice.pick(&STRINGS)),
    }
}

fn value(dice: &mut Dice, depth: usize) -> Value {
    match dice.roll(if depth == 0 { 2 } else { 6 }) {
        2 | 3 => (0..dice.roll(4)).map(|_| value(dice, depth - 1)).collect(),
        4 | 5 => Value::Object(
            (0..dice.roll(4))
                .map(|_| ((*dice.pick(&NAMES)).to_owned(), value(dice, depth - 1)))
                .collect(),
        ),
        _ => scalar(dice),
    }
}

/// A value that has a chance to satisfy the schema.
fn fitting(dice: &mut Dice, schema: &Value, root: &Value, depth: usize) -> Value {
    if depth == 0 || dice.one_in(8) {
        return value(dice, depth.min(2));
    }
    for keyword in ["anyOf", "oneOf", "allOf"] {
        if let Some(all) = schema[keyword].as_array().filter(|all| !all.is_empty()) {
            let one = dice.pick(all).clone();
            return fitting(dice, &one, root, depth - 1);
        }
    }
    if let Some(pointer) = schema["$ref"].as_str() {
        let target = root.pointer(&pointer[1..]).cloned().unwrap_or(Value::Null);
        return fitting(dice, &target, root, depth - 1);
    }
    if let Some(all) = schema["enum"].as_array().filter(|all| !all.is_empty()) {
        return dice.pick(all).clone();
    }
    if !schema["const"].is_null() {
        return schema["const"].clone();
    }
    let kind = match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) if !kinds.is_empty() => {
            dice.pick(kinds).as_str().unwrap_or("null").to_owned()
        }
        _ if schema["properties"].is_object() => "object".to_owned(),
        _ if schema["items"].is_object() => "array".to_owned(),
        _ => (*dice.pick(&TYPES)).to_owned(),
    };
    match kind.as_str() {
        "null" => Value::Null,
        "boolean" => json!(dice.one_in(2)),
        "number" | "integer" => number(dice),
        "string" => json!(dice.pick(&STRINGS)),
        "array" => {
            let count = dice.roll(4);
            (0..count)
                .map(|at| {
                    let item = schema["prefixItems"]
                        .get(at)
                        .unwrap_or(&schema["items"])
                        .clone();
                    fitting(dice, &item, root, depth - 1)
                })
                .collect()
        }
        _ => {
            let mut object = serde_json::Map::new();
            if let Some(properties) = schema["properties"].as_object() {
                for (name, property) in properties {
                    if !dice.one_in(4) {
                        object.insert(name.clone(), fitting(dice, property, root, depth - 1));
                    }
                }
            }
            if dice.one_in(4) {
                object.insert((*dice.pick(&NAMES)).to_owned(), value(dice, 1));
            }
            Value::Object(object)
        }
    }
}

fn schema(dice: &mut Dice, depth: usize) -> Value {
    if dice.one_in(25) {
        return json!(dice.one_in(2));
    }
    let mut out = serde_json::Map::new();
    let mut set = |name: &str, value: Value| {
        out.insert(name.to_owned(), value);
    };
    match dice.roll(6) {
        0 => {}
        1 => set("type", json!([*dice.pick(&TYPES[1..]), "null"])),
        _ => set("type", json!(dice.pick(&TYPES))),
    }
    for _ in 0..dice.roll(3) {
        match dice.roll(if depth == 0 { 16 } else { 31 }) {
            0 => set("minimum", number(dice)),
            1 => set("maximum", number(dice)),
            2 => set("exclusiveMinimum", number(dice)),
            3 => set("exclusiveMaximum", number(dice)),
            4 => set(
                "multipleOf",
                dice.pick(&[
                    json!(1),
                    json!(2),
                    json!(3),
                    json!(0.5),
                    json!(0.25),
                    json!(2.0),
                ])
                .clone(),
            ),
            5 => set("minLength", json!(dice.roll(4))),
            6 => set("maxLength", json!(dice.roll(4))),
            7 => set("pattern", json!(dice.pick(&PATTERNS))),
            8 | 9 => set("format", json!(dice.pick(&FORMATS))),
            10 => set("minItems", json!(dice.roll(3))),
            11 => set("maxItems", json!(dice.roll(3))),
            12 => set("uniqueItems", json!(dice.one_in(2))),
            13 => set("minProperties", json!(dice.roll(3))),
            14 => set("maxProperties", json!(dice.roll(3))),
            15 => set("required", json!([dice.pick(&NAMES)])),
            16 => set(
                "enum",
                (0..1 + dice.roll(3)).map(|_| value(dice, 1)).collect(),
            ),
            17 => set("const", value(dice, 2)),
            18 => set("items", schema(dice, depth - 1)),
            19 => set(
                "prefixItems",
                (0..1 + dice.roll(2))
                    .map(|_| schema(dice, depth - 1))
                    .collect(),
            ),
            20 | 21 => {
                let properties = (0..1 + dice.roll(3))
                    .map(|_| ((*dice.pick(&NAMES)).to_owned(), schema(dice, depth - 1)))
                    .collect();
                set("properties", Value::Object(properties));
            }
            22 => set("additionalProperties", schema(dice, depth - 1)),
            23 => set(
                "patternProperties",
                json!({ *dice.pick(&PATTERNS): schema(dice, depth - 1) }),
            ),
            24 => set(
                "allOf",
                (0..1 + dice.roll(2))
                    .map(|_| schema(dice, depth - 1))
                    .collect(),
            ),
            25 => set(
                "anyOf",
                (0..1 + dice.roll(3))
                    .map(|_| schema(dice, depth - 1))
                    .collect(),
            ),
            26 => set(
                "oneOf",
                (0..1 + dice.roll(3))
                    .map(|_| schema(dice, depth - 1))
                    .collect(),
            ),
            27 => set("not", schema(dice, depth - 1)),
            28 | 29 => {
                set("if", schema(dice, depth - 1));
                for keyword in ["then", "else"] {
                    if !dice.one_in(3) {
                        set(keyword, schema(dice, depth - 1));
                    }
                }
            }
            _ => set(
                "$ref",
                json!(dice.pick(&["#/$defs/one", "#/$defs/two", "#/$defs/a~0b"])),
            ),
        }
    }
    Value::Object(out)
}

/// A schema whose definitions refer to each other only through a step into the value, so that validation ends.
fn rooted(dice: &mut Dice) -> Value {
    let mut root = schema(dice, 3);
    if let Value::Object(members) = &mut root {
        members.insert(
            "$defs".to_owned(),
            json!({
                "one": { "type": ["object", "integer"], "properties": { "a": { "$ref": "#/$defs/one" }, "b": { "$ref": "#/$defs/two" } } },
                "two": { "type": ["array", "string"], "items": { "$ref": "#/$defs/one" }, "maxItems": 2 },
                "a~b": schema(dice, 0),
            }),
        );
    }
    root
}

#[test]
fn both_judge_alike() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut good, mut bad) = (0, 0);
    for round in 0..6_000 {
        let schema = rooted(&mut dice);
        let text = schema.to_string();
        let theirs = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap_or_else(|error| panic!("round {round}: {error}: {text}"));
        let ours =
            compile(&text).unwrap_or_else(|error| panic!("round {round}: {error:?}: {text}"));
        for _ in 0..6 {
            let instance = fitting(&mut dice, &schema, &schema, 5);
            let expected = theirs.is_valid(&instance);
            let found = ours.check(&instance.to_string());
            assert_eq!(
                found.is_ok(),
                expected,
                "round {round}\nschema {text}\ninstance {instance}\nours {found:?}"
            );
            *if expected { &mut good } else { &mut bad } += 1;
        }
    }
    // A generator that only ever makes one kind proves nothing.
    assert!(good > 8_000 && bad > 8_000, "{good} good, {bad} bad");
}
