//! Alternatives, which are compared in pairs.

use super::Walk;
use crate::schema::fact::{Step, What};
use crate::schema::shape::{Kind, Variant};
use serde_json::Value;

impl Walk<'_> {
    /// Alternatives are told apart by what they are, and compared in pairs.
    pub(super) fn unions(&mut self, a: &[Variant], b: &[Variant]) {
        let (mut a, mut b) = (keyed(a), keyed(b));
        let same = |x: &(String, &Variant), y: &(String, &Variant)| {
            x.0 == y.0
                && x.1.kind == y.1.kind
                && x.1.origin == y.1.origin
                && x.1.values == y.1.values
                && x.1.map == y.1.map
        };
        // Equal ones first: of two alternatives with one key, the right pair is that.
        let mut pairs = Vec::new();
        a.retain(|x| match b.iter().position(|y| same(x, y)) {
            Some(index) => {
                pairs.push((x.clone(), b.remove(index)));
                false
            }
            None => true,
        });
        a.retain(|x| match b.iter().position(|y| x.0 == y.0) {
            Some(index) => {
                pairs.push((x.clone(), b.remove(index)));
                false
            }
            None => true,
        });
        pairs.sort_by(|x, y| x.0.0.cmp(&y.0.0));
        let numbers = |all: &[(String, &Variant)]| {
            let plain =
                |it: &&(String, &Variant)| it.1.kind == Kind::Number && it.1.values.is_none();
            all.iter().filter(plain).count() + pairs.iter().filter(|it| plain(&&it.0)).count() > 0
        };
        // An integer that became a number, or came of one, is told by the number.
        let (number_before, number_after) = (numbers(&a), numbers(&b));
        for (label, variant) in &a {
            if !(variant.kind == Kind::Integer && number_after) {
                self.push(What::VariantRemoved(label.clone()));
            }
        }
        for (label, variant) in &b {
            if !(variant.kind == Kind::Integer && number_before) {
                self.push(What::VariantAdded(label.clone()));
            }
        }
        for ((label, a), (_, b)) in pairs {
            self.inside(Step::Variant(label), |walk| walk.variants(a, b));
        }
    }
}

/// Each with what it is told apart by, in that order.
fn keyed(variants: &[Variant]) -> Vec<(String, &Variant)> {
    let mut out: Vec<_> = variants.iter().map(|it| (key(it), it)).collect();
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

/// What an alternative is: its type, and of an object what its tags say or the name that it has.
fn key(variant: &Variant) -> String {
    let kind = variant.kind.as_str();
    if variant.kind != Kind::Object {
        return kind.to_owned();
    }
    let members = variant.map.get("properties").and_then(Value::as_object);
    let mut tags: Vec<String> = members
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| {
            let one = schema.get("const").or_else(|| {
                match schema.get("enum")?.as_array()?.as_slice() {
                    [one] => Some(one),
                    _ => None,
                }
            })?;
            Some(format!("{name} = {one}"))
        })
        .collect();
    tags.sort();
    if !tags.is_empty() {
        return format!("{kind} with {}", tags.join(", "));
    }
    let name = variant
        .origin
        .as_deref()
        .and_then(|it| it.rsplit('/').next());
    let title = variant.map.get("title").and_then(Value::as_str);
    match name.or(title) {
        Some(name) => format!("{kind} {name}"),
        None => kind.to_owned(),
    }
}
