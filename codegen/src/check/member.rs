//! Members: params, fields of outputs, of the state and of named types, and their types.

use super::{Cx, claim, constraint};
use crate::diag::{Address, Code};
use crate::model::{Field, Type};
use crate::read::raw::{RawField, RawMember};
use indexmap::IndexMap;

/// How deep objects and arrays may lie in each other. Names of generated types grow with it.
const MAX_DEPTH: usize = 8;

/// The types that need no declaration.
const BUILT_IN: [&str; 7] = [
    "string", "integer", "number", "boolean", "array", "object", "any",
];

/// What other languages call them.
const ELSEWHERE: [(&str, &str); 22] = [
    ("str", "string"),
    ("text", "string"),
    ("char", "string"),
    ("uuid", "string"),
    ("date", "string"),
    ("enum", "string"),
    ("int", "integer"),
    ("i32", "integer"),
    ("i64", "integer"),
    ("u32", "integer"),
    ("u64", "integer"),
    ("long", "integer"),
    ("float", "number"),
    ("double", "number"),
    ("f64", "number"),
    ("bool", "boolean"),
    ("list", "array"),
    ("vec", "array"),
    ("map", "object"),
    ("dict", "object"),
    ("struct", "object"),
    ("json", "any"),
];

/// Checks the members of the table at `at`.
pub(super) fn check_members(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&IndexMap<String, RawField>>,
) -> Vec<Field> {
    members(cx, at, raw, 0)
}

/// Checks arguments of a prompt or variables of a template, which the protocol can complete.
pub(super) fn check_arguments(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&IndexMap<String, RawField>>,
) -> Vec<Field> {
    let entries = raw.into_iter().flatten();
    entries
        .map(|(name, RawField(raw))| {
            let at = at.key(name);
            let field = check_field(cx, &at, name, raw, 0);
            Field {
                complete: check_completion(cx, &at, raw, &field),
                ..field
            }
        })
        .collect()
}

/// What lists its values completes itself: a handler would be asked for what is known.
fn check_completion(cx: &mut Cx<'_>, at: &Address, raw: &RawMember, field: &Field) -> bool {
    let complete = raw.complete == Some(true);
    if complete && matches!(field.ty, Type::Enum(_)) {
        cx.report(
            Code::BadCompletion,
            &at.key("complete"),
            format!("`{}` is an `enum`, which completes itself", field.name),
        )
        .at_key()
        .help("leave `complete` out");
    }
    // What is no string at all is reported as such.
    complete && matches!(field.ty, Type::String(_))
}

/// The protocol completes arguments of prompts and variables of templates, and nothing else.
fn check_no_completion(cx: &mut Cx<'_>, at: &Address, raw: &RawMember) {
    if raw.complete.is_some() {
        cx.report(
            Code::BadCompletion,
            &at.key("complete"),
            "this is nothing that a client can ask to complete",
        )
        .at_key()
        .help("leave `complete` out: it is for arguments of prompts and variables of resources");
    }
}

fn members(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&IndexMap<String, RawField>>,
    depth: usize,
) -> Vec<Field> {
    let entries = raw.into_iter().flatten();
    entries
        .map(|(name, RawField(raw))| check_member(cx, &at.key(name), name, raw, depth))
        .collect()
}

fn check_member(cx: &mut Cx<'_>, at: &Address, name: &str, raw: &RawMember, depth: usize) -> Field {
    check_no_completion(cx, at, raw);
    check_field(cx, at, name, raw, depth)
}

/// A member that may be left out either has a value then (`default`) or has none (`optional`).
fn check_field(cx: &mut Cx<'_>, at: &Address, name: &str, raw: &RawMember, depth: usize) -> Field {
    let optional = raw.optional.unwrap_or(false);
    if optional && raw.default.is_some() {
        cx.report(
            Code::OptionalDefault,
            &at.key("optional"),
            format!("`{name}` is optional and has a default"),
        )
        .at_key()
        .help("leave `optional` out: a member with a default need not be given");
    }
    Field {
        name: name.to_owned(),
        ty: check_type(cx, at, raw, depth),
        description: raw.description.clone(),
        optional: optional && raw.default.is_none(),
        default: raw.default.clone(),
        complete: false,
        header: raw.header.clone(),
        bound: raw.from.as_deref().and_then(claim::bound),
        writable: raw.writable.unwrap_or(false),
    }
}

/// A type is built in, or the name of a declared one, which begins with a capital letter.
fn check_type(cx: &mut Cx<'_>, at: &Address, raw: &RawMember, depth: usize) -> Type {
    let type_at = at.key("type");
    let Some(ty) = raw.ty.as_deref() else {
        let guess = guess(raw);
        cx.report(Code::MissingType, &type_at, "a member has no `type`")
            .help(guess.map_or_else(
                || format!("one of {}", list(&BUILT_IN)),
                |guess| format!("type = \"{guess}\""),
            ));
        return Type::Any;
    };
    if depth > MAX_DEPTH {
        cx.report(
            Code::TooDeep,
            &type_at,
            format!("more than {MAX_DEPTH} objects and arrays lie in each other"),
        )
        .help("give the inner one a name under `[types]`");
        return Type::Any;
    }
    if !BUILT_IN.contains(&ty) {
        let named = check_name(cx, &type_at, ty);
        // Nothing is out of place on a type that nobody knows.
        if let Type::Named(_) = named {
            constraint::check_places(cx, at, ty, raw);
        }
        return named;
    }
    constraint::check_places(cx, at, ty, raw);
    match ty {
        "string" => constraint::check_string(cx, at, raw),
        "integer" => constraint::check_integer(cx, at, raw),
        "number" => constraint::check_number(cx, at, raw),
        "boolean" => Type::Boolean,
        "array" => check_array(cx, at, raw, depth),
        "object" => check_object(cx, at, raw, depth),
        _ => Type::Any,
    }
}

/// An array says what its items are. An item is always there, so that it has neither a default nor a choice.
fn check_array(cx: &mut Cx<'_>, at: &Address, raw: &RawMember, depth: usize) -> Type {
    let items_at = at.key("items");
    let items = match raw.items.as_deref() {
        Some(RawField(items)) => {
            for (key, present) in [
                ("optional", items.optional.is_some()),
                ("default", items.default.is_some()),
            ] {
                if present {
                    cx.report(
                        Code::MisplacedConstraint,
                        &items_at.key(key),
                        format!("an item of an array has no `{key}`"),
                    )
                    .at_key()
                    .help(format!("leave `{key}` out, or put it on the array"));
                }
            }
            check_no_completion(cx, &items_at, items);
            check_type(cx, &items_at, items, depth + 1)
        }
        None => {
            cx.report(
                Code::MissingItems,
                &items_at,
                "an array says no type of its `items`",
            )
            .help("{ type = \"array\", items = \"string\" }");
            Type::Any
        }
    };
    let (min_items, max_items) = constraint::check_counts(
        cx,
        at,
        [("min_items", raw.min_items), ("max_items", raw.max_items)],
    );
    Type::Array {
        items: Box::new(items),
        min_items,
        max_items,
    }
}

/// An object says its members. One of free shape is `any`.
fn check_object(cx: &mut Cx<'_>, at: &Address, raw: &RawMember, depth: usize) -> Type {
    if raw.fields.is_none() {
        cx.report(Code::MissingItems, &at.key("fields"), "an object says no `fields`")
            .help("{ type = \"object\", fields = { name = \"string\" } }, or `type = \"any\"` for any shape");
    }
    Type::Object(members(
        cx,
        &at.key("fields"),
        raw.fields.as_ref(),
        depth + 1,
    ))
}

/// The type that `name` refers to.
pub(super) fn check_name(cx: &mut Cx<'_>, at: &Address, name: &str) -> Type {
    let declared: Vec<&str> = cx
        .raw
        .types
        .iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    if declared.contains(&name) {
        return Type::Named(name.to_owned());
    }
    if cx.unread(&["types"]) {
        return Type::Any;
    }
    let lower = name.to_ascii_lowercase();
    let elsewhere = ELSEWHERE
        .iter()
        .find(|(theirs, _)| *theirs == lower)
        .map(|(_, ours)| *ours);
    let known: Vec<&str> = BUILT_IN
        .iter()
        .copied()
        .chain(declared.iter().copied())
        .collect();
    let nearest = elsewhere.or_else(|| crate::read::nearest(name, &known));
    let help = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if name.starts_with(|c: char| c.is_ascii_uppercase()) && declared.is_empty() => {
            format!("declare it: `[types.{name}]`")
        }
        None => format!("the types are {}", list(&known)),
    };
    cx.report(Code::UnknownType, at, format!("unknown type `{name}`"))
        .help(help);
    Type::Any
}

/// The type that the other keys of a member speak of.
fn guess(raw: &RawMember) -> Option<&'static str> {
    let whole = |number: &Option<serde_json::Number>| {
        number.as_ref().is_none_or(serde_json::Number::is_i64)
    };
    if raw.variants.is_some()
        || raw.min_length.is_some()
        || raw.max_length.is_some()
        || raw.pattern.is_some()
        || raw.format.is_some()
    {
        Some("string")
    } else if raw.items.is_some() || raw.min_items.is_some() || raw.max_items.is_some() {
        Some("array")
    } else if raw.fields.is_some() {
        Some("object")
    } else if raw.minimum.is_some() || raw.maximum.is_some() {
        Some(if whole(&raw.minimum) && whole(&raw.maximum) {
            "integer"
        } else {
            "number"
        })
    } else {
        raw.default.as_ref().and_then(|default| match default {
            serde_json::Value::String(_) => Some("string"),
            serde_json::Value::Bool(_) => Some("boolean"),
            serde_json::Value::Number(n) => Some(if n.is_i64() { "integer" } else { "number" }),
            _ => None,
        })
    }
}

/// Names as a message lists them.
pub(super) fn list(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
