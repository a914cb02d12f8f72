//! Keywords that limit values.

use super::Walk;
use crate::schema::fact::{Limit, What};
use crate::schema::merge;
use crate::schema::shape::{Kind, Variant};
use serde_json::Value;
use std::cmp::Ordering;
use std::collections::BTreeSet;

impl Walk<'_> {
    pub(super) fn limits(&mut self, a: &Variant, b: &Variant) {
        const WALKED: [&str; 5] = [
            "properties",
            "required",
            "additionalProperties",
            "items",
            "prefixItems",
        ];
        let mut keywords: BTreeSet<&String> = a.map.keys().chain(b.map.keys()).collect();
        keywords.retain(|it| !merge::is_note(it) && !WALKED.contains(&it.as_str()));
        // Where several types have one list of keywords, each is of those that it speaks of.
        keywords.retain(|it| a.kind.is_limited_by(it) || b.kind.is_limited_by(it));
        let bounds: [(&str, &str, bool); 2] = [
            ("minimum", "exclusiveMinimum", true),
            ("maximum", "exclusiveMaximum", false),
        ];
        if matches!(a.kind, Kind::Integer | Kind::Number) {
            for (plain, exclusive, lower) in bounds {
                keywords.retain(|it| *it != plain && *it != exclusive);
                self.bound(a, b, plain, exclusive, lower);
            }
        }
        for keyword in keywords {
            self.limit(keyword, a.map.get(keyword), b.map.get(keyword));
        }
    }

    fn limit(&mut self, keyword: &str, from: Option<&Value>, to: Option<&Value>) {
        let zero = Value::from(0);
        let (from, to) = match keyword {
            // Absent is 0.
            "minLength" | "minItems" | "minProperties" => {
                let set = |it: Option<&Value>| it.filter(|it| **it != zero).cloned();
                (set(from), set(to))
            }
            "uniqueItems" => {
                let set = |it: Option<&Value>| it.filter(|it| **it == Value::Bool(true)).cloned();
                (set(from), set(to))
            }
            _ => (from.cloned(), to.cloned()),
        };
        if from == to {
            return;
        }
        let order = match (&from, &to) {
            (None, _) => Some(Ordering::Less),
            (_, None) => Some(Ordering::Greater),
            (Some(a), Some(b)) => match keyword {
                "minLength" | "minItems" | "minProperties" => merge::compare(a, b),
                "maxLength" | "maxItems" | "maxProperties" => merge::compare(b, a),
                _ => None,
            },
        };
        let limit = Limit {
            keyword: keyword.to_owned(),
            was: None,
            from,
            to,
        };
        self.ordered(order, limit);
    }

    /// `minimum` and `exclusiveMinimum` are one limit, and so are the other two.
    fn bound(&mut self, a: &Variant, b: &Variant, plain: &str, exclusive: &str, lower: bool) {
        let of = |it: &Variant| {
            let mut bounds: Vec<(Value, bool)> = [(plain, false), (exclusive, true)]
                .into_iter()
                .filter_map(|(key, open)| Some((it.map.get(key)?.clone(), open)))
                .filter(|(value, _)| value.is_number())
                // Of integers, more than 4 is 5 and more.
                .map(|(value, open)| match value.as_i64() {
                    Some(whole) if open && it.kind == Kind::Integer => {
                        let next = if lower {
                            whole.checked_add(1)
                        } else {
                            whole.checked_sub(1)
                        };
                        (next.unwrap_or(whole).into(), false)
                    }
                    _ => (value, open),
                })
                .collect();
            bounds.sort_by(|x, y| strictness(x, y, lower).unwrap_or(Ordering::Equal));
            bounds.pop()
        };
        let (from, to) = (of(a), of(b));
        if from == to {
            return;
        }
        let order = match (&from, &to) {
            (None, _) => Some(Ordering::Less),
            (_, None) => Some(Ordering::Greater),
            (Some(a), Some(b)) => strictness(a, b, lower),
        };
        if order == Some(Ordering::Equal) {
            return;
        }
        let name = match (&from, &to) {
            (_, Some((_, true))) | (Some((_, true)), None) => exclusive,
            _ => plain,
        };
        let was = match (&from, &to) {
            (Some((_, true)), Some((_, false))) => Some(exclusive),
            (Some((_, false)), Some((_, true))) => Some(plain),
            _ => None,
        };
        let value = |it: Option<(Value, bool)>| it.map(|(value, _)| value);
        let limit = Limit {
            keyword: name.to_owned(),
            was: was.map(str::to_owned),
            from: value(from),
            to: value(to),
        };
        self.ordered(order, limit);
    }

    fn ordered(&mut self, order: Option<Ordering>, limit: Limit) {
        self.push(match order {
            Some(Ordering::Less) => What::Tightened(limit),
            Some(Ordering::Greater) => What::Loosened(limit),
            Some(Ordering::Equal) => return,
            None => What::Altered(limit),
        });
    }
}

/// `Less` where `b` is stricter.
fn strictness(a: &(Value, bool), b: &(Value, bool), lower: bool) -> Option<Ordering> {
    let values = if lower {
        merge::compare(&a.0, &b.0)
    } else {
        merge::compare(&b.0, &a.0)
    }?;
    Some(values.then(a.1.cmp(&b.1)))
}
