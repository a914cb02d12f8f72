//! A walk over a JSON Schema that knows where schemas are in it: what is malformed, and what nobody enforces.

use super::input_schema::{ANNOTATIONS, ENFORCED};
use super::{constraint, param_header};
use crate::model::FORMATS;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The types that a schema may name.
const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// The most schemas in one file: the engine compiles them all at the tool's first call.
const MAX_SCHEMAS: usize = 5_000;

/// How far schemas may lie in each other and lead to each other, as for the engine, which counts a little more.
const MAX_DEPTH: usize = 100;

/// What a walk finds. Each is a pointer into the file and what is there.
#[derive(Default)]
pub(super) struct Findings {
    /// What keeps the schema from being enforced.
    pub(super) problems: Vec<(String, String)>,
    /// Keywords that are sent to clients only, before their places.
    pub(super) unenforced: Vec<(String, String)>,
}

/// Walks the schema `root`.
pub(super) fn walk(root: &Value) -> Findings {
    let mut walk = Walk {
        root,
        headers: HashSet::new(),
        findings: Findings::default(),
        seen: HashSet::new(),
        depth: 0,
    };
    walk.schema(root, "");
    if walk.seen.len() > MAX_SCHEMAS {
        walk.problem("", format!("it has more than {MAX_SCHEMAS} schemas"));
    } else if let Some(problem) = walk.endless(root, &mut Vec::new(), &mut HashSet::new(), 0) {
        walk.problem("", problem);
    }
    walk.findings
}

struct Walk<'s> {
    root: &'s Value,
    /// The headers that arguments are repeated in, in lower case.
    headers: HashSet<String>,
    findings: Findings,
    /// The pointers of the schemas that were walked.
    seen: HashSet<String>,
    depth: usize,
}

impl<'s> Walk<'s> {
    fn problem(&mut self, pointer: &str, what: impl Into<String>) {
        let pointer = if pointer.is_empty() { "/" } else { pointer };
        self.findings
            .problems
            .push((pointer.to_owned(), what.into()));
    }

    fn schema(&mut self, schema: &'s Value, at: &str) {
        if self.seen.len() > MAX_SCHEMAS || !self.seen.insert(at.to_owned()) {
            return;
        }
        let object = match schema {
            Value::Bool(_) => return,
            Value::Object(object) => object,
            _ => return self.problem(at, "expected an object or a boolean"),
        };
        if self.depth == MAX_DEPTH {
            return self.problem(
                at,
                format!("more than {MAX_DEPTH} schemas lead to each other"),
            );
        }
        self.depth += 1;
        for (keyword, value) in object {
            let here = step(at, keyword);
            if ENFORCED.contains(&keyword.as_str()) {
                self.keyword(keyword, value, &here);
            } else if keyword == "x-mcp-header" {
                self.header(object, value, &here);
            } else if !ANNOTATIONS.contains(&keyword.as_str()) {
                self.findings.unenforced.push((keyword.clone(), here));
            }
        }
        self.depth -= 1;
    }

    /// Clients refuse a tool whose schema has a header where they cannot follow.
    fn header(&mut self, schema: &Map<String, Value>, name: &Value, at: &str) {
        let mut steps = at.split('/').skip(1).step_by(2);
        let place = at.matches('/').count() % 2 == 1 && at.len() > "/x-mcp-header".len();
        let chain = steps
            .by_ref()
            .all(|step| ["properties", "x-mcp-header"].contains(&step));
        if !place || !chain {
            return self.problem(at, "a header is for what only `properties` lead to");
        }
        let ty = schema.get("type").and_then(Value::as_str);
        if !ty.is_some_and(|ty| ["string", "integer", "boolean"].contains(&ty)) {
            return self.problem(at, "a header is for a string, an integer or a boolean");
        }
        let token = name.as_str().filter(|name| param_header::is_token(name));
        let Some(token) = token else {
            return self.problem(at, "expected the name of a header");
        };
        if !self.headers.insert(token.to_ascii_lowercase()) {
            self.problem(at, "two arguments have this header; case does not count");
        }
    }

    fn keyword(&mut self, keyword: &str, value: &'s Value, at: &str) {
        match keyword {
            "$defs" | "definitions" | "properties" | "patternProperties" => {
                self.members(keyword, value, at)
            }
            "additionalProperties" | "else" | "if" | "items" | "not" | "then" => {
                self.schema(value, at)
            }
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
                    .findings
                    .unenforced
                    .push((format!("format: {format}"), at.to_owned())),
                _ => self.problem(at, "expected a string"),
            },
            "type" => {
                let known = |ty: &Value| ty.as_str().is_some_and(|ty| TYPES.contains(&ty));
                let list = value
                    .as_array()
                    .is_some_and(|types| !types.is_empty() && types.iter().all(known));
                if !known(value) && !list {
                    self.problem(
                        at,
                        format!("expected one of {}", super::member::list(&TYPES)),
                    );
                }
            }
            _ => {
                if let Some(expected) = misvalued(keyword, value) {
                    self.problem(at, format!("expected {expected}"));
                }
            }
        }
    }

    fn members(&mut self, keyword: &str, value: &'s Value, at: &str) {
        let Value::Object(members) = value else {
            return self.problem(at, "expected an object of schemas");
        };
        for (name, schema) in members {
            let here = step(at, name);
            if keyword == "patternProperties" {
                self.pattern(name, &here);
            }
            self.schema(schema, &here);
        }
    }

    fn pattern(&mut self, pattern: &str, at: &str) {
        if let Some((what, _)) = constraint::pattern_problem(pattern) {
            self.problem(at, format!("the pattern cannot be enforced: {what}"));
        }
    }

    /// A reference is a JSON pointer into this very file: nothing is fetched, neither when it is built nor when it runs. What it leads
    /// to is a schema, wherever it stands.
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
        match self.root.pointer(pointer) {
            Some(target) => self.schema(target, pointer),
            None => self.problem(at, format!("`{reference}` leads nowhere")),
        }
    }

    /// Whether a value would be checked against `schema` for ever: its references and branches lead back to it while the value stays
    /// the same.
    fn endless(
        &self,
        schema: &'s Value,
        path: &mut Vec<*const Value>,
        done: &mut HashSet<*const Value>,
        depth: usize,
    ) -> Option<&'static str> {
        let this = std::ptr::from_ref(schema);
        if path.contains(&this) {
            return Some("a `$ref` leads back to itself without going into a member or an item");
        }
        let Value::Object(object) = schema else {
            return None;
        };
        if !done.insert(this) {
            return None;
        }
        if depth == MAX_DEPTH {
            return Some("too many schemas lead to each other");
        }
        path.push(this);
        let found = self
            .same_value(object)
            .find_map(|next| self.endless(next, path, done, depth + 1));
        path.pop();
        // A cycle need not begin at the top, so that members and items are starting points of their own.
        found.or_else(|| {
            inside(object).find_map(|next| self.endless(next, &mut Vec::new(), done, depth + 1))
        })
    }

    /// The schemas that the same value is checked against.
    fn same_value(&self, object: &'s Map<String, Value>) -> impl Iterator<Item = &'s Value> {
        let reference = object
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix('#'));
        let target = reference.and_then(|pointer| self.root.pointer(pointer));
        let branches = ["allOf", "anyOf", "oneOf"]
            .into_iter()
            .filter_map(|key| object.get(key)?.as_array())
            .flatten();
        let single = ["not", "if", "then", "else"]
            .into_iter()
            .filter_map(|key| object.get(key));
        target.into_iter().chain(branches).chain(single)
    }
}

/// The schemas of members and items, and the definitions.
fn inside(object: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let maps = ["properties", "patternProperties", "$defs", "definitions"];
    let members = maps
        .into_iter()
        .filter_map(|key| object.get(key)?.as_object())
        .flat_map(Map::values);
    let items = ["items", "additionalProperties"]
        .into_iter()
        .filter_map(|key| object.get(key));
    members.chain(items).chain(
        object
            .get("prefixItems")
            .and_then(Value::as_array)
            .into_iter()
            .flatten(),
    )
}

/// What a keyword with a plain value expects, where it has another one.
fn misvalued(keyword: &str, value: &Value) -> Option<&'static str> {
    let (holds, expected) = match keyword {
        "enum" => (value.is_array(), "a list of values"),
        "required" => (
            value
                .as_array()
                .is_some_and(|names| names.iter().all(Value::is_string)),
            "a list of strings",
        ),
        "uniqueItems" => (value.is_boolean(), "a boolean"),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
            (value.is_number(), "a number")
        }
        "multipleOf" => (
            value.as_f64().is_some_and(|by| by > 0.0),
            "a number above 0",
        ),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            (
                value.as_i64().is_some_and(|count| count >= 0),
                "a whole number from 0 on",
            )
        }
        _ => return None,
    };
    (!holds).then_some(expected)
}

/// The pointer to the member `key` of what is at `at`.
fn step(at: &str, key: &str) -> String {
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}
