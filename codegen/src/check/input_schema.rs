//! Input schemas in files of their own.

use super::file::{MAX_INPUT_SCHEMA, check_text_file};
use super::{Cx, constraint};
use crate::diag::{Address, Code};
use crate::model::{FORMATS, Input};
use serde_json::{Map, Value};

/// The keywords of JSON Schema 2020-12 that are enforced before a handler runs.
pub const ENFORCED: [&str; 30] = [
    "$defs",
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "definitions",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "required",
    "type",
    "uniqueItems",
];

/// The keywords that say something to readers and nothing to a validator.
pub const ANNOTATIONS: [&str; 13] = [
    "$comment",
    "$id",
    "$schema",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "deprecated",
    "description",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
];

/// The types that a schema may name.
const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// A schema that is sent byte for byte is still one that can be enforced: JSON, of an object, with keywords that are well formed and
/// references that lead somewhere inside of it.
pub(super) fn check_input_schema(cx: &mut Cx<'_>, at: &Address, path: &str) -> Input {
    let Some(text) = check_text_file(cx, at, path, MAX_INPUT_SCHEMA) else {
        return Input::Fields(Vec::new());
    };
    let text = text.trim();
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(root)) => check_root(cx, at, path, &root),
        Ok(_) => {
            cx.report(
                Code::SchemaNotObject,
                at,
                format!("`{path}` is JSON, but not an object"),
            )
            .help("{ \"type\": \"object\", \"properties\": {} }");
        }
        Err(error) => {
            // The message of serde_json ends with the place.
            cx.report(
                Code::SchemaNotJson,
                at,
                format!("`{path}` is not JSON: {error}"),
            )
            .help("an input schema is JSON, without comments and trailing commas");
        }
    }
    Input::Schema {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

fn check_root(cx: &mut Cx<'_>, at: &Address, path: &str, root: &Map<String, Value>) {
    if root.get("type") != Some(&Value::from("object")) {
        cx.report(
            Code::SchemaNotObject,
            at,
            format!("`{path}` is not the schema of an object: arguments are one"),
        )
        .help("\"type\": \"object\" at the top of the file");
    }
    let dialect = root
        .get("$schema")
        .and_then(Value::as_str)
        .unwrap_or("https://json-schema.org/draft/2020-12/schema");
    if !dialect.contains("json-schema.org/draft/2020-12/") {
        cx.report(
            Code::OtherDialect,
            at,
            format!("`{path}` is written for another dialect: `{dialect}`"),
        )
        .help("it is enforced as JSON Schema 2020-12; check what its keywords mean there");
    }
    let mut walk = Walk {
        root,
        problems: Vec::new(),
        unenforced: Vec::new(),
    };
    walk.schema(&Value::Object(root.clone()), "");
    let (problems, unenforced) = (walk.problems, walk.unenforced);
    for (pointer, what) in problems {
        cx.report(
            Code::BadSchema,
            at,
            format!("`{path}` is malformed at `{pointer}`: {what}"),
        )
        .help("see JSON Schema 2020-12, sections 10 and 11, and Validation, section 6");
    }
    for (keyword, pointer) in unenforced {
        cx.report(
            Code::KeywordNotEnforced,
            at,
            format!("`{keyword}` at `{pointer}` of `{path}` is sent to clients, but not enforced"),
        )
        .help("check it in the handler");
    }
}

/// A walk over a schema that knows where schemas are in it.
struct Walk<'s> {
    root: &'s Map<String, Value>,
    problems: Vec<(String, String)>,
    unenforced: Vec<(String, String)>,
}

impl Walk<'_> {
    fn problem(&mut self, pointer: &str, what: impl Into<String>) {
        let pointer = if pointer.is_empty() { "/" } else { pointer };
        self.problems.push((pointer.to_owned(), what.into()));
    }

    fn schema(&mut self, schema: &Value, at: &str) {
        let object = match schema {
            Value::Bool(_) => return,
            Value::Object(object) => object,
            _ => return self.problem(at, "expected an object or a boolean"),
        };
        for (keyword, value) in object {
            let here = format!("{at}/{}", keyword.replace('~', "~0").replace('/', "~1"));
            if ENFORCED.contains(&keyword.as_str()) {
                self.keyword(keyword, value, &here);
            } else if !ANNOTATIONS.contains(&keyword.as_str()) {
                self.unenforced.push((keyword.clone(), here));
            }
        }
    }

    fn keyword(&mut self, keyword: &str, value: &Value, at: &str) {
        match keyword {
            "$defs" | "definitions" | "properties" | "patternProperties" => {
                let Value::Object(members) = value else {
                    return self.problem(at, "expected an object of schemas");
                };
                for (name, schema) in members {
                    let here = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
                    if keyword == "patternProperties" {
                        self.pattern(name, &here);
                    }
                    self.schema(schema, &here);
                }
            }
            "additionalProperties" | "items" | "not" => self.schema(value, at),
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => match value {
                Value::Array(schemas) if !schemas.is_empty() => {
                    for (index, schema) in schemas.iter().enumerate() {
                        self.schema(schema, &format!("{at}/{index}"));
                    }
                }
                _ => self.problem(at, "expected a list of schemas, at least one"),
            },
            "$ref" => self.reference(value, at),
            "pattern" => match value {
                Value::String(pattern) => self.pattern(pattern, at),
                _ => self.problem(at, "expected a string"),
            },
            "format" => match value {
                Value::String(format) if FORMATS.contains(&format.as_str()) => {}
                Value::String(format) => self
                    .unenforced
                    .push((format!("format: {format}"), at.to_owned())),
                _ => self.problem(at, "expected a string"),
            },
            "type" => {
                let known = |ty: &Value| ty.as_str().is_some_and(|ty| TYPES.contains(&ty));
                let legal = known(value)
                    || value
                        .as_array()
                        .is_some_and(|types| !types.is_empty() && types.iter().all(known));
                if !legal {
                    self.problem(
                        at,
                        format!("expected one of {}", super::member::list(&TYPES)),
                    );
                }
            }
            "enum" if !value.is_array() => self.problem(at, "expected a list of values"),
            "required"
                if !value
                    .as_array()
                    .is_some_and(|names| names.iter().all(Value::is_string)) =>
            {
                self.problem(at, "expected a list of strings")
            }
            "uniqueItems" if !value.is_boolean() => self.problem(at, "expected a boolean"),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum"
                if !value.is_number() =>
            {
                self.problem(at, "expected a number")
            }
            "multipleOf" if value.as_f64().is_none_or(|by| by <= 0.0) => {
                self.problem(at, "expected a number above 0")
            }
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties"
                if value
                    .as_f64()
                    .is_none_or(|count| count < 0.0 || count.fract() != 0.0) =>
            {
                self.problem(at, "expected a whole number from 0 on");
            }
            _ => {}
        }
    }

    fn pattern(&mut self, pattern: &str, at: &str) {
        if let Some((what, _)) = constraint::pattern_problem(pattern) {
            self.problem(at, format!("the pattern cannot be enforced: {what}"));
        }
    }

    /// A reference is a JSON pointer into this very file: nothing is fetched, neither when it is built nor when it runs.
    fn reference(&mut self, value: &Value, at: &str) {
        let Some(reference) = value.as_str() else {
            return self.problem(at, "expected a string");
        };
        let Some(pointer) = reference
            .strip_prefix('#')
            .filter(|rest| rest.is_empty() || rest.starts_with('/'))
        else {
            return self.problem(
                at,
                format!("`{reference}` is not a pointer into this file, as `#/$defs/Item` is"),
            );
        };
        let mut steps = pointer
            .split('/')
            .skip(1)
            .map(|step| step.replace("~1", "/").replace("~0", "~"));
        let Some(first) = steps.next() else { return };
        let target = steps.try_fold(self.root.get(&first), |target, step| {
            let next = match target? {
                Value::Object(object) => object.get(&step),
                Value::Array(items) => items.get(step.parse::<usize>().ok()?),
                _ => None,
            };
            next.map(Some)
        });
        if !matches!(target, Some(Some(_))) {
            self.problem(at, format!("`{reference}` leads nowhere"));
        }
    }
}
