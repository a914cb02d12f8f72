//! What a schema takes, as a list of alternatives of one type each.

use super::merge;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// More alternatives than this are not told apart.
const ALTERNATIVES: usize = 256;
/// References and combinations that are followed from one schema without a step into it.
const DEPTH: usize = 32;

/// Where references lead.
#[derive(Clone, Copy, Debug)]
pub struct Doc<'a> {
    /// The whole schema, which `#/…` points into.
    pub root: &'a Value,
    /// The types that have a name: `#/types/Order`.
    pub types: &'a BTreeMap<String, Value>,
}

impl<'a> Doc<'a> {
    fn resolve(&self, reference: &str) -> Option<&'a Value> {
        let pointer = reference.strip_prefix('#')?;
        if let Some(name) = type_name(reference) {
            return self.types.get(name);
        }
        self.root.pointer(pointer)
    }
}

/// `Order` of `#/types/Order`.
pub(super) fn type_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/types/")
}

/// A type of JSON, or any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Any,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    fn read(name: &str) -> Option<Self> {
        let all = [
            Self::Boolean,
            Self::Integer,
            Self::Number,
            Self::String,
            Self::Array,
            Self::Object,
        ];
        all.into_iter().find(|it| it.as_str() == name)
    }

    fn has(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Boolean => value.is_boolean(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Number => value.is_number(),
            Self::String => value.is_string(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    /// Whether a keyword says anything of values of this kind.
    pub(super) fn is_limited_by(self, keyword: &str) -> bool {
        let of: &[Self] = match keyword {
            "minLength" | "maxLength" | "pattern" | "contentEncoding" | "contentMediaType" => {
                &[Self::String]
            }
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                &[Self::Integer, Self::Number]
            }
            "items" | "prefixItems" | "minItems" | "maxItems" | "uniqueItems" | "contains"
            | "minContains" | "maxContains" => &[Self::Array],
            "properties"
            | "required"
            | "additionalProperties"
            | "patternProperties"
            | "propertyNames"
            | "minProperties"
            | "maxProperties"
            | "dependentRequired"
            | "dependentSchemas" => &[Self::Object],
            _ => return true,
        };
        self == Self::Any || of.contains(&self)
    }

    /// The kind of what these keywords speak of, where no `type` says it.
    fn guess(map: &Map<String, Value>) -> Self {
        const SPEAK: [(Kind, &[&str]); 4] = [
            (
                Kind::Object,
                &[
                    "properties",
                    "required",
                    "additionalProperties",
                    "patternProperties",
                ],
            ),
            (
                Kind::Array,
                &["items", "prefixItems", "minItems", "maxItems"],
            ),
            (
                Kind::String,
                &["minLength", "maxLength", "pattern", "format"],
            ),
            (
                Kind::Number,
                &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
            ),
        ];
        let speaks = |keywords: &[&str]| keywords.iter().any(|it| map.contains_key(*it));
        SPEAK
            .iter()
            .find(|(_, keywords)| speaks(keywords))
            .map_or(Self::Any, |(kind, _)| *kind)
    }
}

/// One alternative.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub(super) kind: Kind,
    /// The reference that led here.
    pub(super) origin: Option<String>,
    /// Whether nothing stands beside that reference: it is what the reference leads to, and no more.
    pub(super) whole: bool,
    /// The only values that are taken.
    pub(super) values: Option<Vec<Value>>,
    /// All keywords but `type`, `enum` and `const`.
    pub(super) map: Map<String, Value>,
}

impl Variant {
    /// Whether both are lists of values, and limited by nothing else that differs.
    fn limits_as(&self, other: &Self) -> bool {
        let limits = |it: &Self| -> BTreeMap<String, Value> {
            let all = it
                .map
                .iter()
                .filter(|(keyword, _)| !merge::is_note(keyword));
            all.map(|(k, v)| (k.clone(), v.clone())).collect()
        };
        self.values.is_some() && other.values.is_some() && limits(self) == limits(other)
    }

    /// What tells it from others that came of the same reference: one of several alternatives there, or what stands beside the reference.
    pub(super) fn identity(&self, origin: &str) -> String {
        let kind = self.kind.as_str();
        let map = Value::Object(self.map.clone());
        format!("{origin} {kind} {:?} {map}", self.values)
    }
}

/// What a schema takes.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// Whether `null` is taken.
    pub(super) null: bool,
    pub(super) variants: Vec<Variant>,
}

/// The keywords of an alternative that is not split by type yet.
struct Alternative {
    origin: Option<String>,
    whole: bool,
    map: Map<String, Value>,
}

impl Shape {
    /// The shape of `schema`, as far as so many steps lead: references that lead to each other make more ways than anybody follows.
    pub(super) fn of(schema: &Value, doc: Doc<'_>, steps: &mut usize) -> Self {
        let mut shape = Self::default();
        for it in alternatives(schema, doc, DEPTH, steps) {
            shape.add(it);
        }
        shape.gather();
        shape
    }

    /// Alternatives that are one value each are a list of values: `oneOf` with a `const` and words for each.
    fn gather(&mut self) {
        let mut out: Vec<Variant> = Vec::new();
        for it in std::mem::take(&mut self.variants) {
            let alike = |other: &&mut Variant| other.kind == it.kind && other.limits_as(&it);
            let twin = out.iter_mut().find(alike);
            match (twin, it.values) {
                (
                    Some(Variant {
                        values: Some(values),
                        origin,
                        whole,
                        ..
                    }),
                    Some(more),
                ) => {
                    if *origin != it.origin {
                        (*origin, *whole) = (None, false);
                    }
                    values.extend(more);
                    values.sort_by_cached_key(Value::to_string);
                    values.dedup();
                }
                (_, values) => out.push(Variant { values, ..it }),
            }
        }
        self.variants = out;
    }

    /// Whether it takes everything.
    pub(super) fn is_any(&self) -> bool {
        matches!(self.variants.as_slice(), [one] if one.kind == Kind::Any && one.values.is_none())
    }

    fn add(&mut self, it: Alternative) {
        let Alternative {
            origin,
            whole,
            mut map,
        } = it;
        let values = match (map.remove("enum"), map.remove("const")) {
            (Some(Value::Array(values)), None) => Some(values),
            (_, Some(value)) => Some(vec![value]),
            _ => None,
        };
        let types: Vec<String> = match map.remove("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(all)) => all
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        };
        let kinds = match (types.is_empty(), &values) {
            (false, _) => {
                // A value list without `null` beside a type list with it does not take `null`.
                let listed = values.as_ref().is_none_or(|it| it.contains(&Value::Null));
                self.null |= listed && types.iter().any(|it| it == "null");
                let mut kinds: Vec<Kind> = types.iter().filter_map(|it| Kind::read(it)).collect();
                if kinds.contains(&Kind::Number) {
                    kinds.retain(|it| *it != Kind::Integer);
                }
                kinds
            }
            (true, Some(values)) => {
                self.null |= values.contains(&Value::Null);
                let kinds = [
                    Kind::Boolean,
                    Kind::Number,
                    Kind::String,
                    Kind::Array,
                    Kind::Object,
                ];
                let has = |kind: &Kind| values.iter().any(|it| kind.has(it));
                kinds.into_iter().filter(has).collect()
            }
            (true, None) => {
                let kind = Kind::guess(&map);
                // Without a `type`, `null` passes everything that speaks of other types.
                self.null |= kind == Kind::Any;
                vec![kind]
            }
        };
        for kind in kinds {
            let values = values.as_ref().map(|values| {
                let mut values: Vec<Value> =
                    values.iter().filter(|it| kind.has(it)).cloned().collect();
                values.sort_by_cached_key(Value::to_string);
                values.dedup();
                values
            });
            // A list of values none of which is of the type takes nothing.
            if values.as_ref().is_none_or(|it| !it.is_empty()) {
                self.variants.push(Variant {
                    kind,
                    origin: origin.clone(),
                    whole,
                    values,
                    map: map.clone(),
                });
            }
        }
    }
}

fn alternatives(schema: &Value, doc: Doc<'_>, depth: usize, steps: &mut usize) -> Vec<Alternative> {
    *steps = steps.saturating_sub(1);
    let depth = if *steps == 0 { 0 } else { depth };
    let map = match schema {
        Value::Bool(false) => return Vec::new(),
        Value::Object(map) => map,
        _ => return vec![Alternative::plain(Map::new())],
    };
    let combined = ["$ref", "allOf", "anyOf", "oneOf"];
    if !combined.iter().any(|it| map.contains_key(*it)) {
        return vec![Alternative::plain(map.clone())];
    }
    let own = map
        .iter()
        .filter(|(keyword, _)| !combined.contains(&keyword.as_str()));
    let own: Map<_, _> = own.map(|(k, v)| (k.clone(), v.clone())).collect();
    let mut all = vec![Alternative::plain(own)];
    let target = map.get("$ref").and_then(Value::as_str);
    if let Some(reference) = target {
        match doc.resolve(reference).filter(|_| depth > 0) {
            Some(target) => {
                let mut more = alternatives(target, doc, depth - 1, steps);
                for it in &mut more {
                    // The words of a type are compared where the type is.
                    it.map.remove("description");
                    it.origin = Some(reference.to_owned());
                    it.whole = true;
                }
                all = product(all, &more, steps);
            }
            // What is not there is compared as it is written.
            None => all[0].map.extend([("$ref".into(), reference.into())]),
        }
    }
    for schema in map
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if depth > 0 {
            let more = alternatives(schema, doc, depth - 1, steps);
            all = product(all, &more, steps);
        }
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(schemas) = map.get(keyword).and_then(Value::as_array) {
            let mut more = Vec::new();
            if depth > 0 {
                for schema in schemas.iter().take(ALTERNATIVES) {
                    more.extend(alternatives(schema, doc, depth - 1, steps));
                    more.truncate(ALTERNATIVES);
                }
            } else {
                more.push(Alternative::plain(Map::new()));
            }
            all = product(all, &more, steps);
        }
    }
    all
}

/// Each of `a` together with each of `b`.
fn product(a: Vec<Alternative>, b: &[Alternative], steps: &mut usize) -> Vec<Alternative> {
    let mut out = Vec::new();
    for a in &a {
        for b in b {
            if out.len() >= ALTERNATIVES || (*steps == 0 && !out.is_empty()) {
                return out;
            }
            *steps = steps.saturating_sub(1);
            out.push(Alternative {
                origin: a.origin.clone().or_else(|| b.origin.clone()),
                whole: (a.whole && b.says_nothing()) || (b.whole && a.says_nothing()),
                map: merge::both(a.map.clone(), &b.map),
            });
        }
    }
    out
}

impl Alternative {
    fn plain(map: Map<String, Value>) -> Self {
        Self {
            origin: None,
            whole: false,
            map,
        }
    }

    fn says_nothing(&self) -> bool {
        self.map.keys().all(|it| merge::is_note(it))
    }
}
