//! Arguments that a tool accepts, made up from its schema.

use super::render::quoted;
use crate::model::{Agent, Field, Input, StringType, Tool, ToolBody, Type};
use serde_json::{Map, Value};

/// Arguments for a call, with what is required and nothing else. `None` where only a person can know them.
pub(super) fn arguments(agent: &Agent, tool: &Tool) -> Option<Value> {
    // A handle is made by another tool.
    if tool.handle.is_some() && tool.body != ToolBody::Create {
        return None;
    }
    match &tool.input {
        Input::Fields(fields) => {
            // What is a claim of the caller's is not for a client to give.
            let given: Vec<Field> = fields
                .iter()
                .filter(|it| it.bound.is_none())
                .cloned()
                .collect();
            object(agent, &given)
        }
        Input::Schema { text, .. } => {
            let schema: Value = serde_json::from_str(text).ok()?;
            // Any other keyword may ask for more than nothing.
            let harmless = [
                "type",
                "properties",
                "title",
                "description",
                "additionalProperties",
                "$schema",
                "$id",
                "$defs",
                "required",
            ];
            let open = schema
                .as_object()?
                .keys()
                .all(|keyword| harmless.contains(&keyword.as_str()));
            let required = schema
                .get("required")
                .and_then(Value::as_array)
                .is_some_and(|names| !names.is_empty());
            (open && !required).then(|| Value::Object(Map::new()))
        }
    }
}

fn object(agent: &Agent, fields: &[Field]) -> Option<Value> {
    let required = fields
        .iter()
        .filter(|field| !field.optional && field.default.is_none());
    required
        .map(|field| Some((field.name.clone(), value(agent, &field.ty)?)))
        .collect::<Option<Map<_, _>>>()
        .map(Value::Object)
}

fn value(agent: &Agent, ty: &Type) -> Option<Value> {
    Some(match ty {
        Type::String(constraints) => string(constraints)?.into(),
        Type::Enum(values) => values.first()?.as_str().into(),
        Type::Integer { minimum, maximum } => 1
            .max(minimum.unwrap_or(1))
            .min(maximum.unwrap_or(i64::MAX))
            .into(),
        Type::Number { minimum, maximum } => 1f64
            .max(minimum.unwrap_or(1.0))
            .min(maximum.unwrap_or(f64::MAX))
            .into(),
        Type::Boolean => true.into(),
        Type::Array {
            items,
            min_items,
            max_items,
        } => array(agent, items, min_items.unwrap_or(0), *max_items)?,
        Type::Object(fields) => object(agent, fields)?,
        Type::Any => "anything".into(),
        Type::Named(name) => object(
            agent,
            &agent.types.iter().find(|ty| ty.name == *name)?.fields,
        )?,
    })
}

/// One item where it can be, as an empty list says little.
fn array(agent: &Agent, items: &Type, least: u64, most: Option<u64>) -> Option<Value> {
    let count = least.max(1).min(most.unwrap_or(u64::MAX));
    // A list of thousands is nothing to read in a test.
    if count == 0 || count > 8 {
        return (count == 0).then(|| Value::Array(Vec::new()));
    }
    match value(agent, items) {
        Some(item) => Some(vec![item; usize::try_from(count).ok()?].into()),
        None => (least == 0).then(|| Value::Array(Vec::new())),
    }
}

fn string(constraints: &StringType) -> Option<String> {
    if constraints.pattern.is_some() {
        return None;
    }
    let sample = match constraints.format.as_deref() {
        None => "world",
        Some("date") => "2026-01-31",
        Some("date-time") => "2026-01-31T12:00:00Z",
        Some("email") => "somebody@example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("time") => "12:00:00Z",
        Some("uri") => "https://example.com/",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        Some(_) => return None,
    };
    let length = sample.len() as u64;
    let (least, most) = (
        constraints.min_length.unwrap_or(0),
        constraints.max_length.unwrap_or(u64::MAX),
    );
    if (least..=most).contains(&length) {
        return Some(sample.to_owned());
    }
    // Lengths beyond a line, and formats that do not fit their own limits, are a person's to fill in.
    if constraints.format.is_some() || least > 80 {
        return None;
    }
    let length = usize::try_from(if length < least { least } else { most }).ok()?;
    Some(sample.chars().cycle().take(length).collect())
}

/// A value as people write it in JavaScript.
pub(super) fn literal(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{}: {}", key(name), literal(value)));
            format!("{{ {} }}", list(members.collect()))
        }
        Value::Array(items) => format!("[{}]", list(items.iter().map(literal).collect())),
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

fn key(name: &str) -> String {
    let bare = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        // `{ __proto__: … }` sets the prototype.
        && name != "__proto__";
    if bare {
        name.to_owned()
    } else if name == "__proto__" {
        "[\"__proto__\"]".to_owned()
    } else {
        quoted(name)
    }
}

#[cfg(test)]
mod tests {
    use super::{arguments, literal};
    use crate::emit::json;
    use crate::{Files, Source, load};
    use serde_json::{Value, json};

    struct Schemas;

    impl Files for Schemas {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            match path {
                "open.json" => {
                    Ok(br#"{"type":"object","properties":{"a":{"type":"string"}}}"#.to_vec())
                }
                _ => Ok(br#"{"type":"object","properties":{},"required":["a"]}"#.to_vec()),
            }
        }
    }

    /// The sample of a tool with these lines, which its schema must accept.
    #[track_caller]
    fn sample(lines: &str) -> Option<Value> {
        let text = format!(
            "schema_version = 1\n[server]\nname = \"a\"\nversion = \"1\"\n[types.Point]\nfields.x = \"number\"\n\
             fields.note = {{ type = \"string\", optional = true }}\n[tools.t]\ndescription = \"T.\"\n{lines}\n"
        );
        let source = Source {
            name: "mcp.toml",
            text: &text,
        };
        let agent = load(source, &Schemas)
            .unwrap_or_else(|report| panic!("{}", report.render(source, false)))
            .agent;
        let sample = arguments(&agent, &agent.tools[0])?;
        let tool: Value = serde_json::from_str(&json::tool(&agent, &agent.tools[0])).expect("JSON");
        let schema = jsonschema::options()
            .should_validate_formats(true)
            .build(&tool["inputSchema"])
            .expect("a schema");
        assert!(
            schema.is_valid(&sample),
            "{sample} against {}",
            tool["inputSchema"]
        );
        Some(sample)
    }

    #[test]
    fn samples_satisfy_their_schemas() {
        for (ty, expected) in [
            ("\"string\"", json!("world")),
            ("{ type = \"string\", max_length = 2 }", json!("wo")),
            ("{ type = \"string\", max_length = 0 }", json!("")),
            ("{ type = \"string\", min_length = 7 }", json!("worldwo")),
            ("{ type = \"string\", enum = [\"b\", \"a\"] }", json!("b")),
            ("\"integer\"", json!(1)),
            ("{ type = \"integer\", minimum = 10 }", json!(10)),
            ("{ type = \"integer\", maximum = -10 }", json!(-10)),
            ("{ type = \"number\", minimum = 1.5 }", json!(1.5)),
            ("{ type = \"number\", maximum = 0.5 }", json!(0.5)),
            ("\"boolean\"", json!(true)),
            ("\"any\"", json!("anything")),
            ("\"Point\"", json!({ "x": 1.0 })),
            (
                "{ type = \"array\", items = \"Point\", min_items = 2 }",
                json!([{ "x": 1.0 }, { "x": 1.0 }]),
            ),
            (
                "{ type = \"array\", items = \"integer\", max_items = 0 }",
                json!([]),
            ),
            (
                "{ type = \"object\", fields = { a = { type = \"array\", items = \"string\" } } }",
                json!({ "a": ["world"] }),
            ),
        ] {
            assert_eq!(
                sample(&format!("params.p = {ty}")),
                Some(json!({ "p": expected })),
                "{ty}"
            );
        }
    }

    #[test]
    fn every_format_has_a_sample() {
        for format in crate::model::FORMATS {
            let line = format!("params.p = {{ type = \"string\", format = \"{format}\" }}");
            assert!(sample(&line).is_some(), "{format}");
        }
    }

    #[test]
    fn only_what_is_required_is_there() {
        assert_eq!(
            sample(
                "params.a = { type = \"string\", optional = true }\nparams.b = { type = \"integer\", default = 3 }"
            ),
            Some(json!({}))
        );
        assert_eq!(sample("input_schema = \"open.json\""), Some(json!({})));
        let line =
            "params.p = { type = \"array\", items = { type = \"string\", pattern = \"^x$\" } }";
        assert_eq!(sample(line), Some(json!({ "p": [] })));
    }

    #[test]
    fn what_only_a_person_can_know_has_none() {
        assert_eq!(
            sample("params.p = { type = \"string\", pattern = \"^x$\" }"),
            None
        );
        assert_eq!(
            sample("params.p = { type = \"string\", min_length = 1000 }"),
            None
        );
        assert_eq!(
            sample("params.p = { type = \"array\", items = \"string\", min_items = 100 }"),
            None
        );
        assert_eq!(sample("input_schema = \"closed.json\""), None);
    }

    #[test]
    fn literals_are_javascript() {
        let value = json!({ "a": 1, "b-c": ["x\"y", null], "__proto__": {}, "d": { "e": true } });
        assert_eq!(
            literal(&value),
            r#"{ a: 1, "b-c": ["x\"y", null], ["__proto__"]: {}, d: { e: true } }"#
        );
    }
}
