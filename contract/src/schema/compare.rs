//! Walks two schemas side by side.

use super::fact::{Fact, Limit, Step, What};
use super::merge;
use super::shape::{Doc, Kind, Shape, Variant, type_name};
use serde_json::{Map, Value};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Steps into a schema that are walked; below, schemas are equal or not.
const DEPTH: usize = 64;
/// Places and alternatives that are looked at; beyond, schemas are equal or not. Types that lead to each other make more than anybody reads.
const STEPS: usize = 40_000;
/// Of these, for what one schema takes.
const STEPS_OF_ONE: usize = 2_000;

/// What lies between `a` and `b`, from the outside to the inside and by the alphabet.
pub fn facts(a: Doc<'_>, b: Doc<'_>) -> Vec<Fact> {
    facts_beside(a, b, &BTreeSet::new())
}

/// The same, where it is known which types are the same in both, and all that they lead to ([`unchanged`]).
pub fn facts_beside(a: Doc<'_>, b: Doc<'_>, same: &BTreeSet<&str>) -> Vec<Fact> {
    let mut walk = Walk {
        a,
        b,
        same,
        path: Vec::new(),
        seen: HashSet::new(),
        steps: STEPS,
        facts: Vec::new(),
    };
    walk.schemas(a.root, b.root);
    walk.facts
}

/// The types that are the same in both, and lead to no others.
pub fn unchanged<'a>(
    a: &'a BTreeMap<String, Value>,
    b: &BTreeMap<String, Value>,
) -> BTreeSet<&'a str> {
    let same = a.iter().filter(|(name, it)| b.get(*name) == Some(*it));
    let mut names: BTreeSet<&str> = same.map(|(name, _)| name.as_str()).collect();
    loop {
        let leave: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| leads_away(&a[*name], &names))
            .collect();
        if leave.is_empty() {
            return names;
        }
        for name in leave {
            names.remove(name);
        }
    }
}

struct Walk<'a> {
    a: Doc<'a>,
    b: Doc<'a>,
    /// Types that nobody need look into.
    same: &'a BTreeSet<&'a str>,
    path: Vec<Step>,
    /// Pairs that were compared and came of references: types may contain themselves.
    seen: HashSet<(String, String)>,
    /// Steps that may still be taken.
    steps: usize,
    facts: Vec<Fact>,
}

impl Walk<'_> {
    fn push(&mut self, what: What) {
        self.facts.push(Fact {
            path: self.path.clone(),
            what,
        });
    }

    fn inside(&mut self, step: Step, walk: impl FnOnce(&mut Self)) {
        self.path.push(step);
        walk(self);
        self.path.pop();
    }

    fn schemas(&mut self, a: &Value, b: &Value) {
        // References may be equal and lead to what is not.
        if a == b && !leads_away(a, self.same) {
            return;
        }
        if self.path.len() > DEPTH || self.steps == 0 {
            if a != b {
                self.altered("$ref", Some(a), Some(b));
            }
            return;
        }
        self.notes(a, b);
        // As many for each, so that it does not matter which comes first.
        let most = (self.steps / 2).clamp(1, STEPS_OF_ONE);
        let (mut left, mut right) = (most, most);
        let one = Shape::of(a, self.a, &mut left);
        let other = Shape::of(b, self.b, &mut right);
        let taken = 1 + (most - left) + (most - right);
        self.steps = self.steps.saturating_sub(taken);
        match (one.is_any(), other.is_any()) {
            (false, true) => {
                let (from, to) = (label_of(&one), Kind::Any.as_str().to_owned());
                return self.push(What::TypeWidened { from, to });
            }
            (true, false) => {
                let (from, to) = (Kind::Any.as_str().to_owned(), label_of(&other));
                return self.push(What::TypeNarrowed { from, to });
            }
            _ => {}
        }
        match (one.null, other.null) {
            (true, false) => self.push(What::NotNullable),
            (false, true) => self.push(What::NowNullable),
            _ => {}
        }
        match (one.variants.as_slice(), other.variants.as_slice()) {
            ([a], [b]) => self.variants(a, b),
            (a, b) => self.unions(a, b),
        }
    }

    /// What is said of a place and limits nothing.
    fn notes(&mut self, a: &Value, b: &Value) {
        let text = |it: &Value, key: &str| it.get(key).and_then(Value::as_str).map(str::to_owned);
        let (from, to) = (text(a, "description"), text(b, "description"));
        if from != to {
            self.push(What::DescriptionChanged { from, to });
        }
        let (from, to) = (a.get("default").cloned(), b.get("default").cloned());
        if from != to {
            self.push(What::DefaultChanged { from, to });
        }
        let (from, to) = (text(a, "x-mcp-header"), text(b, "x-mcp-header"));
        // Headers are told apart without regard to case.
        if from.as_ref().map(|it| it.to_ascii_lowercase())
            != to.as_ref().map(|it| it.to_ascii_lowercase())
        {
            self.push(What::HeaderChanged { from, to });
        }
    }

    /// Alternatives are told apart by what they are, and compared in pairs.
    fn unions(&mut self, a: &[Variant], b: &[Variant]) {
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

    fn variants(&mut self, a: &Variant, b: &Variant) {
        if let (Some(x), Some(y)) = (&a.origin, &b.origin)
            && !self.seen.insert((a.identity(x), b.identity(y)))
        {
            return;
        }
        let name = |it: &Variant| it.origin.as_deref().and_then(type_name).map(str::to_owned);
        match (name(a), name(b)) {
            (Some(x), Some(y)) if x == y && a.whole && b.whole => {
                self.inside(Step::Type(x), |walk| {
                    walk.words_of_types(a, b);
                    walk.bodies(a, b);
                })
            }
            _ => self.bodies(a, b),
        }
    }

    /// The words of a type with a name, which are said once for all places that have it.
    fn words_of_types(&mut self, a: &Variant, b: &Variant) {
        let words = |it: &Variant, doc: Doc<'_>| {
            let name = it.origin.as_deref().and_then(type_name)?;
            let words = doc.types.get(name)?.get("description")?;
            words.as_str().map(str::to_owned)
        };
        let (from, to) = (words(a, self.a), words(b, self.b));
        if from != to {
            self.push(What::DescriptionChanged { from, to });
        }
    }

    fn bodies(&mut self, a: &Variant, b: &Variant) {
        if a.kind != b.kind {
            let (from, to) = (a.kind.as_str().to_owned(), b.kind.as_str().to_owned());
            match (a.kind, b.kind) {
                (Kind::Integer, Kind::Number) => self.push(What::TypeWidened { from, to }),
                (Kind::Number, Kind::Integer) => self.push(What::TypeNarrowed { from, to }),
                _ => return self.push(What::TypeChanged { from, to }),
            }
        }
        self.values(a.values.as_deref(), b.values.as_deref());
        if a.kind == Kind::Object {
            self.members(&a.map, &b.map);
        }
        if a.kind == Kind::Array {
            self.items(&a.map, &b.map);
        }
        self.limits(a, b);
    }

    fn values(&mut self, a: Option<&[Value]>, b: Option<&[Value]>) {
        match (a, b) {
            (None, None) => {}
            (None, Some(values)) => self.push(What::NowEnum(values.to_vec())),
            (Some(values), None) => self.push(What::NoLongerEnum(values.to_vec())),
            (Some(a), Some(b)) => {
                for value in a.iter().filter(|it| !b.contains(it)) {
                    self.push(What::ValueRemoved(value.clone()));
                }
                for value in b.iter().filter(|it| !a.contains(it)) {
                    self.push(What::ValueAdded(value.clone()));
                }
            }
        }
    }

    fn members(&mut self, a: &Map<String, Value>, b: &Map<String, Value>) {
        let nothing = Map::new();
        let properties = |it: &'_ Map<String, Value>| match it.get("properties") {
            Some(Value::Object(members)) => members.clone(),
            _ => nothing.clone(),
        };
        let (ours, theirs) = (properties(a), properties(b));
        let (must, must_now) = (required(a), required(b));
        let is_in = |names: &BTreeSet<String>, name: &str| names.contains(name);
        let mut gone: Vec<&String> = ours.keys().filter(|it| !theirs.contains_key(*it)).collect();
        let mut new: Vec<&String> = theirs.keys().filter(|it| !ours.contains_key(*it)).collect();
        gone.sort();
        new.sort();
        let twin = |from: &str, to: &str| {
            ours.get(from) == theirs.get(to) && is_in(&must, from) == is_in(&must_now, to)
        };
        // A name that changed: one came that is equal to one that went, and no other is.
        let renamed: Vec<(String, String)> = gone
            .iter()
            .filter_map(|from| {
                let mut to = new.iter().filter(|to| twin(from, to));
                let to = to.next().filter(|_| to.next().is_none())?;
                let twins = gone.iter().filter(|from| twin(from, to)).count();
                (twins == 1).then(|| ((*from).clone(), (*to).clone()))
            })
            .collect();
        for (from, to) in &renamed {
            let (from, to) = (from.clone(), to.clone());
            self.push(What::MemberRenamed { from, to });
        }
        for name in gone {
            if !renamed.iter().any(|(from, _)| from == name) {
                let required = is_in(&must, name);
                let name = name.clone();
                self.push(What::MemberRemoved { name, required });
            }
        }
        for name in new {
            if !renamed.iter().any(|(_, to)| to == name) {
                let required = is_in(&must_now, name);
                let name = name.clone();
                self.push(What::MemberAdded { name, required });
            }
        }
        let mut kept: Vec<&String> = ours.keys().filter(|it| theirs.contains_key(*it)).collect();
        kept.sort();
        for name in kept {
            self.inside(Step::Member(name.clone()), |walk| {
                match (is_in(&must, name), is_in(&must_now, name)) {
                    (false, true) => walk.push(What::NowRequired),
                    (true, false) => walk.push(What::NowOptional),
                    _ => {}
                }
                walk.schemas(&ours[name], &theirs[name]);
            });
        }
        self.others("additionalProperties", Step::Members, a, b);
    }

    fn items(&mut self, a: &Map<String, Value>, b: &Map<String, Value>) {
        let first = |it: &Map<String, Value>| match it.get("prefixItems") {
            Some(Value::Array(items)) => items.clone(),
            _ => Vec::new(),
        };
        let (ours, theirs) = (first(a), first(b));
        if ours.len() == theirs.len() {
            for (index, (a, b)) in ours.iter().zip(&theirs).enumerate() {
                self.inside(Step::Item(index), |walk| walk.schemas(a, b));
            }
        } else {
            self.altered("prefixItems", a.get("prefixItems"), b.get("prefixItems"));
        }
        self.others("items", Step::Items, a, b);
    }

    /// The schema of what has none of its own: absent, it is that of everything; `false`, there is no more.
    fn others(
        &mut self,
        keyword: &str,
        step: Step,
        a: &Map<String, Value>,
        b: &Map<String, Value>,
    ) {
        let anything = Value::Bool(true);
        let (from, to) = (a.get(keyword), b.get(keyword));
        let limit = || Limit {
            keyword: keyword.to_owned(),
            was: None,
            from: from.cloned(),
            to: to.cloned(),
        };
        let none = |it: Option<&Value>| it == Some(&Value::Bool(false));
        match (none(from), none(to)) {
            (true, true) => {}
            (false, true) => self.push(What::Tightened(limit())),
            (true, false) => self.push(What::Loosened(limit())),
            (false, false) => self.inside(step, |walk| {
                walk.schemas(from.unwrap_or(&anything), to.unwrap_or(&anything));
            }),
        }
    }

    fn limits(&mut self, a: &Variant, b: &Variant) {
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

    fn altered(&mut self, keyword: &str, from: Option<&Value>, to: Option<&Value>) {
        self.push(What::Altered(Limit {
            keyword: keyword.to_owned(),
            was: None,
            from: from.cloned(),
            to: to.cloned(),
        }));
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

fn required(map: &Map<String, Value>) -> BTreeSet<String> {
    let names = map.get("required").and_then(Value::as_array);
    let names = names.into_iter().flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

/// Whether a reference leads to what is none of these types.
fn leads_away(schema: &Value, same: &BTreeSet<&str>) -> bool {
    match schema {
        Value::Object(map) => {
            let leads = |it: &Value| {
                let name = it.as_str().and_then(type_name);
                !name.is_some_and(|it| same.contains(it))
            };
            map.get("$ref").is_some_and(leads) || map.values().any(|it| leads_away(it, same))
        }
        Value::Array(items) => items.iter().any(|it| leads_away(it, same)),
        _ => false,
    }
}

/// All of a shape in a few words.
fn label_of(shape: &Shape) -> String {
    let mut labels: Vec<String> = shape
        .variants
        .iter()
        .map(|it| it.kind.as_str().to_owned())
        .collect();
    labels.dedup();
    if shape.null {
        labels.push("null".to_owned());
    }
    labels.join(" or ")
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
