//! The one form of a schema: that which a declaration in TOML has for the same type.
//!
//! `schemars` describes what serde reads and writes, in more than one way for the same thing. Here each has one: integers have the limits of
//! their type instead of a `format`, what may be left out is not `null` as well, an object has no other members than those of its type, a
//! type without members is written where it is used, and the keywords have one order.

use serde_json::{Map, Value};

/// Keywords in their order. All others come behind them, in the order of the alphabet.
const ORDER: [&str; 17] = [
    "$ref",
    "type",
    "description",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "enum",
    "items",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "properties",
    "required",
    "additionalProperties",
    "default",
];

/// Formats of numbers, which say what the limits say, and those limits.
/// A Worker has 32 bits, and so have `isize` and `usize`.
const NUMBERS: [(&str, Option<i64>, Option<i64>); 14] = [
    ("int8", Some(i8::MIN as i64), Some(i8::MAX as i64)),
    ("int16", Some(i16::MIN as i64), Some(i16::MAX as i64)),
    ("int32", Some(i32::MIN as i64), Some(i32::MAX as i64)),
    ("int", Some(i32::MIN as i64), Some(i32::MAX as i64)),
    ("int64", None, None),
    ("int128", None, None),
    ("uint8", Some(0), Some(u8::MAX as i64)),
    ("uint16", Some(0), Some(u16::MAX as i64)),
    ("uint32", Some(0), Some(u32::MAX as i64)),
    ("uint", Some(0), Some(u32::MAX as i64)),
    ("uint64", Some(0), None),
    ("uint128", Some(0), None),
    ("float", None, None),
    ("double", None, None),
];

/// What a `$ref` begins with.
const DEFS: &str = "#/$defs/";

/// The form of a schema, given the definitions that it refers to.
pub fn canonical(schema: Value, definitions: &Map<String, Value>) -> Map<String, Value> {
    Form {
        definitions,
        inside: Vec::new(),
    }
    .of(schema, true)
}

/// The schema that a reference alone stands for, as the schema of a whole document.
pub fn root(schema: Value, definitions: &Map<String, Value>) -> Map<String, Value> {
    let form = canonical(schema, definitions);
    let named = form.get("$ref").and_then(Value::as_str).and_then(name);
    match named.and_then(|it| definitions.get(it)) {
        Some(definition) if form.len() == 1 => canonical(definition.clone(), definitions),
        _ => form,
    }
}

/// The definitions that the schemas in `roots` lead to, each in its form.
pub fn used<'a>(
    roots: impl Iterator<Item = &'a Map<String, Value>>,
    definitions: &Map<String, Value>,
) -> Map<String, Value> {
    let mut found = Map::new();
    let mut left = Vec::new();
    roots.for_each(|root| refs(root, &mut left));
    while let Some(name) = left.pop() {
        if found.contains_key(&name) {
            continue;
        }
        if let Some(definition) = definitions.get(&name) {
            let form = canonical(definition.clone(), definitions);
            refs(&form, &mut left);
            found.insert(name, Value::Object(form));
        }
    }
    found
}

fn refs(schema: &Map<String, Value>, out: &mut Vec<String>) {
    fn walk(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::Object(members) => refs(members, out),
            Value::Array(items) => items.iter().for_each(|item| walk(item, out)),
            _ => {}
        }
    }
    let named = schema.get("$ref").and_then(Value::as_str).and_then(name);
    out.extend(named.map(str::to_owned));
    schema.values().for_each(|value| walk(value, out));
}

fn name(reference: &str) -> Option<&str> {
    reference.strip_prefix(DEFS)
}

struct Form<'a> {
    definitions: &'a Map<String, Value>,
    /// The definitions that are being written where they are used.
    inside: Vec<String>,
}

impl Form<'_> {
    /// `closed` says whether an object may be closed to other members: it may not where another schema describes the same object.
    fn of(&mut self, schema: Value, closed: bool) -> Map<String, Value> {
        let mut schema = match schema {
            Value::Object(schema) => schema,
            Value::Bool(false) => {
                return Map::from_iter([("not".into(), Value::Object(Map::new()))]);
            }
            _ => return Map::new(),
        };
        if let Some(inline) = self.inlined(&mut schema, closed) {
            return inline;
        }
        number(&mut schema);
        defaulted(&mut schema);
        let composed = ["allOf", "anyOf", "oneOf", "$ref"]
            .iter()
            .any(|it| schema.contains_key(*it));
        let members = schema.contains_key("properties");
        let required: Vec<Value> = match schema.get("required") {
            Some(Value::Array(names)) => names.clone(),
            _ => Vec::new(),
        };
        for (key, value) in &mut schema {
            let value_of = std::mem::take(value);
            *value = match (key.as_str(), value_of) {
                ("properties", Value::Object(properties)) => {
                    let property = |(name, schema): (String, Value)| {
                        let given = required.iter().any(|it| *it == name.as_str());
                        let schema = if given { schema } else { without_null(schema) };
                        let form = self.of(schema, true);
                        (name, Value::Object(form))
                    };
                    Value::Object(properties.into_iter().map(property).collect())
                }
                (
                    "items" | "additionalProperties" | "contains" | "propertyNames",
                    Value::Object(it),
                ) => Value::Object(self.of(Value::Object(it), true)),
                ("patternProperties", Value::Object(of)) => {
                    let form = |(pattern, it)| (pattern, Value::Object(self.of(it, true)));
                    Value::Object(of.into_iter().map(form).collect())
                }
                ("prefixItems", Value::Array(items)) => items
                    .into_iter()
                    .map(|it| Value::Object(self.of(it, true)))
                    .collect(),
                ("allOf", Value::Array(all)) => all
                    .into_iter()
                    .map(|it| Value::Object(self.of(it, false)))
                    .collect(),
                ("anyOf" | "oneOf", Value::Array(all)) => {
                    let closed = closed && !members;
                    all.into_iter()
                        .map(|it| Value::Object(self.of(it, closed)))
                        .collect()
                }
                (_, other) => other,
            };
        }
        let is_object = schema.get("type").is_some_and(|it| it == "object");
        let says = [
            "additionalProperties",
            "patternProperties",
            "unevaluatedProperties",
        ];
        if is_object && closed && !composed && !says.iter().any(|it| schema.contains_key(*it)) {
            schema.insert("additionalProperties".into(), false.into());
        }
        schema
    }

    /// What a reference to a type without members stands for.
    fn inlined(
        &mut self,
        schema: &mut Map<String, Value>,
        closed: bool,
    ) -> Option<Map<String, Value>> {
        let name = name(schema.get("$ref")?.as_str()?)?.to_owned();
        let Value::Object(mut definition) = self.definitions.get(&name)?.clone() else {
            return None;
        };
        let plain = definition.get("type").is_some_and(|it| it != "object");
        if !plain || self.inside.contains(&name) {
            return None;
        }
        schema.remove("$ref");
        definition.append(schema);
        self.inside.push(name);
        let form = self.of(Value::Object(definition), closed);
        self.inside.pop();
        Some(form)
    }
}

/// What has a default need not be there, also where serde always writes it.
fn defaulted(schema: &mut Map<String, Value>) {
    let Some(Value::Array(mut names)) = schema.remove("required") else {
        return;
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    let has_default = |name: &Value| {
        let property = properties
            .zip(name.as_str())
            .and_then(|(all, name)| all.get(name));
        property.is_some_and(|it| it.get("default").is_some())
    };
    names.retain(|name| !has_default(name));
    if !names.is_empty() {
        schema.insert("required".into(), Value::Array(names));
    }
}

/// Gives a number the limits of its type. Narrower ones that are there already stay.
fn number(schema: &mut Map<String, Value>) {
    for key in ["minimum", "maximum"] {
        if let Some(bound) = schema.get(key).and_then(Value::as_f64)
            && bound.fract() == 0.0
            && bound.abs() < 9e15
        {
            schema.insert(key.into(), (bound as i64).into());
        }
    }
    let format = schema.get("format").and_then(Value::as_str);
    let known = NUMBERS.iter().find(|(name, ..)| format == Some(name));
    let Some((_, minimum, maximum)) = known else {
        return;
    };
    schema.remove("format");
    let bound = |schema: &Map<String, Value>, key: &str| schema.get(key).and_then(Value::as_f64);
    if let Some(minimum) =
        minimum.filter(|it| bound(schema, "minimum").is_none_or(|b| b < *it as f64))
    {
        schema.insert("minimum".into(), minimum.into());
    }
    if let Some(maximum) =
        maximum.filter(|it| bound(schema, "maximum").is_none_or(|b| b > *it as f64))
    {
        schema.insert("maximum".into(), maximum.into());
    }
}

/// The schema of an `Option` that is left out where there is nothing.
fn without_null(schema: Value) -> Value {
    let Value::Object(mut schema) = schema else {
        return schema;
    };
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|it| it != "null");
        if let [one] = types.as_slice() {
            let one = one.clone();
            schema.insert("type".into(), one);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|it| !it.is_null());
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    if let Some(Value::Array(any)) = schema.get_mut("anyOf") {
        any.retain(|it| it.get("type").is_none_or(|it| it != "null"));
        if let [one] = any.as_slice()
            && let Value::Object(mut one) = one.clone()
        {
            schema.remove("anyOf");
            one.append(&mut schema);
            schema = one;
        }
    }
    Value::Object(schema)
}

/// Writes a schema, its keywords in their order.
pub fn write(schema: &Map<String, Value>, out: &mut String) {
    out.push('{');
    members(schema, out);
    out.push('}');
}

/// The same without its braces.
pub fn members(schema: &Map<String, Value>, out: &mut String) {
    let place = |key: &str| {
        ORDER
            .iter()
            .position(|it| *it == key)
            .unwrap_or(ORDER.len())
    };
    let mut all: Vec<_> = schema.iter().collect();
    all.sort_by_key(|(key, _)| (place(key), *key));
    for (at, (key, value)) in all.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&Value::from(key.as_str()).to_string());
        out.push(':');
        match (key.as_str(), value) {
            ("properties" | "patternProperties" | "$defs", Value::Object(named)) => {
                definitions(named, out)
            }
            ("default" | "const" | "enum" | "examples", value) => out.push_str(&value.to_string()),
            (_, value) => any(value, out),
        }
    }
}

/// Writes schemas by their names.
pub fn definitions(named: &Map<String, Value>, out: &mut String) {
    out.push('{');
    for (at, (name, schema)) in named.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push_str(&Value::from(name.as_str()).to_string());
        out.push(':');
        any(schema, out);
    }
    out.push('}');
}

fn any(value: &Value, out: &mut String) {
    match value {
        Value::Object(schema) => write(schema, out),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                any(item, out);
            }
            out.push(']');
        }
        plain => out.push_str(&plain.to_string()),
    }
}
