//! Items in the newest shape, as an older version knows them.

use crate::version::Version;
use crate::wire::{Object, members, quote};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What is projected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `Implementation`.
    Server,
    Tool,
    Resource,
    Template,
    Prompt,
    /// Of a prompt.
    Argument,
    /// `Annotations`, of resources and of content.
    Annotations,
}

impl Shape {
    /// Whether this version knows this member.
    fn keeps(self, member: &str, value: &RawValue, version: Version) -> bool {
        match (self, member) {
            (_, "title" | "_meta") => version.has_titles(),
            (_, "icons") | (Shape::Server, "description" | "websiteUrl") => version.has_icons(),
            (Shape::Tool, "outputSchema") => {
                version.has_any_output() || (version.has_structured_output() && is_object(value))
            }
            (Shape::Tool, "annotations") => version.has_tool_annotations(),
            (Shape::Tool, "execution") => version.has_tool_execution(),
            (Shape::Template, "size") => false,
            (Shape::Annotations, "lastModified") => version.has_last_modified(),
            _ => true,
        }
    }

    /// What a member is, if it is projected in its turn.
    fn inner(self, member: &str) -> Option<Shape> {
        match (self, member) {
            (Shape::Prompt, "arguments") => Some(Shape::Argument),
            (Shape::Resource | Shape::Template, "annotations") => Some(Shape::Annotations),
            _ => None,
        }
    }
}

/// Whether a schema is one of objects, which is all that structured content could be at first.
fn is_object(schema: &RawValue) -> bool {
    members(schema)
        .and_then(|schema| schema.get("type"))
        .is_some_and(|kind| kind.get() == "\"object\"")
}

/// An object without the members that this version does not know. All else stays byte for byte.
pub(crate) fn project(json: &str, shape: Shape, version: Version) -> String {
    let Ok(Object(all)) = serde_json::from_str::<Object<'_>>(json) else {
        return json.to_owned();
    };
    let mut out = String::with_capacity(json.len());
    out.push('{');
    for (name, value) in &all {
        if !shape.keeps(name, value, version) {
            continue;
        }
        let value = match shape.inner(name) {
            Some(inner) => Cow::Owned(each(value, inner, version)),
            None => Cow::Borrowed(value.get()),
        };
        // Annotations of which this version knows none.
        if value == "{}" && shape.inner(name) == Some(Shape::Annotations) {
            continue;
        }
        if out.len() > 1 {
            out.push(',');
        }
        quote(&mut out, name);
        out.push(':');
        out.push_str(&value);
    }
    out.push('}');
    out
}

/// One object or an array of them, projected.
fn each(value: &RawValue, shape: Shape, version: Version) -> String {
    let Ok(all) = serde_json::from_str::<Vec<&RawValue>>(value.get()) else {
        return project(value.get(), shape, version);
    };
    let projected: Vec<String> = all
        .iter()
        .map(|one| project(one.get(), shape, version))
        .collect();
    ["[", &projected.join(","), "]"].concat()
}
